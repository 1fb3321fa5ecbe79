"""Between the contract's messages and the storage's values."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from generic_packages.storage.v1 import packages_pb2
from google.protobuf.message import Message
from google.protobuf.timestamp_pb2 import Timestamp

from reference_server.storage.metadata.pagination import PageRequest
from reference_server.storage.metadata.rows import PackageFileRow
from reference_server.storage.packages.publications import Publication
from reference_server.storage.rules.coordinates import Coordinates

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

    Value = TypeVar("Value", bound=DataclassInstance)


def read(kind: type[Value], message: Message, **others: object) -> Value:
    """Read what a message says of the fields that it has in common with a dataclass; `others` count instead of it.

    A field that the message does not set has the dataclass's default.
    """
    known = kind.__dataclass_fields__
    said = {field.name: value for field, value in message.ListFields() if field.name in known}
    return kind(**{**said, **others})


def coordinates(message: packages_pb2.PackageFileCoordinates) -> Coordinates:
    """Read coordinates."""
    return Coordinates(message.project, message.package_name, message.package_version, message.file_name)


def publication(request: packages_pb2.PublishRequest | packages_pb2.BeginPublicationRequest) -> Publication:
    """Read what is to be published, but for the content."""
    return Publication(
        coordinates(request.coordinates),
        request.status if request.HasField("status") else None,
        request.select if request.HasField("select") else None,
    )


def package_file(row: PackageFileRow) -> packages_pb2.PackageFile:
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
    return read(PageRequest, message)


def timestamp(milliseconds: int) -> Timestamp:
    seconds, rest = divmod(milliseconds, 1000)
    return Timestamp(seconds=seconds, nanos=rest * 1_000_000)


def milliseconds(message: Timestamp) -> int:
    return message.seconds * 1000 + message.nanos // 1_000_000
