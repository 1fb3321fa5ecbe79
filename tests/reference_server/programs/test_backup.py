"""Backing up while a server serves, and restoring to a new data directory."""

import functools
import os
import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from reference_server.content.files import StagedFile, free_bytes
from reference_server.programs.admin import backup
from reference_server.programs.data_directory import BACKUP, claimed
from reference_server.storage.metadata.sqlite import copies
from tests.support.data_commands import Command, blob, digest
from tests.support.storage import Registry, at, ending, running
from tests.support.storage_process import StorageProcess

LARGE = os.urandom(100_000)
SMALL = b"small content"


@contextmanager
def load(registry: Registry, project: int) -> Iterator[dict[str, bytes]]:
    """Publish files, and delete every third package at once, as long as the context lasts; give those that stay."""
    stopped, kept = threading.Event(), dict[str, bytes]()

    def work() -> None:
        number = 0
        while not stopped.is_set():
            number += 1
            large, small = os.urandom(70_000), os.urandom(100)
            version = f"{number}.0"
            registry.publish(at(project, "small", version=version), small)
            package = registry.publish_large(at(project, "large", version=version), large).package_id
            if number % 3 == 0:
                registry.delete_package(project, package)
            else:
                kept.update({f"{version}/small": small, f"{version}/large": large})

    worker = threading.Thread(target=work)
    worker.start()
    try:
        yield kept
    finally:
        stopped.set()
        worker.join()


def stored(folder: Path) -> tuple[Path, int]:
    """Make a data directory with one large and one small file; return it and the project's id."""
    with claimed(folder / "data"), running(folder) as registry:
        project = int(registry.project().id)
        registry.publish_large(at(project, "large"), LARGE)
        registry.publish(at(project, "small"), SMALL)
    return folder / "data", project


def restored(folder: Path, name: str) -> Path:
    """Make a folder for a storage on restored data, with the token of the first; return it."""
    (folder / name).mkdir()
    shutil.copy(folder / "root-token", folder / name / "root-token")
    return folder / name


