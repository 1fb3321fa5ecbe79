"""Publishing through the service: small, large, duplicates, and many at a time."""

import hashlib
import os
from concurrent.futures import ThreadPoolExecutor

import pytest

from reference_server.contract.limits import SMALL_CONTENT_BYTES
from tests.support.storage import Registry, at

LARGE = os.urandom(3 * 1024 * 1024 + 17)


@pytest.mark.parametrize("size", [0, 1, 1024, SMALL_CONTENT_BYTES])
def test_a_small_file_comes_back_inside_the_open_reply(registry: Registry, size: int) -> None:
    content = os.urandom(size)
    where = at(registry.project().id)
    row = registry.publish(where, content)
    opened = registry.open(where)
    assert opened.WhichOneof("content") == "inline_content"
    assert opened.inline_content == content
    assert opened.package_file == row
    assert (row.size, row.sha256) == (size, hashlib.sha256(content).digest())


def test_small_content_in_a_message_has_a_limit(registry: Registry) -> None:
    content = bytes(SMALL_CONTENT_BYTES + 1)
    assert registry.outcome("publish", coordinates=at(registry.project().id), content=content) == "PARAMETER_INVALID"


@pytest.mark.parametrize("size", [0, 1, SMALL_CONTENT_BYTES, SMALL_CONTENT_BYTES + 1, len(LARGE)])
def test_content_that_is_begun_sent_and_committed_is_downloaded_whole(registry: Registry, size: int) -> None:
    where, before = at(registry.project().id), registry.staged()
    row = registry.publish_large(where, LARGE[:size])
    assert (row.size, row.sha256) == (size, hashlib.sha256(LARGE[:size]).digest())
    assert registry.read(where) == LARGE[:size]
    assert registry.staged() == before


def test_the_newest_file_of_a_name_is_served_and_the_older_one_stays_listed(registry: Registry, project: int) -> None:
    first = registry.publish(at(project), b"first")
    second = registry.publish(at(project), b"second")
    assert second.id > first.id
    assert registry.read(at(project)) == b"second"
    assert [file.id for file in registry.files(project, first.package_id)] == [first.id, second.id]


def test_files_of_one_name_and_version_are_one_package(registry: Registry, project: int) -> None:
    rows = [registry.publish(at(project, name)) for name in ("a.txt", "b.txt")]
    assert rows[0].package_id == rows[1].package_id
    assert registry.publish(at(project, version="2.0")).package_id != rows[0].package_id


def test_a_project_may_be_named_by_its_full_path_in_any_letter_case(registry: Registry) -> None:
    project = registry.project()
    registry.publish(at(project.full_path), b"by path")
    assert registry.read(at(project.id)) == b"by path"
    assert registry.read(at(project.full_path.upper())) == b"by path"


def test_md5_and_sha1_are_absent_unless_wanted(registry: Registry) -> None:
    row = registry.publish(at(registry.project().id))
    assert not row.HasField("md5")
    assert not row.HasField("sha1")


@pytest.mark.parametrize(
    ("changed", "refusal"),
    [
        ({"status": "gone"}, "PARAMETER_VALUE_UNKNOWN"),
        ({"status": ""}, "PARAMETER_VALUE_UNKNOWN"),
        ({"status": "error"}, "PARAMETER_VALUE_UNKNOWN"),
        ({"select": "package"}, "PARAMETER_VALUE_UNKNOWN"),
        ({"coordinates": at(1, name="a/b")}, "PARAMETER_INVALID"),
        ({"coordinates": at(1, version="1.0\n")}, "PARAMETER_INVALID"),
        ({"coordinates": at(1, "../x")}, "PARAMETER_INVALID"),
        ({"coordinates": at("no/such/project")}, "PROJECT_NOT_FOUND"),
        ({"coordinates": at("9" * 40)}, "PROJECT_NOT_FOUND"),
    ],
)
def test_malformed_publications_are_refused_small_and_begun_alike(
    registry: Registry, changed: dict[str, object], refusal: str
) -> None:
    values = {"coordinates": at(registry.project().id), **changed}
    assert registry.outcome("publish", **values, content=b"x") == refusal
    assert registry.outcome("begin_publication", **values) == refusal


def test_checks_are_made_in_the_contracts_order(registry: Registry) -> None:
    private = registry.project("PRIVATE").id
    public = registry.project().id
    stranger = registry.member(public, 50)
    malformed = {"version": "not a version"}

    def refusal(where: object, by: object) -> str:
        return registry.outcome("publish", by=by, coordinates=where, content=b"x")

    assert refusal(at(private, **malformed), ()) == "CREDENTIAL_INVALID"
    assert refusal(at(private, **malformed), stranger) == "PARAMETER_INVALID"
    assert refusal(at(private), stranger) == "PROJECT_NOT_FOUND"
    assert refusal(at(public), registry.member(public, 20)) == "ROLE_INSUFFICIENT"
    assert refusal(at(public), registry.member(public, 50, scopes=["read_api"])) == "SCOPE_INSUFFICIENT"


def test_64_parallel_first_uploads_make_one_package(registry: Registry, project: int) -> None:
    names = [f"file-{number}" for number in range(64)]
    with ThreadPoolExecutor(64) as pool:
        rows = list(pool.map(lambda name: registry.publish(at(project, name), name.encode()), names))
    assert len({row.package_id for row in rows}) == 1
    assert len({row.id for row in rows}) == 64
    assert [registry.read(at(project, name)) for name in names] == [name.encode() for name in names]


def test_parallel_large_uploads_of_one_content_keep_it_once(registry: Registry, project: int) -> None:
    before = registry.blobs()
    content = os.urandom(200_000)
    with ThreadPoolExecutor(16) as pool:
        list(pool.map(lambda number: registry.publish_large(at(project, f"file-{number}"), content), range(16)))
    assert registry.blobs() - before == {hashlib.sha256(content).hexdigest()}
    assert {registry.read(at(project, f"file-{number}")) for number in range(16)} == {content}


def test_32_parallel_uploads_of_one_file_end_with_the_last_acknowledged_one(registry: Registry, project: int) -> None:
    contents = [os.urandom(1000) for _ in range(32)]
    with ThreadPoolExecutor(32) as pool:
        rows = list(pool.map(lambda content: registry.publish(at(project), content), contents))
    newest = max(range(32), key=lambda number: rows[number].id)
    assert registry.read(at(project)) == contents[newest]
