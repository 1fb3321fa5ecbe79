"""Downloading through the service: the means that open hands out, and spans of content."""

import os
from pathlib import Path

import pytest
from generic_packages.storage.v1 import content_pb2 as content
from generic_packages.storage.v1 import packages_pb2 as pb

from reference_server.contract.limits import MESSAGE_BYTES
from tests.support.storage import SECONDS, Registry, at, ending

LARGE = os.urandom(2 * MESSAGE_BYTES + 12345)


@pytest.fixture(scope="module")
def where(registry: Registry) -> pb.PackageFileCoordinates:
    coordinates: pb.PackageFileCoordinates = at(registry.project().id)
    registry.publish_large(coordinates, LARGE)
    return coordinates


def span(registry: Registry, ticket: bytes, offset: int, length: int) -> list[bytes]:
    request = content.DownloadContentRequest(read_ticket=ticket, offset=offset, length=length)
    return [part.content for part in registry.content.DownloadContent(request, timeout=SECONDS)]


@pytest.mark.parametrize(
    ("offset", "length"), [(0, len(LARGE)), (0, 1), (len(LARGE) - 1, 1), (MESSAGE_BYTES - 1, MESSAGE_BYTES + 2)]
)
def test_a_span_comes_whole_in_pieces_of_at_most_a_message(
    registry: Registry, where: pb.PackageFileCoordinates, offset: int, length: int
) -> None:
    pieces = span(registry, registry.open(where).read_ticket, offset, length)
    assert b"".join(pieces) == LARGE[offset : offset + length]
    assert all(1 <= len(piece) <= MESSAGE_BYTES for piece in pieces)


@pytest.mark.parametrize(
    ("offset", "length"), [(-1, 1), (0, 0), (0, -1), (len(LARGE), 1), (0, len(LARGE) + 1), (1, 2**62)]
)
def test_a_span_outside_the_content_is_refused(
    registry: Registry, where: pb.PackageFileCoordinates, offset: int, length: int
) -> None:
    ticket = registry.open(where).read_ticket
    request = content.DownloadContentRequest(read_ticket=ticket, offset=offset, length=length)
    assert _reading(registry, request) == "PARAMETER_INVALID"


@pytest.mark.parametrize("ticket", [b"", b"x", bytes(72)])
def test_a_ticket_that_was_not_issued_is_refused(registry: Registry, ticket: bytes) -> None:
    request = content.DownloadContentRequest(read_ticket=ticket, offset=0, length=1)
    assert _reading(registry, request) == "READ_TICKET_INVALID"


def test_a_ticket_that_was_altered_is_refused(registry: Registry, where: pb.PackageFileCoordinates) -> None:
    ticket = bytearray(registry.open(where).read_ticket)
    for position in (0, 39, len(ticket) - 1):
        altered = bytearray(ticket)
        altered[position] ^= 1
        request = content.DownloadContentRequest(read_ticket=bytes(altered), offset=0, length=1)
        assert _reading(registry, request) == "READ_TICKET_INVALID"


def test_content_deleted_meanwhile_is_not_found(registry: Registry) -> None:
    where, before = at(registry.project().id), registry.blobs()
    row = registry.publish_large(where, os.urandom(70_000))
    ticket = registry.open(where).read_ticket
    registry.delete_package(row.project_id, row.package_id)
    registry.freed_to(before)
    request = content.DownloadContentRequest(read_ticket=ticket, offset=0, length=1)
    assert _reading(registry, request) == "PACKAGE_FILE_NOT_FOUND"


def test_whoever_shares_the_volume_gets_the_blobs_path(registry: Registry, where: pb.PackageFileCoordinates) -> None:
    opened = registry.open(where, shares_volume=True)
    root = registry.content.DescribeVolume(content.DescribeVolumeRequest(), timeout=SECONDS).root
    assert (Path(root) / opened.blob_path).read_bytes() == LARGE


def test_a_small_file_is_inline_also_for_whoever_shares_the_volume(registry: Registry) -> None:
    where = at(registry.project().id)
    registry.publish(where, b"small")
    assert registry.open(where, shares_volume=True).inline_content == b"small"


def test_the_record_alone_has_no_content(registry: Registry, where: pb.PackageFileCoordinates) -> None:
    small = at(where.project, "small")
    registry.publish(small, b"small")
    for coordinates in (small, where):
        opened = registry.open(coordinates, record_only=True, shares_volume=True)
        assert opened.WhichOneof("content") is None
        assert opened.package_file.id


@pytest.mark.parametrize("missing", [{"file": "other"}, {"name": "other"}, {"version": "9"}])
def test_what_was_never_published_is_not_found(registry: Registry, project: int, missing: dict[str, str]) -> None:
    registry.publish(at(project))
    assert registry.outcome("open_package_file", coordinates=at(project, **missing)) == "PACKAGE_FILE_NOT_FOUND"


def test_a_nested_file_is_stored_under_its_encoded_path(registry: Registry) -> None:
    where = at(registry.project().id, "path/to/my+file~1.tar.gz")
    row = registry.publish(where, b"nested")
    assert row.file_name == "path%2Fto%2Fmy%2Bfile~1.tar.gz"
    assert registry.read(where) == b"nested"


def _reading(registry: Registry, request: content.DownloadContentRequest) -> str:
    return ending(lambda: list(registry.content.DownloadContent(request, timeout=SECONDS)))
