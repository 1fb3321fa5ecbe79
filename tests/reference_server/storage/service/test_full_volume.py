"""A volume without room: publishing is refused, deleting makes room, and the storage starts."""

from __future__ import annotations

import contextlib
import errno
import os
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from reference_server.content.files import free_bytes
from reference_server.storage import housekeeping
from reference_server.storage.metadata.sqlite import space
from tests.support.polling import eventually
from tests.support.storage import Registry, at, ending, running

MIB = 1024 * 1024


@contextlib.contextmanager
def fast_housekeeping(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let housekeeping come round without delay."""
    with monkeypatch.context() as patch:
        patch.setattr(housekeeping, "_ROUND_SECONDS", 0.01)
        yield


def fill(folder: Path) -> Path:
    """Use up all room with a file of somebody else's."""
    ballast = folder / "ballast"
    with ballast.open("wb", buffering=0) as file:
        for size in (MIB, 4096, 1):
            with contextlib.suppress(OSError):
                while True:
                    file.write(bytes(size))
    with pytest.raises(OSError, match=os.strerror(errno.ENOSPC)):
        (folder / "one-more").write_bytes(b"1")
    (folder / "one-more").unlink()
    return ballast


def wait_for(path: Path) -> None:
    eventually(path.exists, what=f"{path} is not made")


def published(registry: Registry) -> tuple[int, int]:
    """Publish 20 MiB in a new project, and return the ids of project and package."""
    project = int(registry.project().id)
    return project, registry.publish_large(at(project), os.urandom(20 * MIB)).package_id


def test_on_a_full_volume_deleting_works_and_makes_room(small_volume: Path) -> None:
    with running(small_volume) as registry:
        project, package = published(registry)
        wait_for(small_volume / "data/metadata.reserve")
        fill(small_volume)
        assert ending(lambda: registry.publish(at(project, "small"))) == "VOLUME_FULL"
        assert ending(lambda: registry.begin(at(project, "large"))) == "VOLUME_FULL"
        assert registry.access_token(project).secret
        for _ in range(100):
            registry.group()
        registry.delete_package(project, package)
        registry.freed_to(set())
        # The kernel frees a file some time after its name.
        eventually(lambda: free_bytes(small_volume) >= 15 * MIB, what="no room was made")


def test_publishing_leaves_a_reserve_and_goes_on_when_there_is_room(small_volume: Path) -> None:
    with running(small_volume) as registry:
        project = int(registry.project().id)
        ballast = small_volume / "ballast"
        with ballast.open("wb") as file:
            os.posix_fallocate(file.fileno(), 0, 100 * MIB)
        assert ending(lambda: registry.publish(at(project))) == "VOLUME_FULL"
        ballast.unlink()
        registry.publish(at(project))
        assert ending(lambda: registry.publish_large(at(project, "large"), bytes(100 * MIB))) == "VOLUME_FULL"


def test_uploads_under_way_keep_the_room_that_they_announced(small_volume: Path) -> None:
    with running(small_volume) as registry:
        project = registry.project().id
        first = registry.begin(at(project), declared_size=40 * MIB)
        assert ending(lambda: registry.begin(at(project, "second"), declared_size=30 * MIB)) == "OVERLOADED"
        second = registry.begin(at(project, "second"), declared_size=2 * MIB)
        assert ending(lambda: registry.begin(at(project, "hopeless"), declared_size=120 * MIB)) == "VOLUME_FULL"
        for upload in (first, second):
            assert registry.outcome("AbandonPublication", upload_id=upload.upload_id) == "OK"
        registry.begin(at(project, "second"), declared_size=80 * MIB)


def test_an_upload_of_unknown_length_stops_at_the_reserve(small_volume: Path) -> None:
    with running(small_volume) as registry:
        begun = registry.begin(at(registry.project().id))
        assert ending(lambda: registry.send(begun.upload_id, bytes(120 * MIB))) == "VOLUME_FULL"
        assert registry.staged() == set()


def test_a_storage_starts_on_a_full_volume_and_deletes(small_volume: Path) -> None:
    with running(small_volume) as registry:
        project, package = published(registry)
        wait_for(small_volume / "data/metadata.reserve")
    fill(small_volume)
    with running(small_volume) as registry:
        registry.delete_package(project, package)
        registry.freed_to(set())


def test_the_reserve_is_made_again_when_there_is_room(small_volume: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    reserve = small_volume / "data/metadata.reserve"
    with fast_housekeeping(monkeypatch), running(small_volume) as registry:
        wait_for(reserve)
        ballast = fill(small_volume)
        project = registry.project()
        while reserve.exists():
            registry.access_token(project.id)
        ballast.unlink()
        wait_for(reserve)
        assert reserve.stat().st_size == 8 * MIB


def deleted(folder: Path) -> Path:
    """Publish 20 MiB of small files, delete them, and return the metadata's file."""
    with running(folder) as registry:
        project = int(registry.project().id)
        for number in range(320):
            package = registry.publish(at(project, f"file-{number}"), os.urandom(60_000)).package_id
        registry.delete_package(project, package)
    return folder / "data/metadata.sqlite3"


def test_small_content_that_is_deleted_gives_its_room_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    metadata = deleted(tmp_path)
    assert metadata.stat().st_size > 15 * MIB
    with fast_housekeeping(monkeypatch), running(tmp_path):
        eventually(lambda: metadata.stat().st_size <= 5 * MIB, what="the metadata kept their room")


def test_room_is_given_back_in_steps_of_two_mebibytes(tmp_path: Path) -> None:
    metadata = deleted(tmp_path)
    before = metadata.stat().st_size
    assert space.SqliteSpace(metadata).give_back() == 512
    assert metadata.stat().st_size == before - 512 * 4096


def test_a_start_on_which_nothing_changed_writes_nothing_to_the_metadata(tmp_path: Path) -> None:
    with running(tmp_path):
        pass
    with contextlib.closing(sqlite3.connect(tmp_path / "data/metadata.sqlite3")) as watching:
        before = watching.execute("PRAGMA data_version").fetchone()
        with running(tmp_path) as registry:
            assert watching.execute("PRAGMA data_version").fetchone() == before
            registry.group()
            assert watching.execute("PRAGMA data_version").fetchone() != before
