"""Between the contract's messages about lists and the storage's values."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from generic_packages.storage.v1 import packages_pb2 as pb

from reference_server.storage.ci.views import PipelineView
from reference_server.storage.metadata.sqlite.hot_paths import PackageFileRow
from reference_server.storage.packages.filters import Filters
from reference_server.storage.packages.parts import Asked, Given
from reference_server.storage.packages.showing import ShownPackage
from reference_server.storage.service import messages
from reference_server.storage.service.ci_messages import pipeline
from reference_server.storage.service.messages import timestamp


def filters(message: pb.PackageFilters) -> Filters:
    """Read which packages are wanted."""
    return Filters(**_said(message))


def asked(message: pb.ListedPart) -> Asked:
    """Read which part of a list is wanted."""
    return Asked(**_said(message))


def given(part: Given[Any]) -> pb.GivenPart:
    """Write which part of a list is given."""
    return pb.GivenPart(page=part.page, per_page=part.per_page, total=part.total, next_cursor=part.next_cursor)


def package(shown: ShownPackage, pipelines: Sequence[PipelineView]) -> pb.Package:
    """Write a package with the newest of its pipelines."""
    row = shown.row
    return pb.Package(
        id=row.id,
        project_id=row.project_id,
        name=row.name,
        version=row.version,
        status=pb.PackageStatus.ValueType(row.status),
        created_at=timestamp(row.created_at),
        last_downloaded_at=None if shown.last_downloaded_at is None else timestamp(shown.last_downloaded_at),
        project_path=shown.project_path,
        caller_may_delete=shown.caller_may_delete,
        pipelines=[pipeline(view) for view in pipelines],
    )


def package_file(row: PackageFileRow, view: PipelineView | None) -> pb.PackageFile:
    """Write a file row with its pipeline."""
    message = messages.package_file(row)
    if view is not None:
        message.pipeline.CopyFrom(pipeline(view))
    return message


def _said(message: pb.PackageFilters | pb.ListedPart) -> dict[str, Any]:
    """Give the fields that a message holds, by name: they are those of the value that is read."""
    return {field.name: value for field, value in message.ListFields()}
