"""Verifying a data directory, and repairing it."""

import os
import shutil
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from reference_server.content.files import StoredFile
from reference_server.programs.data_directory import claimed
from reference_server.storage.blobs.local_disk import LocalDisk
from tests.support.data_commands import Command, blob, digest
from tests.support.storage import Registry, at, ending, running
from tests.support.storage_process import StorageProcess

LARGE = os.urandom(100_000)
SMALL = b"small content"


def stored(folder: Path) -> Path:
    """Make a data directory with one large and one small file; return it."""
    with claimed(folder / "data"), running(folder) as registry:
        publish(registry, registry.project().id)
    return folder / "data"


def publish(registry: Registry, project: int) -> None:
    registry.publish_large(at(project, "large"), LARGE)
    registry.publish(at(project, "small"), SMALL)


def project_of(registry: Registry) -> int:
    """Return the id of the only project."""
    return int(registry.ask("ListProjects", per_page=1, page=1).projects[0].id)


def lose(data: Path) -> None:
    blob(data, LARGE).unlink()


def cut(data: Path) -> None:
    os.truncate(blob(data, LARGE), 1000)


def flip(data: Path) -> None:
    """Change one bit, as a disk does: neither length nor name tell."""
    with blob(data, LARGE).open("r+b") as file:
        file.seek(50_000)
        file.write(bytes([LARGE[50_000] ^ 1]))


def flip_small(data: Path) -> None:
    with closing(sqlite3.connect(data / "metadata.sqlite3")) as database, database:
        database.execute("UPDATE blobs SET content = ? WHERE size = ?", (b"Small content", len(SMALL)))


ALL_DAMAGES = [
    (lose, "missing", LARGE),
    (cut, "wrong length", LARGE),
    (flip, "wrong bytes", LARGE),
    (flip_small, "wrong bytes", SMALL),
]
Damage = Callable[[Path], None]


def test_sound_data_are_sound(tmp_path: Path, command: Command) -> None:
    ended = command(stored(tmp_path), "verify")
    assert (ended.code, ended.report["rows"]) == (0, [])
    assert (ended.report["contents"], ended.report["bytes"]) == (2, len(LARGE) + len(SMALL))
    assert "verify: 2 of 2 contents" in ended.errors


@pytest.mark.parametrize(("damage", "finding", "content"), ALL_DAMAGES)
def test_damage_is_found_and_its_files_are_named(
    tmp_path: Path, command: Command, damage: Damage, finding: str, content: bytes
) -> None:
    data = stored(tmp_path)
    damage(data)
    ended = command(data, "verify")
    assert (ended.code, ended.found()) == (1, {digest(content): finding})
    (files,) = (row["files"] for row in ended.report["rows"])
    assert [name.split("/")[-3:] for name in files] == [["tool", "1.0", "large" if content is LARGE else "small"]]


def test_data_are_verified_while_a_server_uses_them(tmp_path: Path, command: Command) -> None:
    data = stored(tmp_path)
    with StorageProcess(tmp_path) as process:
        registry = process.connect()
        assert command(data, "verify").code == 0
        flip(data)
        assert command(data, "verify").found() == {digest(LARGE): "wrong bytes"}
        assert "in use by another server" in command(data, "verify", "--repair").errors
        assert registry.read(at(project_of(registry), "small")) == SMALL


@pytest.mark.parametrize("again", [False, True])
def test_what_is_deleted_while_it_is_verified_is_not_damaged(
    tmp_path: Path, command: Command, monkeypatch: pytest.MonkeyPatch, *, again: bool
) -> None:
    with StorageProcess(tmp_path) as process:
        registry = process.connect()
        project = int(registry.project().id)
        file, real = registry.publish_large(at(project, "large"), LARGE), LocalDisk.open

        def open_deleted(store: LocalDisk, sha256: bytes) -> StoredFile:
            monkeypatch.setattr(LocalDisk, "open", real)
            registry.delete_package(project, file.package_id)
            registry.freed_to(set())
            try:
                return real(store, sha256)
            finally:
                if again:
                    registry.publish_large(at(project, "large"), LARGE)

        monkeypatch.setattr(LocalDisk, "open", open_deleted)
        ended = command(process.data, "verify")
    assert (ended.code, ended.report["rows"]) == (0, [])
    assert blob(process.data, LARGE).exists() == again


@pytest.mark.parametrize(("damage", "finding", "content"), ALL_DAMAGES)
def test_what_was_set_aside_is_stored_again_by_the_next_publication(
    tmp_path: Path, command: Command, damage: Damage, finding: str, content: bytes
) -> None:
    data = stored(tmp_path)
    damage(data)
    ended = command(data, "verify", "--repair")
    assert (ended.code, ended.found()) == (1, {digest(content): finding})
    assert command(data, "verify").found() == {digest(content): "missing"}
    with running(tmp_path) as registry:
        project, name = project_of(registry), "large" if content is LARGE else "small"
        assert ending(lambda: registry.read(at(project, name))) != "OK"
        publish(registry, project)
        assert registry.read(at(project, name)) == content
    assert command(data, "verify").code == 0


