"""PackagesService."""

# ruff: noqa: N802, ARG002 -- names and parameters are those of the generated service

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import grpc
from generic_packages.storage.v1 import packages_pb2 as pb
from generic_packages.storage.v1.packages_pb2_grpc import PackagesServiceServicer

from reference_server.storage.ci.package_pipelines import PackagePipelines
from reference_server.storage.packages.showing import ShownPackage
from reference_server.storage.rooms import PackageRooms
from reference_server.storage.rules.duplicates import DuplicateSettings
from reference_server.storage.service import admission, ci_messages, listing_messages, messages
from reference_server.storage.service.hot_operations import HotOperations

Context = grpc.aio.ServicerContext[Any, Any]


class PackagesServicer(PackagesServiceServicer):
    """Translates between messages and rooms; calls.py turns what is raised into statuses."""

    def __init__(self, rooms: PackageRooms, pipelines: PackagePipelines, operations: HotOperations) -> None:
        self._rooms = rooms
        self._pipelines = pipelines
        self._operations = operations

    async def Publish(self, request: pb.PublishRequest, context: Context) -> pb.PublishResponse:
        """Answer Publish."""
        return pb.PublishResponse(package_file=messages.package_file(await self._operations.publish(request)))

    async def BeginPublication(
        self, request: pb.BeginPublicationRequest, context: Context
    ) -> pb.BeginPublicationResponse:
        """Answer BeginPublication."""
        return self._operations.begin(request)

    async def CommitPublication(
        self, request: pb.CommitPublicationRequest, context: Context
    ) -> pb.CommitPublicationResponse:
        """Answer CommitPublication."""
        row = await self._operations.commit(request)
        return pb.CommitPublicationResponse(package_file=messages.package_file(row))

    async def AbandonPublication(
        self, request: pb.AbandonPublicationRequest, context: Context
    ) -> pb.AbandonPublicationResponse:
        """Answer AbandonPublication."""
        self._operations.abandon(request.upload_id)
        return pb.AbandonPublicationResponse()

    async def OpenPackageFile(self, request: pb.OpenPackageFileRequest, context: Context) -> pb.OpenPackageFileResponse:
        """Answer OpenPackageFile."""
        return self._operations.open(request)

    async def OpenPackageFileById(
        self, request: pb.OpenPackageFileByIdRequest, context: Context
    ) -> pb.OpenPackageFileByIdResponse:
        """Answer OpenPackageFileById."""
        found = self._rooms.opening.find_by_id(
            admission.presented(request.credentials),
            request.project,
            request.package_id,
            request.package_file_id,
            with_content=not request.record_only,
        )
        return pb.OpenPackageFileByIdResponse(opened=self._operations.opened(found, request))

    async def ListPackages(self, request: pb.ListPackagesRequest, context: Context) -> pb.ListPackagesResponse:
        """Answer ListPackages."""
        given = self._rooms.listing.packages(
            admission.presented(request.credentials),
            request.project,
            listing_messages.filters(request.filters),
            listing_messages.asked(request.part),
        )
        return pb.ListPackagesResponse(packages=self._shown(given.rows), part=listing_messages.given(given))

    async def ListGroupPackages(
        self, request: pb.ListGroupPackagesRequest, context: Context
    ) -> pb.ListGroupPackagesResponse:
        """Answer ListGroupPackages."""
        given = self._rooms.group_listing.packages(
            admission.presented(request.credentials),
            request.group,
            listing_messages.filters(request.filters),
            listing_messages.asked(request.part),
            with_subgroups=not request.exclude_subgroups,
        )
        return pb.ListGroupPackagesResponse(packages=self._shown(given.rows), part=listing_messages.given(given))

    async def GetPackage(self, request: pb.GetPackageRequest, context: Context) -> pb.GetPackageResponse:
        """Answer GetPackage."""
        presented = admission.presented(request.credentials)
        package = self._rooms.listing.package(presented, request.project, request.package_id)
        return pb.GetPackageResponse(package=self._shown([package])[0])

    async def ListPackageFiles(
        self, request: pb.ListPackageFilesRequest, context: Context
    ) -> pb.ListPackageFilesResponse:
        """Answer ListPackageFiles."""
        given = self._rooms.listing.files(
            admission.presented(request.credentials),
            request.project,
            request.package_id,
            listing_messages.asked(request.part),
        )
        pipelines = self._pipelines.of_files([file.id for file in given.rows])
        files = [listing_messages.package_file(file, pipelines.get(file.id)) for file in given.rows]
        return pb.ListPackageFilesResponse(package_files=files, part=listing_messages.given(given))

    async def ListPackagePipelines(
        self, request: pb.ListPackagePipelinesRequest, context: Context
    ) -> pb.ListPackagePipelinesResponse:
        """Answer ListPackagePipelines."""
        given = self._pipelines.pipelines(
            admission.presented(request.credentials),
            request.project,
            request.package_id,
            listing_messages.asked(request.part),
        )
        pipelines = [ci_messages.pipeline(view) for view in given.rows]
        return pb.ListPackagePipelinesResponse(pipelines=pipelines, part=listing_messages.given(given))

    async def DeletePackage(self, request: pb.DeletePackageRequest, context: Context) -> pb.DeletePackageResponse:
        """Answer DeletePackage."""
        presented = admission.presented(request.credentials)
        await self._rooms.deleting.delete_package(presented, request.project, request.package_id)
        return pb.DeletePackageResponse()

    async def DeletePackageFile(
        self, request: pb.DeletePackageFileRequest, context: Context
    ) -> pb.DeletePackageFileResponse:
        """Answer DeletePackageFile."""
        presented = admission.presented(request.credentials)
        await self._rooms.deleting.delete_file(presented, request.project, request.package_id, request.package_file_id)
        return pb.DeletePackageFileResponse()

    async def GetPackageSettings(
        self, request: pb.GetPackageSettingsRequest, context: Context
    ) -> pb.GetPackageSettingsResponse:
        """Answer GetPackageSettings."""
        settings = self._rooms.settings.read(admission.presented(request.credentials), request.group)
        return pb.GetPackageSettingsResponse(settings=_settings(settings))

    async def UpdatePackageSettings(
        self, request: pb.UpdatePackageSettingsRequest, context: Context
    ) -> pb.UpdatePackageSettingsResponse:
        """Answer UpdatePackageSettings."""
        regex_given = request.HasField("generic_duplicate_exception_regex")
        settings = await self._rooms.settings.change(
            admission.presented(request.credentials),
            request.group,
            allowed=request.generic_duplicates_allowed if request.HasField("generic_duplicates_allowed") else None,
            exception_regex=request.generic_duplicate_exception_regex if regex_given else None,
        )
        return pb.UpdatePackageSettingsResponse(settings=_settings(settings))

    async def GetPackageLimits(
        self, request: pb.GetPackageLimitsRequest, context: Context
    ) -> pb.GetPackageLimitsResponse:
        """Answer GetPackageLimits."""
        maximum = self._rooms.limits.read(admission.presented(request.credentials), request.project)
        return pb.GetPackageLimitsResponse(maximum_file_bytes=maximum)

    async def UpdatePackageLimits(
        self, request: pb.UpdatePackageLimitsRequest, context: Context
    ) -> pb.UpdatePackageLimitsResponse:
        """Answer UpdatePackageLimits."""
        maximum = await self._rooms.limits.change(
            admission.presented(request.credentials),
            request.project,
            request.maximum_file_bytes if request.HasField("maximum_file_bytes") else None,
        )
        return pb.UpdatePackageLimitsResponse(maximum_file_bytes=maximum)

    def _shown(self, packages: Sequence[ShownPackage]) -> list[pb.Package]:
        """Write packages with their pipelines."""
        pipelines = self._pipelines.of_packages([package.row.id for package in packages])
        return [listing_messages.package(package, pipelines.get(package.row.id, ())) for package in packages]


def _settings(settings: DuplicateSettings) -> pb.PackageSettings:
    return pb.PackageSettings(
        generic_duplicates_allowed=settings.allowed, generic_duplicate_exception_regex=settings.exception_regex
    )
