"""Packages of projects and groups."""

from __future__ import annotations

import grpc
from generic_packages.storage.v1.packages_pb2 import (
    DeletePackageRequest,
    GetPackageRequest,
    ListGroupPackagesRequest,
    ListPackagePipelinesRequest,
    ListPackagesRequest,
    PackageFilters,
)

from reference_server.contract.failure import Failure
from reference_server.contract.status import code_of
from reference_server.frontend.rest.addressed import path_number
from reference_server.frontend.rest.handler import ApiHandler, judged
from reference_server.frontend.rest.listed_parts import read_part
from reference_server.frontend.rest.parameters import Parameters
from reference_server.frontend.rest.shapes import ci, packages


class PackageHandler(ApiHandler):
    """A call that deploy tokens and jobs may make too, and for public projects everybody."""

    async def judge_credentials(self) -> None:
        """Raise Failure for credentials that are no good, by asking for a project that there is not."""
        if not self.credentials:
            return
        try:
            request = GetPackageRequest(credentials=self.credentials, project="0")
            await self.ask(self.services.packages.GetPackage, request)
        except Failure as failure:
            if code_of(failure) is grpc.StatusCode.UNAUTHENTICATED:
                raise


class ProjectPackages(PackageHandler):
    """A project's packages."""

    @judged
    async def get(self, project: str) -> None:
        """List packages; GitLab's filters, orders and both of its ways to turn pages."""
        parameters = self.parameters
        request = ListPackagesRequest(
            credentials=self.credentials,
            project=project,
            filters=_filters(parameters),
            part=read_part(parameters),
        )
        parameters.check()
        answer = await self.ask(self.services.packages.ListPackages, request)
        self.send_part([packages.package(package, self.origin) for package in answer.packages], answer.part)


class GroupPackages(PackageHandler):
    """The packages of a group's projects."""

    @judged
    async def get(self, group: str) -> None:
        """List packages as a project's; `exclude_subgroups` leaves those of deeper groups out."""
        parameters = self.parameters
        request = ListGroupPackagesRequest(
            credentials=self.credentials,
            group=group,
            filters=_filters(parameters),
            part=read_part(parameters),
            exclude_subgroups=parameters.flag("exclude_subgroups") or False,
        )
        parameters.check()
        answer = await self.ask(self.services.packages.ListGroupPackages, request)
        self.send_part([packages.group_package(package, self.origin) for package in answer.packages], answer.part)


class Package(PackageHandler):
    """One package."""

    @judged
    async def get(self, project: str, package: str) -> None:
        """Show a package."""
        request = GetPackageRequest(
            credentials=self.credentials, project=project, package_id=path_number("package_id", package)
        )
        answer = await self.ask(self.services.packages.GetPackage, request)
        self.send_json(200, packages.package(answer.package, self.origin))

    @judged
    async def delete(self, project: str, package: str) -> None:
        """Delete a package with its files."""
        request = DeletePackageRequest(
            credentials=self.credentials, project=project, package_id=path_number("package_id", package)
        )
        await self.ask(self.services.packages.DeletePackage, request)
        self.send_nothing()


class PackagePipelines(PackageHandler):
    """The pipelines whose jobs published a package's files."""

    @judged
    async def get(self, project: str, package: str) -> None:
        """List pipelines."""
        parameters = self.parameters
        request = ListPackagePipelinesRequest(
            credentials=self.credentials,
            project=project,
            package_id=path_number("package_id", package),
            part=read_part(parameters),
        )
        parameters.check()
        answer = await self.ask(self.services.packages.ListPackagePipelines, request)
        self.send_part([ci.pipeline(pipeline, self.origin) for pipeline in answer.pipelines], answer.part)


def _filters(parameters: Parameters) -> PackageFilters:
    """Read which packages are wanted, for the storage to judge."""
    return PackageFilters(
        package_type=parameters.given("package_type"),
        package_name=parameters.given("package_name"),
        package_version=parameters.given("package_version"),
        status=parameters.given("status"),
    )