@pytest.mark.parametrize(("damage", "finding", "content"), ALL_DAMAGES)
def test_damaged_content_is_repaired_from_a_backup(
    tmp_path: Path, command: Command, damage: Damage, finding: str, content: bytes
) -> None:
    data = stored(tmp_path)
    assert command(data, "backup", tmp_path / "backup").code == 0
    damage(data)
    ended = command(data, "verify", "--repair", "--from", tmp_path / "backup")
    assert (ended.code, ended.found()) == (0, {digest(content): finding})
    assert blob(data, LARGE).read_bytes() == LARGE
    assert command(data, "verify").code == 0


def test_what_was_set_aside_is_brought_back_from_a_backup(tmp_path: Path, command: Command) -> None:
    data = stored(tmp_path)
    command(data, "backup", tmp_path / "backup")
    for damage in (flip, flip_small):
        damage(data)
    assert command(data, "verify", "--repair").code == 1
    ended = command(data, "verify", "--repair", "--from", tmp_path / "backup")
    assert (ended.code, ended.found()) == (0, dict.fromkeys(map(digest, (LARGE, SMALL)), "missing"))
    assert command(data, "verify").code == 0


def test_damaged_content_of_a_backup_is_not_copied_from_it(tmp_path: Path, command: Command) -> None:
    data = stored(tmp_path)
    for damage in (flip, flip_small):
        damage(data)
    shutil.copytree(data, tmp_path / "backup")
    (tmp_path / "backup/REGISTRY").unlink()
    (tmp_path / "backup/BACKUP").write_text("generic-packages-backup format 1\n")
    ended = command(data, "verify", "--repair", "--from", tmp_path / "backup")
    assert ended.code == 1
    assert {row["remedy"] for row in ended.report["rows"]} == {"set aside"}


def test_damaged_content_is_repaired_from_the_trash(tmp_path: Path, command: Command) -> None:
    data = stored(tmp_path)
    shutil.copy(blob(data, LARGE), data / "volume/trash" / digest(LARGE))
    flip(data)
    assert command(data, "verify", "--repair").code == 0
    assert blob(data, LARGE).read_bytes() == LARGE


def test_damaged_content_of_the_trash_is_not_brought_back(tmp_path: Path, command: Command) -> None:
    data = stored(tmp_path)
    flip(data)
    blob(data, LARGE).rename(data / "volume/trash" / digest(LARGE))
    assert command(data, "verify", "--repair").code == 1
    assert not blob(data, LARGE).exists()
    assert (data / "volume/damaged" / digest(LARGE)).exists()


def test_content_that_nothing_records_is_told_and_moved_to_the_trash(tmp_path: Path, command: Command) -> None:
    data, stray = stored(tmp_path), os.urandom(70_000)
    blob(data, stray).parent.mkdir(parents=True)
    blob(data, stray).write_bytes(stray)
    ended = command(data, "verify")
    assert (ended.code, ended.found()) == (0, {digest(stray): "orphan"})
    assert blob(data, stray).exists()
    assert command(data, "verify", "--repair").code == 0
    assert (data / "volume/trash" / digest(stray)).exists()
    assert command(data, "verify").found() == {}


def test_defects_of_the_metadata_are_told(tmp_path: Path, command: Command) -> None:
    data = stored(tmp_path)
    with closing(sqlite3.connect(data / "metadata.sqlite3")) as database, database:
        database.execute("UPDATE package_files SET size = 1 WHERE file_name = 'small'")
        database.execute("INSERT INTO package_limits (project_id, maximum_file_bytes) VALUES (999, 1)")
    ended = command(data, "verify")
    assert ended.code == 1
    defects = " ".join(ended.found())
    assert "1 package files have another size" in defects
    assert "of package_limits refers to no row of projects" in defects


def test_metadata_that_are_no_database_are_a_sentence(tmp_path: Path, command: Command) -> None:
    data = stored(tmp_path)
    (data / "metadata.sqlite3").write_bytes(b"no database" * 1000)
    ended = command(data, "verify")
    assert (ended.code, ended.report, ended.errors.count("\n")) == (1, {}, 1)
    assert "restore it from a backup" in ended.errors


def test_reading_keeps_to_its_pace(tmp_path: Path, command: Command) -> None:
    data = stored(tmp_path)
    began = time.monotonic()
    assert command(data, "verify", "--throttle", 200_000).code == 0
    assert time.monotonic() - began >= (len(LARGE) + len(SMALL)) / 200_000


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["verify", "--throttle", "0"], "at least 1"),
        (["verify", "--throttle", "fast"], "whole number"),
        (["verify", "--from", "somewhere"], "is for --repair"),
        (["backup"], "DIR"),
    ],
)
def test_a_wrong_command_line_is_a_sentence(
    tmp_path: Path, command: Command, arguments: list[str], sentence: str
) -> None:
    ended = command(tmp_path / "data", *arguments)
    assert (ended.code, ended.report) == (2, {})
    assert sentence in ended.errors


def test_a_folder_that_is_no_registrys_is_refused_and_not_made(tmp_path: Path, command: Command) -> None:
    for arguments in (["verify"], ["verify", "--repair"], ["backup", tmp_path / "b"], ["doctor"], ["sweep"]):
        ended = command(tmp_path / "mistyped", *arguments)
        assert (ended.code, "no such folder" in ended.errors) == (1, True)
    assert not any(tmp_path.iterdir())
