"""Between the contract's messages and the storage's values."""

from __future__ import annotations

import dataclasses

from generic_packages.storage.v1 import packages_pb2
from google.protobuf.message import Message
from google.protobuf.timestamp_pb2 import Timestamp

from reference_server.storage.metadata.pagination import PageRequest
from reference_server.storage.metadata.rows import PackageFileRow
from reference_server.storage.packages.publications import Publication
from reference_server.storage.rules.coordinates import Coordinates

_PAGE_FIELDS = frozenset(field.name for field in dataclasses.fields(PageRequest))


def coordinates(message: packages_pb2.PackageFileCoordinates) -> Coordinates:
    """Read coordinates."""
    return Coordinates(
        message.project, message.package_name, message.package_version, message.file_name, message.directories
    )


def publication(request: packages_pb2.PublishRequest | packages_pb2.BeginPublicationRequest) -> Publication:
    """Read what is to be published, but for the content."""
    return Publication(
        coordinates(request.coordinates),
        request.status if request.HasField("status") else None,
        request.select if request.HasField("select") else None,
    )


def package_file(row: PackageFileRow) -> packages_pb2.PackageFile:
    """Write a file row."""
    return packages_pb2.PackageFile(
        id=row.id,
        package_id=row.package_id,
        project_id=row.project_id,
        file_name=row.file_name,
        size=row.size,
        sha256=row.sha256,
        md5=row.md5,
        sha1=row.sha1,
        created_at=timestamp(row.created_at),
    )


def page_request(message: Message) -> PageRequest:
    """Read which page of a list is wanted from a message with some of the fields of a PageRequest."""
    return PageRequest(**{field.name: value for field, value in message.ListFields() if field.name in _PAGE_FIELDS})


def timestamp(milliseconds: int) -> Timestamp:
    """Write a time."""
    seconds, rest = divmod(milliseconds, 1000)
    return Timestamp(seconds=seconds, nanos=rest * 1_000_000)


def milliseconds(message: Timestamp) -> int:
    """Read a time."""
    return message.seconds * 1000 + message.nanos // 1_000_000
