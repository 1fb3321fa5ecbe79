"""Listing packages and package files, and showing one package."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass

from peewee import Field

from reference_server.storage.access.authentication import Authentication
from reference_server.storage.access.authorization import Permission
from reference_server.storage.access.callers import Presented
from reference_server.storage.access.projects import ProjectAccess
from reference_server.storage.metadata.models import Package, PackageFile
from reference_server.storage.metadata.sqlite.database import Database
from reference_server.storage.metadata.sqlite.hot_paths import PackageFileRow
from reference_server.storage.packages.filters import Filters
from reference_server.storage.packages.finding import PackageRow, find_package
from reference_server.storage.packages.parts import Asked, Given, Orders, give
from reference_server.storage.packages.showing import Showing, ShownPackage
from reference_server.storage.rules.statuses import LISTED, SHOWN

PACKAGE_COLUMNS: Mapping[str, Field] = {
    "created_at": Package.created_at,
    "name": Package.name,
    "version": Package.version,
    "type": Package.created_at,
}
"""What every list of packages can be ordered by; all are of one type, so that their age decides."""

_PACKAGES = Orders(PACKAGE_COLUMNS, Package.id, default="created_at")
_FILES = Orders(
    {"id": PackageFile.id, "created_at": PackageFile.created_at, "file_name": PackageFile.file_name},
    PackageFile.id,
    default="id",
)
_FILE_COLUMNS = (
    PackageFile.id,
    PackageFile.package_id,
    PackageFile.file_name,
    PackageFile.size,
    PackageFile.sha256,
    PackageFile.md5,
    PackageFile.sha1,
    PackageFile.created_at,
)


@dataclass(frozen=True, slots=True)
class Listing:
    """Lists what a caller may download."""

    authentication: Authentication
    projects: ProjectAccess
    database: Database
    permission: Permission
    showing: Showing

    def packages(
        self, presented: tuple[Presented, ...], project: str, filters: Filters, asked: Asked
    ) -> Given[ShownPackage]:
        """List a project's packages. Raises PARAMETER_VALUE_UNKNOWN, PARAMETER_INVALID."""
        caller = self.authentication.caller(presented)
        condition = filters.judge()
        part = _PACKAGES.judge(asked)
        found = self.projects.find(caller, project, self.permission)
        query = Package.select().where((Package.project_id == found.id) & condition)
        given = give(self.database, query, PackageRow, _PACKAGES, part)
        return given.of(self.showing.show(caller, given.rows, {found.id: found}))

    def package(self, presented: tuple[Presented, ...], project: str, package_id: int) -> ShownPackage:
        """Show one package. Raises PACKAGE_NOT_FOUND."""
        caller = self.authentication.caller(presented)
        found = self.projects.find(caller, project, self.permission)
        row = find_package(self.database, found.id, package_id, SHOWN)
        return self.showing.show(caller, [row], {found.id: found})[0]

    def files(
        self, presented: tuple[Presented, ...], project: str, package_id: int, asked: Asked
    ) -> Given[PackageFileRow]:
        """List a package's file rows. Raises PACKAGE_NOT_FOUND, PARAMETER_VALUE_UNKNOWN, PARAMETER_INVALID."""
        caller = self.authentication.caller(presented)
        part = _FILES.judge(asked)
        found = self.projects.find(caller, project, self.permission)
        find_package(self.database, found.id, package_id, LISTED)
        query = PackageFile.select(*_FILE_COLUMNS).where(PackageFile.package_id == package_id)
        return give(self.database, query, functools.partial(PackageFileRow, project_id=found.id), _FILES, part)
