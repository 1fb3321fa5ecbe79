"""One package and its files by their ids, whatever the package's status."""

import os
import sqlite3
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from generic_packages.storage.v1 import content_pb2
from generic_packages.storage.v1 import packages_pb2 as pb

from tests.support.storage import ANONYMOUS, SECONDS, Registry, at, running

STATUSES = ("DEFAULT", "HIDDEN", "ERROR", "PENDING_DESTRUCTION")


def get(registry: Registry, project: int, package_id: int) -> Any:  # noqa: ANN401 -- a Package
    return registry.ask("GetPackage", project=str(project), package_id=package_id).package


def by_id(row: pb.PackageFile, **more: Any) -> dict[str, Any]:  # noqa: ANN401 -- fields of several types
    where = {"project": str(row.project_id), "package_id": row.package_id, "package_file_id": row.id}
    return {**where, **more}


def set_status(registry: Registry, package_id: int, status: str) -> None:
    with sqlite3.connect(registry.data / "metadata.sqlite3", timeout=SECONDS) as metadata:
        number = pb.PackageStatus.Value(f"PACKAGE_STATUS_{status}")
        metadata.execute("UPDATE packages SET status = ? WHERE id = ?", (number, package_id))
    metadata.close()


def test_a_package_is_shown_by_its_id(registry: Registry) -> None:
    project = registry.project()
    row = registry.publish(at(project.id, name="tool", version="1.0"))
    package = get(registry, project.id, row.package_id)
    assert (package.id, package.project_id, package.project_path) == (row.package_id, project.id, project.full_path)
    assert (package.name, package.version, package.status) == ("tool", "1.0", pb.PACKAGE_STATUS_DEFAULT)
    assert package.caller_may_delete
    assert not package.HasField("last_downloaded_at")
    assert not package.pipelines


@pytest.mark.parametrize(
    ("level", "scopes", "may"), [(30, ["api"], False), (40, ["api"], True), (50, ["read_api"], False)]
)
def test_a_package_says_whether_the_caller_may_delete_it(
    registry: Registry, project: int, level: int, scopes: list[str], *, may: bool
) -> None:
    row = registry.publish(at(project))
    for caller, expected in ((registry.member(project, level, scopes=scopes), may), (ANONYMOUS, False)):
        package = registry.ask("GetPackage", by=caller, project=str(project), package_id=row.package_id).package
        assert package.caller_may_delete is expected


@pytest.mark.parametrize(
    ("status", "listed", "shown", "files", "download", "download_by_id"),
    [
        ("DEFAULT", True, "OK", "OK", "OK", "OK"),
        ("HIDDEN", False, "PACKAGE_NOT_FOUND", "PACKAGE_NOT_FOUND", "OK", "PACKAGE_FILE_NOT_FOUND"),
        ("ERROR", True, "PACKAGE_NOT_FOUND", "OK", "PACKAGE_FILE_NOT_FOUND", "PACKAGE_FILE_NOT_FOUND"),
        ("PENDING_DESTRUCTION", False, *["PACKAGE_NOT_FOUND"] * 2, *["PACKAGE_FILE_NOT_FOUND"] * 2),
    ],
)
def test_a_status_decides_where_a_package_is_seen(
    registry: Registry, status: str, *, listed: bool, shown: str, files: str, download: str, download_by_id: str
) -> None:
    project = registry.project().id
    row = registry.publish(at(project))
    set_status(registry, row.package_id, status)
    assert bool(registry.ask("ListPackages", project=str(project)).packages) is listed
    one = {"project": str(project), "package_id": row.package_id}
    assert registry.outcome("GetPackage", **one) == shown
    assert registry.outcome("ListPackageFiles", **one) == files
    assert registry.outcome("open_package_file", coordinates=at(project)) == download
    assert registry.outcome("OpenPackageFileById", **by_id(row)) == download_by_id


