"""Listing packages and package files."""

from __future__ import annotations

from dataclasses import dataclass

from reference_server.contract.failure import Failure, Reason
from reference_server.storage.access.authentication import Authentication
from reference_server.storage.access.authorization import Permission
from reference_server.storage.access.callers import Presented
from reference_server.storage.access.projects import ProjectAccess
from reference_server.storage.metadata.database import Database
from reference_server.storage.metadata.hot_paths import PackageFileRow
from reference_server.storage.metadata.models import Package, PackageFile
from reference_server.storage.packages.deleting import require_package
from reference_server.storage.rules.statuses import LISTED, status_to_list

_DEFAULT_LIMIT = 20
_HIGHEST_LIMIT = 100


@dataclass(frozen=True, slots=True)
class Page:
    """What part of a list to give: which page (0 for the first) of how many rows (0 for the default)."""

    number: int
    limit: int

    def rows(self) -> int:
        """Give how many rows to read at most, or raise PARAMETER_INVALID."""
        if self.number < 0:
            raise Failure(Reason.PARAMETER_VALUE_UNKNOWN, "pages are counted from 1", parameter="page")
        if self.limit < 0:
            raise Failure(Reason.PARAMETER_VALUE_UNKNOWN, "a page has at least one row", parameter="per_page")
        return min(self.limit or _DEFAULT_LIMIT, _HIGHEST_LIMIT)


@dataclass(frozen=True, slots=True)
class Listing:
    """Lists what a caller may download."""

    authentication: Authentication
    projects: ProjectAccess
    database: Database
    permission: Permission

    def packages(self, presented: tuple[Presented, ...], project: str, status: str | None, page: Page) -> list[Package]:
        """List a project's packages by id. Raises PARAMETER_VALUE_UNKNOWN for an unknown status."""
        caller = self.authentication.caller(presented)
        wanted = status_to_list(status)
        limit = page.rows()
        found = self.projects.find(caller, project, self.permission)
        statuses = LISTED if wanted is None else {wanted}
        which = (Package.project_id == found.id) & Package.status.in_(sorted(statuses))
        return self.database.rows(Package.select().where(which).order_by(Package.id).paginate(page.number, limit))

    def files(
        self, presented: tuple[Presented, ...], project: str, package_id: int, page: Page
    ) -> list[PackageFileRow]:
        """List a package's file rows by id. Raises PACKAGE_NOT_FOUND."""
        caller = self.authentication.caller(presented)
        limit = page.rows()
        found = self.projects.find(caller, project, self.permission)
        require_package(self.database, found.id, package_id)
        which = PackageFile.package_id == package_id
        files = self.database.rows(
            PackageFile.select().where(which).order_by(PackageFile.id).paginate(page.number, limit)
        )
        return [_row(file, found.id) for file in files]


def _row(file: PackageFile, project_id: int) -> PackageFileRow:
    return PackageFileRow(
        id=file.id,
        package_id=file.package_id,
        project_id=project_id,
        file_name=file.file_name,
        size=file.size,
        sha256=bytes(file.sha256),
        md5=file.md5,
        sha1=file.sha1,
        created_at=file.created_at,
    )
