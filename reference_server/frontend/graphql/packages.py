"""Packages and package files."""

from __future__ import annotations

from typing import Final, TypedDict

from generic_packages.storage.v1 import packages_pb2

from reference_server.frontend.api.shapes.packages import STATUSES
from reference_server.frontend.graphql.connections import Connection, NodePage, connect, following_page
from reference_server.frontend.graphql.lookups import Lookups
from reference_server.frontend.http.responses import iso_milliseconds

_ORDERS: Final = {"CREATED": "created_at"}
_NEWEST_FIRST: Final = "CREATED_DESC"


def global_id(kind: str, number: int) -> str:
    """Return a global id: the name of a thing among all, by what GitLab calls its kind."""
    return f"gid://gitlab/{kind}/{number}"


class FileNode:
    """The fields of PackageFile."""

    def __init__(self, file: packages_pb2.PackageFile, project_path: str) -> None:
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

    def __init__(self, lookups: Lookups, package: packages_pb2.Package) -> None:
        self._lookups = lookups
        self._package = package
        self.id = global_id("Packages::Package", package.id)
        self.name = package.name
        self.version = package.version
        self.package_type = "GENERIC"
        self.status = STATUSES[package.status].upper()
        self.created_at = iso_milliseconds(package.created_at)
        self.can_destroy = package.caller_may_delete

    async def package_files(self, after: str | None = None, first: int | None = None) -> Connection[FileNode] | None:
        return await connect(self._read_files, after, following_page(after, first))

    async def _read_files(self, part: packages_pb2.ListedPart) -> NodePage[FileNode]:
        request = packages_pb2.ListPackageFilesRequest(
            project=str(self._package.project_id), package_id=self._package.id, part=part
        )
        answer = await self._lookups.call(self._lookups.services.packages.ListPackageFiles, request)
        path = self._package.project_path
        return NodePage([FileNode(file, path) for file in answer.package_files], answer.part)


class Arguments(TypedDict, total=False):
    """The arguments of a field that lists packages, as the schema lets them through."""

    package_name: str | None
    package_type: str | None
    package_version: str | None
    status: str | None
    sort: str | None
    after: str | None
    first: int | None


async def list_packages(
    lookups: Lookups, arguments: Arguments, *, group: str = "", project: str = ""
) -> Connection[PackageNode] | None:
    """List the packages of a group or of a project, the newest first unless told otherwise; None for who may not."""
    filters = packages_pb2.PackageFilters(
        package_type=_lower(arguments.get("package_type")),
        package_name=arguments.get("package_name"),
        package_version=arguments.get("package_version"),
        status=_lower(arguments.get("status")),
    )
    after = arguments.get("after")
    part = following_page(after, arguments.get("first"))
    order, _, direction = (arguments.get("sort") or _NEWEST_FIRST).rpartition("_")
    part.order_by, part.sort = _ORDERS.get(order, order.lower()), direction.lower()

    async def read(part: packages_pb2.ListedPart) -> NodePage[PackageNode]:
        answer: packages_pb2.ListGroupPackagesResponse | packages_pb2.ListPackagesResponse
        if group:
            in_group = packages_pb2.ListGroupPackagesRequest(group=group, filters=filters, part=part)
            answer = await lookups.call(lookups.services.packages.ListGroupPackages, in_group)
        else:
            in_project = packages_pb2.ListPackagesRequest(project=project, filters=filters, part=part)
            answer = await lookups.call(lookups.services.packages.ListPackages, in_project)
        return NodePage([PackageNode(lookups, package) for package in answer.packages], answer.part)

    return await connect(read, after, part)


def _lower(value: str | None) -> str | None:
    return None if value is None else value.lower()
