"""Listing packages and their files, and showing one package."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from reference_server.contract.failure import Failure, Reason
from reference_server.storage.access.authorization import DELETE_PACKAGES, Permission
from reference_server.storage.access.callers import Caller, UserCaller
from reference_server.storage.access.groups import GroupAccess
from reference_server.storage.access.projects import ProjectAccess
from reference_server.storage.metadata.metadata import Metadata
from reference_server.storage.metadata.pagination import Page, PageRequest
from reference_server.storage.metadata.repositories.package_files import PACKAGE_FILE_ORDERING
from reference_server.storage.metadata.repositories.packages import (
    GROUP_PACKAGE_ORDERING,
    PACKAGE_ORDERING,
    PackageCriteria,
)
from reference_server.storage.metadata.repositories.pipelines import PACKAGE_PIPELINE_ORDERING, PipelineRecord
from reference_server.storage.metadata.rows import PackageFileRow, PackageRow, ProjectRow
from reference_server.storage.packages.downloads import DownloadTimes
from reference_server.storage.rules.coordinates import LONGEST
from reference_server.storage.rules.package_types import GENERIC, check_package_type
from reference_server.storage.rules.statuses import LISTED, SHOWN, PackageStatus, statuses_to_list

MOST_PIPELINES = 20
"""The most pipelines that a page of a package's holds; more are refused (`lib/api/project_packages.rb`)."""


@dataclass(frozen=True, slots=True)
class PackageFilters:
    """Which packages of a list a client asks for, in its own words; what it did not say is None."""

    package_type: str | None = None
    package_name: str | None = None
    package_version: str | None = None
    status: str | None = None

    def read(self) -> PackageCriteria:
        """Return what packages must meet. Raise PARAMETER_VALUE_UNKNOWN for a type or status."""
        check_package_type(self.package_type)
        statuses = statuses_to_list(self.status)
        too_long = self.package_name is not None and len(self.package_name) > LONGEST
        if self.package_type not in (None, GENERIC) or too_long:
            statuses = frozenset()
        return PackageCriteria(statuses, self.package_name, self.package_version)


@dataclass(frozen=True, slots=True)
class PackageView:
    """A package as it is shown to a caller; times are milliseconds since 1970."""

    row: PackageRow
    project_path: str
    last_downloaded_at: int | None
    caller_may_delete: bool
    pipelines: Sequence[PipelineRecord]


@dataclass(frozen=True, slots=True)
class PackageService:
    """Shows packages to those who may download them, with as many statements for many as for one."""

    projects: ProjectAccess
    groups: GroupAccess
    metadata: Metadata
    permission: Permission
    download_times: DownloadTimes

    def list(self, caller: Caller, project: str, filters: PackageFilters, request: PageRequest) -> Page[PackageView]:
        """List a project's packages. Raise PARAMETER_VALUE_UNKNOWN, PARAMETER_INVALID."""
        criteria, selection = filters.read(), PACKAGE_ORDERING.select(request)
        found = self.projects.find(caller, project, self.permission)
        page = self.metadata.packages.page(found.id, criteria, selection)
        return page.of(self._views(caller, page.rows, {found.id: found}))

    def list_in_group(
        self, caller: Caller, group: str, filters: PackageFilters, request: PageRequest, *, with_subgroups: bool
    ) -> Page[PackageView]:
        """List the packages of those projects of a group that the caller may read. Raise GROUP_NOT_FOUND too."""
        criteria, selection = filters.read(), GROUP_PACKAGE_ORDERING.select(request)
        found = self.groups.find(caller, group, self.permission)
        user_id = caller.user_id if isinstance(caller, UserCaller) else None
        rows = self.metadata.access.projects_of_group(found.id, user_id, with_subgroups=with_subgroups)
        projects = {row.id: row for row in rows if self.projects.permits(caller, row, self.permission)}
        page = self.metadata.packages.page_of_projects(projects, criteria, selection)
        return page.of(self._views(caller, page.rows, projects))

    def show(self, caller: Caller, project: str, package_id: int) -> PackageView:
        """Return one package. Raise PACKAGE_NOT_FOUND."""
        found = self.projects.find(caller, project, self.permission)
        row = find_package(self.metadata, found.id, package_id, SHOWN)
        return self._views(caller, [row], {found.id: found})[0]

    def list_files(
        self, caller: Caller, project: str, package_id: int, request: PageRequest
    ) -> Page[tuple[PackageFileRow, PipelineRecord | None]]:
        """List a package's file rows, each with the pipeline whose job published it.

        Raise PACKAGE_NOT_FOUND, PARAMETER_VALUE_UNKNOWN, PARAMETER_INVALID.
        """
        selection = PACKAGE_FILE_ORDERING.select(request)
        found = self.projects.find(caller, project, self.permission)
        find_package(self.metadata, found.id, package_id, LISTED)
        page = self.metadata.package_files.page(found.id, package_id, selection)
        pipelines = self.metadata.pipelines.of_files([row.id for row in page.rows])
        return page.of([(row, pipelines.get(row.id)) for row in page.rows])

    def list_pipelines(
        self, caller: Caller, project: str, package_id: int, request: PageRequest
    ) -> Page[PipelineRecord]:
        """List the pipelines whose jobs published a package, at most 20 on a page. Raise as `list_files`."""
        if request.per_page is not None and request.per_page > MOST_PIPELINES:
            message = f"a page holds at most {MOST_PIPELINES} pipelines"
            raise Failure(Reason.PARAMETER_VALUE_UNKNOWN, message, parameter="per_page")
        selection = PACKAGE_PIPELINE_ORDERING.select(request)
        find_package(self.metadata, self.projects.find(caller, project, self.permission).id, package_id, SHOWN)
        return self.metadata.pipelines.page_of_package(package_id, selection)

    def _views(
        self, caller: Caller, rows: Sequence[PackageRow], projects: Mapping[int, ProjectRow]
    ) -> Sequence[PackageView]:
        ids = {row.project_id for row in rows}
        deletable = {number for number in ids if self.projects.permits(caller, projects[number], DELETE_PACKAGES)}
        paths = self.metadata.packages.project_paths(ids)
        pipelines = self.metadata.pipelines.of_packages([row.id for row in rows])
        return [
            PackageView(
                row,
                paths[row.project_id],
                self.download_times.last(row.id, row.last_downloaded_at),
                row.project_id in deletable,
                pipelines.get(row.id, ()),
            )
            for row in rows
        ]


def find_package(
    metadata: Metadata, project_id: int, package_id: int, statuses: frozenset[PackageStatus]
) -> PackageRow:
    """Return a package of the project that has one of these statuses. Raise PACKAGE_NOT_FOUND."""
    row = metadata.packages.find(project_id, package_id, statuses)
    if row is None:
        raise Failure(Reason.PACKAGE_NOT_FOUND, "no such package in this project")
    return row
