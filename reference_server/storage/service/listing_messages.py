"""Between the contract's messages about lists and the storage's values."""

from __future__ import annotations

from typing import Any

from generic_packages.storage.v1 import packages_pb2 as pb

from reference_server.storage.metadata.pagination import Page
from reference_server.storage.metadata.repositories.pipelines import PipelineRecord
from reference_server.storage.metadata.rows import PackageFileRow
from reference_server.storage.packages.packages import PackageView
from reference_server.storage.service import messages
from reference_server.storage.service.ci_messages import pipeline
from reference_server.storage.service.messages import timestamp


def page(listed: Page[Any]) -> pb.GivenPart:
    return pb.GivenPart(page=listed.page, per_page=listed.per_page, total=listed.total, next_cursor=listed.next_cursor)


def package(shown: PackageView) -> pb.Package:
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
        pipelines=map(pipeline, shown.pipelines),
    )


def package_file(row: PackageFileRow, record: PipelineRecord | None) -> pb.PackageFile:
    message = messages.package_file(row)
    if record is not None:
        message.pipeline.CopyFrom(pipeline(record))
    return message