def test_a_list_shows_each_status_that_is_asked_for(registry: Registry, project: int) -> None:
    for status in STATUSES:
        set_status(registry, registry.publish(at(project, name=status)).package_id, status)
    for status in STATUSES:
        filters = {"status": status.lower()}
        (package,) = registry.ask("ListPackages", project=str(project), filters=filters).packages
        assert package.name == status


def test_a_package_whose_destruction_is_pending_makes_way_for_a_new_one(registry: Registry) -> None:
    project = registry.project_without_duplicates()
    old = registry.publish_large(at(project), os.urandom(100_000))
    set_status(registry, old.package_id, "PENDING_DESTRUCTION")
    new = registry.publish(at(project), b"new")
    assert new.package_id > old.package_id
    assert registry.read(at(project)) == b"new"
    assert [file.id for file in registry.files(project, new.package_id)] == [new.id]


def test_each_publication_decides_the_status_again(registry: Registry, project: int) -> None:
    seen = []
    for name, status in (("a", None), ("b", "hidden"), ("c", None), ("d", "default")):
        row = registry.publish(at(project, name), status=status)
        listed = registry.ask("ListPackages", project=str(project), filters=pb.PackageFilters(status="default"))
        seen.append([package.id for package in listed.packages])
    assert seen == [[row.package_id], [], [], [row.package_id]]


def test_each_file_opens_by_its_id(registry: Registry, project: int) -> None:
    large = os.urandom(100_000)
    first, second = registry.publish(at(project), b"first"), registry.publish_large(at(project), large)
    open_by_id = partial(registry.ask, "OpenPackageFileById")
    opened = open_by_id(**by_id(first)).opened
    assert (opened.package_file.id, opened.inline_content) == (first.id, b"first")
    opened = open_by_id(**by_id(second)).opened
    request = content_pb2.DownloadContentRequest(read_ticket=opened.read_ticket, offset=0, length=len(large))
    parts = registry.content.DownloadContent(request, timeout=SECONDS)
    assert b"".join(part.content for part in parts) == large
    path = open_by_id(**by_id(second), shares_volume=True).opened.blob_path
    assert (registry.data / "volume" / path).read_bytes() == large
    assert open_by_id(**by_id(second), record_only=True).opened.WhichOneof("content") is None


def test_a_file_of_another_place_does_not_open_by_its_id(registry: Registry) -> None:
    project, other = registry.project().id, registry.project("PRIVATE").id
    row = registry.publish(at(project))
    neighbour = registry.publish(at(project, version="2"))
    open_by_id = partial(registry.outcome, "OpenPackageFileById")
    for values in ({"project": str(other)}, {"package_id": neighbour.package_id}, {"package_file_id": 2**62}):
        assert open_by_id(**by_id(row, **values)) == "PACKAGE_FILE_NOT_FOUND"
    assert open_by_id(by=ANONYMOUS, **by_id(row, project=str(other))) == "PROJECT_NOT_FOUND"
    assert open_by_id(by=ANONYMOUS, **by_id(row)) == "OK"


def test_files_do_not_open_by_id_in_the_earlier_edition(registry_15: Registry) -> None:
    row = registry_15.publish(at(registry_15.project().id))
    assert registry_15.outcome("OpenPackageFileById", **by_id(row)) == "NOT_IN_EDITION"


def test_a_download_is_remembered_at_once_and_for_good(tmp_path: Path) -> None:
    with running(tmp_path) as registry:
        project = registry.project().id
        rows = [registry.publish(at(project, version=version)) for version in ("1", "2", "3")]
        registry.read(at(project, version="1"))
        registry.ask("OpenPackageFileById", **by_id(rows[1]))
        registry.open(at(project, version="3"), record_only=True)
        seen = [get(registry, project, row.package_id) for row in rows]
        assert [package.HasField("last_downloaded_at") for package in seen] == [True, True, False]
        assert seen[0].last_downloaded_at.ToMilliseconds() >= seen[0].created_at.ToMilliseconds()
    with running(tmp_path) as registry:
        assert [get(registry, project, row.package_id) for row in rows] == seen
