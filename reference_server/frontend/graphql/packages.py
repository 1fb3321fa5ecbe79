"""Packages and package files."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Final, TypedDict

from generic_packages.storage.v1.packages_pb2 import (
    ListedPart,
    ListPackageFilesRequest,
    Package,
    PackageFile,
    PackageFilters,
)

from reference_server.frontend.graphql.asking import Asker
from reference_server.frontend.graphql.connections import Connection, Listed, connect, following_part
from reference_server.frontend.graphql.global_ids import global_id
from reference_server.frontend.rest.shapes.packages import STATUSES
from reference_server.frontend.timestamps import iso_milliseconds

PackageReader = Callable[[PackageFilters, ListedPart], Awaitable[Listed[Package]]]
"""Asks the storage for a part of a list of packages."""

_ORDERS: Final = {"CREATED": "created_at"}
_NEWEST_FIRST: Final = "CREATED_DESC"


class FileNode:
    """The fields of PackageFile."""

    def __init__(self, file: PackageFile, project_path: str) -> None:
        self.id = global_id("Packages::PackageFile", file.id)
        self.created_at = iso_milliseconds(file.created_at)
        self.file_name = file.file_name
        self.size = str(file.size)
        self.download_path = f"/{project_path}/-/package_files/{file.id}/download"
        self.file_md5 = file.md5.hex() if file.HasField("md5") else None
        self.file_sha1 = file.sha1.hex() if file.HasField("sha1") else None
        self.file_sha256 = file.sha256.hex()


class PackageNode:
    """The fields of Package."""

    def __init__(self, asker: Asker, package: Package) -> None:
        self._asker = asker
        self._package = package
        self.id = global_id("Packages::Package", package.id)
        self.name = package.name
        self.version = package.version
        self.package_type = "GENERIC"
        self.status = STATUSES[package.status].upper()
        self.created_at = iso_milliseconds(package.created_at)
        self.can_destroy = package.caller_may_delete

    async def package_files(self, after: str | None = None, first: int | None = None) -> Connection[FileNode] | None:
        """List the package's files."""
        return await connect(self._read_files, after, following_part(after, first))

    async def _read_files(self, part: ListedPart) -> Listed[FileNode]:
        """Ask the storage for a part of the package's files."""
        request = ListPackageFilesRequest(
            credentials=self._asker.credentials,
            project=str(self._package.project_id),
            package_id=self._package.id,
            part=part,
        )
        answer = await self._asker.ask(self._asker.services.packages.ListPackageFiles, request)
        path = self._package.project_path
        return Listed([FileNode(file, path) for file in answer.package_files], answer.part)


class Arguments(TypedDict, total=False):
    """The arguments of a field that lists packages, as the schema lets them through."""

    package_name: str | None
    package_type: str | None
    package_version: str | None
    status: str | None
    sort: str | None
    after: str | None
    first: int | None


async def list_packages(asker: Asker, reader: PackageReader, arguments: Arguments) -> Connection[PackageNode] | None:
    """List packages as a field's arguments say, the newest first unless told otherwise; None for who may not."""
    filters = PackageFilters(
        package_type=_lower(arguments.get("package_type")),
        package_name=arguments.get("package_name"),
        package_version=arguments.get("package_version"),
        status=_lower(arguments.get("status")),
    )
    after = arguments.get("after")
    part = following_part(after, arguments.get("first"))
    order, _, direction = (arguments.get("sort") or _NEWEST_FIRST).rpartition("_")
    part.order_by, part.sort = _ORDERS.get(order, order.lower()), direction.lower()

    async def read(part: ListedPart) -> Listed[PackageNode]:
        listed = await reader(filters, part)
        return Listed([PackageNode(asker, package) for package in listed.nodes], listed.part)

    return await connect(read, after, part)


def _lower(value: str | None) -> str | None:
    """Spell a value of an enumeration as REST does."""
    return None if value is None else value.lower()
