"""Packages of projects and groups, and their files."""

from __future__ import annotations

import grpc
from generic_packages.storage.v1 import packages_pb2

from reference_server.contract.crash_points import CrashPoint, reached
from reference_server.contract.failure import Failure
from reference_server.contract.status import code_of
from reference_server.frontend.api.parameters import Parameters, path_number
from reference_server.frontend.api.shapes import ci, packages
from reference_server.frontend.rest.handler import RestHandler, read_ordered_page
from reference_server.frontend.storage_link.calls import call


class PackagesHandler(RestHandler):
    """A call that deploy tokens and jobs may make too, and for public projects everybody."""

    async def authenticate(self) -> None:
        """Raise Failure for credentials that are no good, by asking for a project that there is not."""
        if not self.credentials:
            return
        try:
            request = packages_pb2.GetPackageRequest(credentials=self.credentials, project="0")
            await call(self.services.packages.GetPackage, request, request_id=self.context.request_id)
        except Failure as failure:
            if code_of(failure) is grpc.StatusCode.UNAUTHENTICATED:
                raise


class ProjectPackagesHandler(PackagesHandler):
    """A project's packages."""

    async def get(self, project: str) -> None:
        """List packages; GitLab's filters, orders and both of its ways to turn pages."""
        request = packages_pb2.ListPackagesRequest(
            project=project, filters=_filters(self.parameters), part=read_ordered_page(self.parameters)
        )
        answer = await self.call(self.services.packages.ListPackages, request)
        self.send_ordered_page([packages.package(package, self.origin) for package in answer.packages], answer.part)


class GroupPackagesHandler(PackagesHandler):
    """The packages of a group's projects."""

    async def get(self, group: str) -> None:
        """List packages as a project's; `exclude_subgroups` leaves those of deeper groups out."""
        request = packages_pb2.ListGroupPackagesRequest(
            group=group,
            filters=_filters(self.parameters),
            part=read_ordered_page(self.parameters),
            exclude_subgroups=self.parameters.flag("exclude_subgroups") or False,
        )
        answer = await self.call(self.services.packages.ListGroupPackages, request)
        shown = [packages.group_package(package, self.origin) for package in answer.packages]
        self.send_ordered_page(shown, answer.part)


class PackageHandler(PackagesHandler):
    """One package."""

    async def get(self, project: str, package: str) -> None:
        request = packages_pb2.GetPackageRequest(project=project, package_id=path_number("package_id", package))
        answer = await self.call(self.services.packages.GetPackage, request)
        self.send_json(packages.package(answer.package, self.origin))

    async def delete(self, project: str, package: str) -> None:
        """Delete a package with its files."""
        request = packages_pb2.DeletePackageRequest(project=project, package_id=path_number("package_id", package))
        await self.call(self.services.packages.DeletePackage, request)
        reached(CrashPoint.FRONTEND_DELETE_ACKNOWLEDGED)
        self.send_nothing()


class PackagePipelinesHandler(PackagesHandler):
    """The pipelines whose jobs published a package's files."""

    async def get(self, project: str, package: str) -> None:
        number, part = path_number("package_id", package), read_ordered_page(self.parameters)
        request = packages_pb2.ListPackagePipelinesRequest(project=project, package_id=number, part=part)
        answer = await self.call(self.services.packages.ListPackagePipelines, request)
        self.send_ordered_page([ci.pipeline(pipeline, self.origin) for pipeline in answer.pipelines], answer.part)


class PackageFilesHandler(PackagesHandler):
    """A package's files, every publication of each."""

    async def get(self, project: str, package: str) -> None:
        number, part = path_number("package_id", package), read_ordered_page(self.parameters)
        request = packages_pb2.ListPackageFilesRequest(project=project, package_id=number, part=part)
        answer = await self.call(self.services.packages.ListPackageFiles, request)
        self.send_ordered_page([packages.package_file(file, self.origin) for file in answer.package_files], answer.part)


class PackageFileHandler(PackagesHandler):
    """One publication of a file."""

    async def delete(self, project: str, package: str, package_file: str) -> None:
        """Delete it; the publication before it is the newest from then on."""
        request = packages_pb2.DeletePackageFileRequest(
            project=project,
            package_id=path_number("package_id", package),
            package_file_id=path_number("package_file_id", package_file),
        )
        await self.call(self.services.packages.DeletePackageFile, request)
        reached(CrashPoint.FRONTEND_DELETE_ACKNOWLEDGED)
        self.send_nothing()


def _filters(parameters: Parameters) -> packages_pb2.PackageFilters:
    return packages_pb2.PackageFilters(
        package_type=parameters.given("package_type"),
        package_name=parameters.given("package_name"),
        package_version=parameters.given("package_version"),
        status=parameters.given("status"),
    )
