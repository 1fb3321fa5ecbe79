"""Content that the metadata do not know: it waits in the volume's trash, and comes back with the metadata."""

from __future__ import annotations

import os
import shutil
import time
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from reference_server.storage import housekeeping
from tests.support.storage import SECONDS, Registry, at, ending, running

CONTENT = os.urandom(100_000)


def trash(registry: Registry) -> set[str]:
    """Name what lies in the trash."""
    return {path.name for path in (registry.data / "volume/trash").iterdir()}


def keep_metadata(folder: Path, name: str) -> None:
    """Copy the metadata of a stopped storage."""
    shutil.copy(folder / "data/metadata.sqlite3", folder / name)


def restore_metadata(folder: Path, name: str) -> None:
    """Put a copy of the metadata in the place of those of a stopped storage."""
    shutil.copy(folder / name, folder / "data/metadata.sqlite3")


def outdated(folder: Path, contents: int = 1) -> int:
    """Make a volume with content that its metadata do not know; the right metadata are beside it as "newer"."""
    with running(folder) as registry:
        project = int(registry.project().id)
    keep_metadata(folder, "older")
    with running(folder) as registry:
        registry.publish_large(at(project), CONTENT)
        for number in range(1, contents):
            registry.publish_large(at(project, f"file-{number}"), os.urandom(70_000))
    keep_metadata(folder, "newer")
    restore_metadata(folder, "older")
    return project


def test_content_swept_on_older_metadata_comes_back_with_the_newer_ones(tmp_path: Path) -> None:
    project = outdated(tmp_path)
    with running(tmp_path) as registry:
        registry.freed_to(set())
        assert ending(lambda: registry.read(at(project))) == "PACKAGE_FILE_NOT_FOUND"
    restore_metadata(tmp_path, "newer")
    with running(tmp_path) as registry:
        assert registry.read(at(project)) == CONTENT
        assert trash(registry) == set()


def test_content_in_the_trash_can_be_published_again(tmp_path: Path) -> None:
    project = outdated(tmp_path)
    with running(tmp_path) as registry:
        registry.freed_to(set())
        registry.publish_large(at(project), CONTENT)
        assert registry.read(at(project)) == CONTENT


@pytest.mark.parametrize(("contents", "warned"), [(99, False), (120, True)])
def test_a_sweep_of_a_large_share_warns_of_older_metadata(tmp_path: Path, contents: int, *, warned: bool) -> None:
    outdated(tmp_path, contents)
    with capture_logs() as lines, running(tmp_path) as registry:
        registry.freed_to(set())
        time.sleep(0.2)
    assert [line["moved"] for line in lines if "older than the volume" in line["event"]] == [contents] * warned


@pytest.mark.parametrize(("days", "left"), [(0, 0), (1, 1)])
def test_the_trash_is_emptied_after_its_days(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, days: int, left: int
) -> None:
    monkeypatch.setattr(housekeeping, "_ROUND_SECONDS", 0.01)
    outdated(tmp_path)
    with running(tmp_path, trash_days=days) as registry:
        registry.freed_to(set())
        deadline = time.monotonic() + (1 if left else SECONDS)
        while len(trash(registry)) != 0 and time.monotonic() < deadline:
            time.sleep(0.02)
        assert len(trash(registry)) == left


def test_what_is_deleted_is_freed_at_once(tmp_path: Path) -> None:
    with running(tmp_path) as registry:
        where = at(registry.project().id)
        registry.delete_package(int(where.project), registry.publish_large(where, CONTENT).package_id)
        registry.freed_to(set())
        assert trash(registry) == set()
