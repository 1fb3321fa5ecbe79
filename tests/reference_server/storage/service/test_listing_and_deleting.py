"""Lists, deletes, and what they leave on the volume."""

import os

from tests.support.storage import Registry, at


def test_package_files_are_listed_in_pages_by_rising_id(registry: Registry, project: int) -> None:
    rows = [registry.publish(at(project, f"file-{number}")) for number in range(5)]
    part = {"page": 2, "per_page": 2}
    listed = registry.ask("ListPackageFiles", project=str(project), package_id=rows[0].package_id, part=part)
    assert list(listed.package_files) == rows[2:4]


def test_a_package_of_another_project_is_not_found(registry: Registry) -> None:
    row = registry.publish(at(registry.project().id))
    other = str(registry.project().id)
    for call in ("ListPackageFiles", "DeletePackage", "DeletePackageFile"):
        assert registry.outcome(call, project=other, package_id=row.package_id) == "PACKAGE_NOT_FOUND"
    assert registry.read(at(row.project_id)) == b"content"


def test_a_file_of_another_package_is_not_found(registry: Registry, project: int) -> None:
    one, two = registry.publish(at(project, version="1")), registry.publish(at(project, version="2"))
    file = {"project": str(project), "package_id": one.package_id, "package_file_id": two.id}
    assert registry.outcome("DeletePackageFile", **file) == "PACKAGE_FILE_NOT_FOUND"


def test_a_deleted_package_is_gone_and_can_be_published_again_at_once(registry: Registry, project: int) -> None:
    first = registry.publish(at(project), b"first")
    registry.delete_package(project, first.package_id)
    assert registry.outcome("open_package_file", coordinates=at(project)) == "PACKAGE_FILE_NOT_FOUND"
    again = registry.publish(at(project), b"again")
    assert again.package_id > first.package_id
    assert again.id > first.id
    assert registry.read(at(project)) == b"again"


def test_deleting_the_newest_file_brings_back_the_one_before(registry: Registry, project: int) -> None:
    rows = [registry.publish(at(project), content) for content in (b"first", b"second")]
    registry.delete_file(project, rows[1].package_id, rows[1].id)
    assert registry.read(at(project)) == b"first"


def test_content_leaves_the_volume_with_its_last_reference(registry: Registry) -> None:
    project, other, content = registry.project().id, registry.project().id, os.urandom(100_000)
    before = registry.blobs()
    one = registry.publish_large(at(project), content)
    two = registry.publish_large(at(other), content)
    assert len(registry.blobs() - before) == 1
    registry.delete_package(project, one.package_id)
    assert registry.read(at(other)) == content
    registry.delete_file(other, two.package_id, two.id)
    registry.freed_to(before)


def test_small_content_leaves_the_metadata_with_its_last_reference(registry: Registry, project: int) -> None:
    rows = [registry.publish(at(project, name), b"the same") for name in ("a", "b")]
    registry.delete_file(project, rows[0].package_id, rows[0].id)
    assert registry.read(at(project, "b")) == b"the same"
    registry.delete_file(project, rows[1].package_id, rows[1].id)
    registry.publish(at(project, "c"), b"the same")
    assert registry.read(at(project, "c")) == b"the same"
