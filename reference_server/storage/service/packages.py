"""PackagesService."""

from __future__ import annotations

from generic_packages.storage.v1 import packages_pb2 as pb
from generic_packages.storage.v1.packages_pb2_grpc import PackagesServiceServicer

from reference_server.storage.packages.packages import PackageFilters
from reference_server.storage.rules.duplicates import DuplicateSettings
from reference_server.storage.rules.editions import require
from reference_server.storage.service import ci_messages, listing_messages, messages
from reference_server.storage.service.admission import Admission
from reference_server.storage.service.calls import Context
from reference_server.storage.service.hot_operations import HotOperations
from reference_server.storage.wiring import StorageServices


class PackagesServicer(PackagesServiceServicer):
    """Authenticates callers, and translates between messages and the storage's services."""

    def __init__(self, admission: Admission, services: StorageServices, operations: HotOperations) -> None:
        self._admission = admission
        self._services = services
        self._operations = operations

    async def AbandonPublication(
        self, request: pb.AbandonPublicationRequest, _: Context
    ) -> pb.AbandonPublicationResponse:
        self._operations.abandon(request.upload_id)
        return pb.AbandonPublicationResponse()

    async def OpenPackageFileById(
        self, request: pb.OpenPackageFileByIdRequest, _: Context
    ) -> pb.OpenPackageFileByIdResponse:
        require(self._services.edition.files_open_by_id)
        found = self._services.downloads.open_by_id(
            self._admission.caller(request),
            request.project,
            request.package_id,
            request.package_file_id,
            with_content=not request.record_only,
        )
        return pb.OpenPackageFileByIdResponse(opened=self._operations.opened(found, request))

    async def ListPackages(self, request: pb.ListPackagesRequest, _: Context) -> pb.ListPackagesResponse:
        page = self._services.packages.list(
            self._admission.caller(request),
            request.project,
            messages.read(PackageFilters, request.filters),
            messages.page_request(request.part),
        )
        return pb.ListPackagesResponse(
            packages=map(listing_messages.package, page.rows), part=listing_messages.page(page)
        )

    async def ListGroupPackages(self, request: pb.ListGroupPackagesRequest, _: Context) -> pb.ListGroupPackagesResponse:
        page = self._services.packages.list_in_group(
            self._admission.caller(request),
            request.group,
            messages.read(PackageFilters, request.filters),
            messages.page_request(request.part),
            with_subgroups=not request.exclude_subgroups,
        )
        return pb.ListGroupPackagesResponse(
            packages=map(listing_messages.package, page.rows), part=listing_messages.page(page)
        )

    async def GetPackage(self, request: pb.GetPackageRequest, _: Context) -> pb.GetPackageResponse:
        package = self._services.packages.show(self._admission.caller(request), request.project, request.package_id)
        return pb.GetPackageResponse(package=listing_messages.package(package))

    async def ListPackageFiles(self, request: pb.ListPackageFilesRequest, _: Context) -> pb.ListPackageFilesResponse:
        caller, asked = self._admission.caller(request), messages.page_request(request.part)
        page = self._services.packages.list_files(caller, request.project, request.package_id, asked)
        files = [listing_messages.package_file(row, pipeline) for row, pipeline in page.rows]
        return pb.ListPackageFilesResponse(package_files=files, part=listing_messages.page(page))

    async def ListPackagePipelines(
        self, request: pb.ListPackagePipelinesRequest, _: Context
    ) -> pb.ListPackagePipelinesResponse:
        require(self._services.edition.pipelines_of_packages)
        caller, asked = self._admission.caller(request), messages.page_request(request.part)
        page = self._services.packages.list_pipelines(caller, request.project, request.package_id, asked)
        pipelines = map(ci_messages.pipeline, page.rows)
        return pb.ListPackagePipelinesResponse(pipelines=pipelines, part=listing_messages.page(page))

    async def DeletePackage(self, request: pb.DeletePackageRequest, _: Context) -> pb.DeletePackageResponse:
        caller = self._admission.caller(request)
        await self._services.deletion.delete_package(caller, request.project, request.package_id)
        return pb.DeletePackageResponse()

    async def DeletePackageFile(self, request: pb.DeletePackageFileRequest, _: Context) -> pb.DeletePackageFileResponse:
        await self._services.deletion.delete_file(
            self._admission.caller(request), request.project, request.package_id, request.package_file_id
        )
        return pb.DeletePackageFileResponse()

    async def GetPackageSettings(
        self, request: pb.GetPackageSettingsRequest, _: Context
    ) -> pb.GetPackageSettingsResponse:
        settings = self._services.package_settings.read(self._admission.caller(request), request.group)
        return pb.GetPackageSettingsResponse(settings=_settings(settings))

    async def UpdatePackageSettings(
        self, request: pb.UpdatePackageSettingsRequest, _: Context
    ) -> pb.UpdatePackageSettingsResponse:
        regex_given = request.HasField("generic_duplicate_exception_regex")
        settings = await self._services.package_settings.change(
            self._admission.caller(request),
            request.group,
            allowed=request.generic_duplicates_allowed if request.HasField("generic_duplicates_allowed") else None,
            exception_regex=request.generic_duplicate_exception_regex if regex_given else None,
        )
        return pb.UpdatePackageSettingsResponse(settings=_settings(settings))

    async def GetPackageLimits(self, request: pb.GetPackageLimitsRequest, _: Context) -> pb.GetPackageLimitsResponse:
        maximum = self._services.size_limits.read(self._admission.caller(request), request.project)
        return pb.GetPackageLimitsResponse(maximum_file_bytes=maximum)

    async def UpdatePackageLimits(
        self, request: pb.UpdatePackageLimitsRequest, _: Context
    ) -> pb.UpdatePackageLimitsResponse:
        maximum = await self._services.size_limits.change(
            self._admission.caller(request),
            request.project,
            request.maximum_file_bytes if request.HasField("maximum_file_bytes") else None,
        )
        return pb.UpdatePackageLimitsResponse(maximum_file_bytes=maximum)


def _settings(settings: DuplicateSettings) -> pb.PackageSettings:
    return pb.PackageSettings(
        generic_duplicates_allowed=settings.allowed, generic_duplicate_exception_regex=settings.exception_regex
    )