def files_under(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_every_file_acknowledged_before_a_backup_under_load_began_is_restored(tmp_path: Path, command: Command) -> None:
    with StorageProcess(tmp_path) as process:
        registry = process.connect()
        project = int(registry.project().id)
        with load(registry, project) as kept:
            while len(kept) < 40:
                threading.Event().wait(0.05)
            before = dict(kept)
            ended = command(process.data, "backup", tmp_path / "backup", "--throttle", 2_000_000)
        assert ended.code == 0, ended
        assert len(kept) > len(before)
    target = restored(tmp_path, "new")
    assert command(target / "data", "restore", tmp_path / "backup").code == 0
    with StorageProcess(target) as process:
        registry = process.connect()
        for name, content in before.items():
            version, _, file_name = name.partition("/")
            assert registry.read(at(project, file_name, version=version)) == content
    assert command(target / "data", "verify").report["rows"] == []


def after_the_metadata(monkeypatch: pytest.MonkeyPatch, act: Callable[[], object]) -> None:
    """Do something when a backup has copied the metadata and no content."""
    real = copies.copy_in_use

    def copy(*arguments: Any) -> None:  # noqa: ANN401 -- handed on
        real(*arguments)
        act()

    monkeypatch.setattr(backup, "copy_in_use", copy)


@pytest.mark.parametrize("deleted", ["package", "file"])
def test_what_is_deleted_during_a_backup_is_not_in_it(
    tmp_path: Path, command: Command, monkeypatch: pytest.MonkeyPatch, deleted: str
) -> None:
    with StorageProcess(tmp_path) as process:
        registry = process.connect()
        project = int(registry.project().id)
        registry.publish(at(project, "small"), SMALL)
        file = registry.publish_large(at(project, "large"), LARGE)

        def delete() -> None:
            if deleted == "package":
                registry.delete_package(project, file.package_id)
            else:
                registry.delete_file(project, file.package_id, file.id)
            registry.freed_to(set())

        after_the_metadata(monkeypatch, delete)
        ended = command(process.data, "backup", tmp_path / "backup")
        assert (ended.code, ended.report["rows"]) == (0, [])
    target = restored(tmp_path, "new")
    assert command(target / "data", "restore", tmp_path / "backup").code == 0
    with running(target) as registry:
        packages = registry.ask("ListPackages", project=str(project), part={"per_page": 100}).packages
        files = [[file.file_name for file in registry.files(project, package.id)] for package in packages]
        assert files == ([] if deleted == "package" else [["small"]])


def test_what_is_deleted_and_published_again_during_a_backup_is_in_it(
    tmp_path: Path, command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    with StorageProcess(tmp_path) as process:
        registry = process.connect()
        project = int(registry.project().id)
        file = registry.publish_large(at(project, "large"), LARGE)

        def delete_and_publish() -> None:
            registry.delete_package(project, file.package_id)
            registry.freed_to(set())
            registry.publish_large(at(project, "other"), LARGE)

        after_the_metadata(monkeypatch, delete_and_publish)
        assert command(process.data, "backup", tmp_path / "backup").code == 0
    assert blob(tmp_path / "backup", LARGE).read_bytes() == LARGE


def test_a_restored_volume_keeps_its_identity_and_can_be_published_to(tmp_path: Path, command: Command) -> None:
    data, project = stored(tmp_path)
    identity = (data / "volume/identity").read_text()
    assert command(data, "backup", tmp_path / "backup").code == 0
    target = restored(tmp_path, "new")
    assert command(target / "data", "restore", tmp_path / "backup").code == 0
    assert (target / "data/volume/identity").read_text() == identity
    assert (target / "data/REGISTRY").read_text() == (data / "REGISTRY").read_text()
    assert not (target / "data/RESTORE").exists()
    with StorageProcess(target) as process:
        registry = process.connect()
        assert (registry.read(at(project, "large")), registry.read(at(project, "small"))) == (LARGE, SMALL)
        registry.publish_large(at(project, "new"), os.urandom(100_000))


def test_a_backup_is_only_read_when_it_is_restored(tmp_path: Path, command: Command) -> None:
    data, _ = stored(tmp_path)
    command(data, "backup", tmp_path / "backup")
    before = files_under(tmp_path / "backup")
    for path in (tmp_path / "backup").rglob("*"):
        path.chmod(0o500 if path.is_dir() else 0o400)
    assert command(tmp_path / "new", "restore", tmp_path / "backup").code == 0
    assert files_under(tmp_path / "backup") == before


def test_a_second_backup_copies_what_is_new_and_forgets_what_is_gone(tmp_path: Path, command: Command) -> None:
    data, project = stored(tmp_path)
    command(data, "backup", tmp_path / "backup")
    inode = blob(tmp_path / "backup", LARGE).stat().st_ino
    gone, new = os.urandom(70_000), os.urandom(80_000)
    with running(tmp_path) as registry:
        package = registry.publish_large(at(project, version="gone"), gone).package_id
    command(data, "backup", tmp_path / "backup")
    assert blob(tmp_path / "backup", gone).exists()
    with running(tmp_path) as registry:
        registry.delete_package(project, package)
        registry.publish_large(at(project, version="new"), new)
    assert command(data, "backup", tmp_path / "backup").code == 0
    assert not blob(tmp_path / "backup", gone).exists()
    assert blob(tmp_path / "backup", new).read_bytes() == new
    assert blob(tmp_path / "backup", LARGE).stat().st_ino == inode


def test_damage_in_a_backup_is_seen_and_mended_by_the_next(tmp_path: Path, command: Command) -> None:
    data, _ = stored(tmp_path)
    command(data, "backup", tmp_path / "backup")
    blob(tmp_path / "backup", LARGE).write_bytes(bytes(len(LARGE)))
    assert command(data, "backup", tmp_path / "backup").code == 0
    assert blob(tmp_path / "backup", LARGE).read_bytes() == LARGE


def test_content_that_is_damaged_is_told_and_all_other_is_backed_up(tmp_path: Path, command: Command) -> None:
    data, project = stored(tmp_path)
    blob(data, LARGE).write_bytes(bytes(len(LARGE)))
    ended = command(data, "backup", tmp_path / "backup")
    assert (ended.code, ended.found()) == (1, {digest(LARGE): "wrong bytes"})
    target = restored(tmp_path, "new")
    assert command(target / "data", "restore", tmp_path / "backup").found() == {digest(LARGE): "missing"}
    with running(target) as registry:
        assert registry.read(at(project, "small")) == SMALL
        assert ending(lambda: registry.read(at(project, "large"))) == "PACKAGE_FILE_NOT_FOUND"


class _CutOffError(Exception):
    """Stands for the end of a process."""


def cut_off(monkeypatch: pytest.MonkeyPatch, command: Callable[[], object], after: int) -> None:
    """Run a command that ends, as killed, when so many contents are written."""
    written = 0
    real = StagedFile.write

    def write(file: StagedFile, piece: bytes) -> None:
        nonlocal written
        written += 1
        if written > after:
            raise _CutOffError
        real(file, piece)

    with monkeypatch.context() as patched:
        patched.setattr(StagedFile, "write", write)
        with pytest.raises(_CutOffError):
            command()


def test_a_backup_and_a_restore_go_on_where_they_were_cut_off(
    tmp_path: Path, command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    data, project = stored(tmp_path)
    contents = [LARGE, *(os.urandom(70_000) for _ in range(9))]
    with running(tmp_path) as registry:
        for number, content in enumerate(contents[1:]):
            registry.publish_large(at(project, f"file-{number}"), content)
    for target, arguments in (
        (tmp_path / "backup", (data, "backup", tmp_path / "backup")),
        (tmp_path / "new", (tmp_path / "new", "restore", tmp_path / "backup")),
    ):
        cut_off(monkeypatch, functools.partial(command, *arguments), after=5)
        kept = {content: blob(target, content).stat().st_ino for content in contents if blob(target, content).exists()}
        assert len(kept) == 5
        if target.name == "backup":
            assert "is not finished" in command(tmp_path / "new", "restore", target).errors
        assert command(*arguments).code == 0
        assert {content: blob(target, content).stat().st_ino for content in kept} == kept
        assert all(blob(target, content).read_bytes() == content for content in contents)
        assert list((target / "volume/staging").iterdir()) == []


def test_no_server_starts_on_data_that_are_half_restored(
    tmp_path: Path, command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    data, _ = stored(tmp_path)
    command(data, "backup", tmp_path / "backup")
    target = restored(tmp_path, "new")
    cut_off(monkeypatch, lambda: command(target / "data", "restore", tmp_path / "backup"), after=0)
    process = StorageProcess(target).start()
    assert process.wait() == 1
    assert "is not restored to the end" in process.log()


@pytest.mark.parametrize("held", ["registry", "other files"])
def test_a_restore_takes_no_folder_that_holds_something(tmp_path: Path, command: Command, held: str) -> None:
    data, _ = stored(tmp_path)
    command(data, "backup", tmp_path / "backup")
    if held == "other files":
        data = tmp_path / "thesis"
        data.mkdir()
        (data / "thesis.txt").write_text("text")
    before = files_under(data)
    ended = command(data, "restore", tmp_path / "backup")
    assert (ended.code, "choose an empty or a new one" in ended.errors) == (1, True)
    assert files_under(data) == before


def test_a_backup_takes_no_folder_that_holds_something_else(tmp_path: Path, command: Command) -> None:
    data, _ = stored(tmp_path)
    (tmp_path / "thesis").mkdir()
    (tmp_path / "thesis/thesis.txt").touch()
    assert "holds other files" in command(data, "backup", tmp_path / "thesis").errors
    assert command(data, "backup", data / "backup").code == 2
    assert not (data / "backup").exists()


def test_a_backup_that_is_being_written_is_left_alone(tmp_path: Path, command: Command) -> None:
    data, _ = stored(tmp_path)
    command(data, "backup", tmp_path / "backup")
    with claimed(tmp_path / "backup", BACKUP):
        assert "is in use by another backup" in command(data, "backup", tmp_path / "backup").errors


@pytest.mark.parametrize("left", [100_000, 50_000_000])
def test_a_backup_to_a_full_disk_says_so_and_goes_on_when_there_is_room(
    tmp_path: Path, small_volume: Path, command: Command, left: int
) -> None:
    data, project = stored(tmp_path)
    with running(tmp_path) as registry:
        for version in range(3):
            registry.publish_large(at(project, version=str(version)), os.urandom(20_000_000))
    ballast = small_volume / "ballast"
    with ballast.open("wb") as file:
        os.posix_fallocate(file.fileno(), 0, free_bytes(small_volume) - left)
    ended = command(data, "backup", small_volume / "backup")
    assert (ended.code, ended.report) == (1, {})
    assert "no room for the" in ended.errors.splitlines()[-1]
    ballast.unlink()
    assert command(data, "backup", small_volume / "backup").code == 0
