"""In which order content and directories reach stable storage, so that a power cut leaves whole content or none."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from reference_server.storage.blobs.local_disk import LocalDisk

UPLOAD = "0123456789abcdef" * 2
DIGEST = bytes.fromhex("abcd" + 30 * "00")
NAME = DIGEST.hex()


def recorded(monkeypatch: pytest.MonkeyPatch, root: Path) -> list[str]:
    """Record what is synced, made and renamed below a folder from now on."""
    order: list[str] = []

    def below(path: Path | str) -> str:
        return str(Path(path).relative_to(root))

    def noting(name: str, word: str) -> None:
        original: Callable[..., Any] = getattr(os, name)

        def act(first: Any, *others: Any, **more: Any) -> Any:  # noqa: ANN401 -- whatever the system's function takes
            path = Path(f"/proc/self/fd/{first}").readlink() if isinstance(first, int) else first
            order.append(f"{word} {below(path)}")
            return original(first, *others, **more)

        monkeypatch.setattr(os, name, act)

    for name, word in (("fsync", "sync"), ("fdatasync", "sync"), ("mkdir", "make"), ("replace", "rename")):
        noting(name, word)
    return order


def test_content_is_synced_before_it_has_its_name_and_its_directories_before_it_is_recorded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = LocalDisk(tmp_path)
    store.stage(UPLOAD)
    order = recorded(monkeypatch, tmp_path)
    store.keep(UPLOAD, DIGEST)
    assert order == [
        "make blobs/ab",
        "sync blobs",
        "make blobs/ab/cd",
        "sync blobs/ab",
        f"sync staging/{UPLOAD}",
        f"rename staging/{UPLOAD}",
        "sync blobs/ab/cd",
    ]


def test_directories_that_a_crash_may_have_left_unsynced_are_synced_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "blobs/ab/cd").mkdir(parents=True)
    store = LocalDisk(tmp_path)
    store.stage(UPLOAD)
    order = recorded(monkeypatch, tmp_path)
    store.keep(UPLOAD, DIGEST)
    assert {"sync blobs", "sync blobs/ab", "sync blobs/ab/cd"} <= set(order)


def test_content_that_comes_back_from_the_trash_is_there_durably(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = LocalDisk(tmp_path)
    store.stage(UPLOAD)
    store.keep(UPLOAD, DIGEST)
    store.set_aside(DIGEST)
    order = recorded(monkeypatch, tmp_path)
    store.bring_back(DIGEST)
    assert order[-2:] == [f"rename trash/{NAME}", "sync blobs/ab/cd"]
