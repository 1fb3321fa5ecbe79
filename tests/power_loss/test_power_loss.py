"""The replay of power cuts, in a short form, and that it sees a sync that is missing."""

import random
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from tests.power_loss.__main__ import main
from tests.power_loss.cuts import power_cuts
from tests.power_loss.disk import Disk
from tests.power_loss.recording import Recording, read_trace, record


@pytest.fixture(scope="module")
def recording(tmp_path_factory: pytest.TempPathFactory) -> Recording:
    return record(tmp_path_factory.mktemp("recorded"), 8, "1", "auto")


def found(recording: Recording, folder: Path, *without: str) -> list[str]:
    """Return what is found after power cuts, when calls of these names had never been made."""
    calls = [call for call in recording.calls if call.name not in without]
    cuts = power_cuts(replace(recording, calls=calls), folder / "after", 12, random.Random(1))
    return [sentence for _, findings in cuts for sentence in findings.sentences]


def test_a_power_cut_loses_nothing_that_was_acknowledged(recording: Recording, tmp_path: Path) -> None:
    assert recording.acknowledged >= 8
    assert found(recording, tmp_path) == []


@pytest.mark.parametrize("call", ["fdatasync", "fsync"])
def test_a_server_without_its_syncs_would_be_found_out(recording: Recording, tmp_path: Path, call: str) -> None:
    assert found(recording, tmp_path, call)


def test_without_strace_the_command_does_not_pretend(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(shutil, "which", lambda _: None)
    assert main([]) == 1
    assert "not run: needs strace" in capsys.readouterr().err


@pytest.mark.parametrize("arguments", [["--publications", "0"], ["--every", "0"]])
def test_a_command_without_work_is_refused(arguments: list[str]) -> None:
    assert main(arguments) == 2


@pytest.fixture
def disk(tmp_path: Path) -> Disk:
    (tmp_path / "staging").mkdir()
    (tmp_path / "blobs").mkdir()
    (tmp_path / "old").write_bytes(b"old content")
    return Disk(tmp_path)


def write(disk: Disk, path: str, data: bytes) -> None:
    disk.open(path, create=True)
    file = disk.file(path)
    assert file is not None
    file.write(data)


def test_what_was_written_is_there_surely_only_after_its_sync(disk: Disk) -> None:
    write(disk, "old", b"new")
    assert disk.without_unsynced() == {"old": b"old content"}
    assert disk.with_all() == {"old": b"new content"}
    disk.sync("old")
    assert disk.without_unsynced() == {"old": b"new content"}


def test_a_name_is_there_surely_only_after_the_sync_of_its_directory(disk: Disk) -> None:
    write(disk, "staging/upload", b"bytes")
    disk.sync("staging/upload")
    disk.rename("staging/upload", "blobs/content")
    assert "blobs/content" not in disk.without_unsynced()
    disk.sync("blobs")
    assert disk.without_unsynced()["blobs/content"] == b"bytes"
    disk.unlink("blobs/content")
    assert "blobs/content" in disk.without_unsynced()
    assert "blobs/content" not in disk.with_all()


def test_content_that_is_renamed_without_a_sync_may_be_cut(disk: Disk) -> None:
    write(disk, "staging/upload", bytes(2000))
    disk.rename("staging/upload", "blobs/content")
    disk.sync("blobs")
    assert disk.without_unsynced()["blobs/content"] == b""


def test_what_lies_in_a_directory_that_is_not_synced_may_be_gone(disk: Disk) -> None:
    disk.make_directory("blobs/ab")
    write(disk, "blobs/ab/content", b"bytes")
    disk.sync("blobs/ab/content")
    disk.sync("blobs/ab")
    assert set(disk.without_unsynced()) == {"old"}
    disk.sync("blobs")
    assert "blobs/ab/content" in disk.without_unsynced()


def test_some_of_what_is_not_synced_is_more_than_nothing_and_less_than_all(disk: Disk) -> None:
    for number in range(20):
        write(disk, "old", bytes([number + 1]) * 1000)
    chance = random.Random(1)
    seen = {disk.with_some(chance)["old"] for _ in range(20)}
    assert len(seen) > 5


def test_a_call_that_another_thread_interrupts_is_read_as_one_and_a_failed_one_is_not_read(tmp_path: Path) -> None:
    trace = tmp_path / "trace"
    trace.write_text(
        "7 1.5 fdatasync(5<\\x2f\\x61> <unfinished ...>\n"
        '8 1.6 write(6<\\x2f\\x62>, "\\x41", 1) = 1\n'
        "7 1.7 <... fdatasync resumed>) = 0\n"
        '8 1.8 unlink("\\x2f\\x62") = -1 ENOENT (No such file or directory)\n'
    )
    assert [(call.at, call.name) for call in read_trace(trace)] == [(1.6, "write"), (1.7, "fdatasync")]
