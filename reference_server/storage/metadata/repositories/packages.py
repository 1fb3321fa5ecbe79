"""Packages: all files of one name and version in a project."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from peewee import Expression, Field

from reference_server.storage.metadata.database import Database
from reference_server.storage.metadata.models import Package, Project
from reference_server.storage.metadata.pagination import Ordering, Page, Selection, read_page
from reference_server.storage.metadata.repositories.package_files import PackageFileRepository
from reference_server.storage.metadata.repositories.text_search import any_contains
from reference_server.storage.metadata.rows import PackageInGroupRow, PackageRow

_COLUMNS: Mapping[str, Field] = {
    "created_at": Package.created_at,
    "name": Package.name,
    "version": Package.version,
    "type": Package.created_at,  # all are of one type, so that their age decides
}
PACKAGE_ORDERING = Ordering(_COLUMNS, Package.id, default="created_at")
GROUP_PACKAGE_ORDERING = Ordering({**_COLUMNS, "project_path": Project.path}, Package.id, default="created_at")


@dataclass(frozen=True, slots=True)
class PackageCriteria:
    """Which packages to list: those of these statuses, whose name holds a text and whose version is a text, if any."""

    statuses: Collection[int]
    name_part: str | None = None
    version: str | None = None

    def condition(self) -> Expression:
        if not self.statuses:
            return Package.id < 0
        condition = Package.status.in_(sorted(self.statuses))
        if self.name_part is not None:
            condition &= any_contains(self.name_part, Package.name)
        if self.version is not None:
            condition &= Package.version == self.version
        return condition


@dataclass(frozen=True, slots=True)
class PackageRepository:
    """The rows of packages."""

    database: Database

    def id_and_status(self, project_id: int, name: str, version: str) -> tuple[int, int] | None:
        """Find a package's id and status."""
        row = self.database.one(self.database.statements.package, (project_id, name, version))
        return None if row is None else (row[0], row[1])

    def find(self, project_id: int, package_id: int, statuses: Collection[int]) -> PackageRow | None:
        """Find a package of a project that has one of these statuses."""
        which = (Package.id == package_id) & (Package.project_id == project_id) & Package.status.in_(sorted(statuses))
        found: PackageRow | None = self.database.first(Package.select().where(which).objects(PackageRow))
        return found

    def exists(self, package_id: int) -> bool:
        return self.database.exists(Package.select(Package.id).where(Package.id == package_id))

    def page(self, project_id: int, criteria: PackageCriteria, selection: Selection) -> Page[PackageRow]:
        """Return a page of a project's packages, ordered as PACKAGE_ORDERING says."""
        query = Package.select().where((Package.project_id == project_id) & criteria.condition())
        return read_page(self.database, query, PackageRow, PACKAGE_ORDERING, selection)

    def page_of_projects(
        self, project_ids: Iterable[int], criteria: PackageCriteria, selection: Selection
    ) -> Page[PackageInGroupRow]:
        """Return a page of the packages of several projects, ordered as GROUP_PACKAGE_ORDERING says."""
        query = (
            Package.select(Package, Project.path.alias("project_path"))
            .join(Project, on=Package.project_id == Project.id)
            .where(Package.project_id.in_(self.database.each_of(list(project_ids))) & criteria.condition())
        )
        return read_page(self.database, query, PackageInGroupRow, GROUP_PACKAGE_ORDERING, selection)

    def project_paths(self, project_ids: Iterable[int]) -> dict[int, str]:
        """Return the full paths of projects, by their ids."""
        query = Project.select(Project.id, Project.full_path).where(Project.id.in_(sorted(project_ids)))
        return dict(self.database.rows(query.tuples()))

    def insert(self, project_id: int, name: str, version: str, status: int, created_at: int) -> int | None:
        """Write a package and return its id; None when there is one of this name and version, or no such project."""
        values = (project_id, name, version, status, created_at)
        return self.database.insert(self.database.statements.insert_package, values)

    def update_status(self, package_id: int, status: int) -> None:
        self.database.run(self.database.statements.update_status, (status, package_id))

    def note_downloads(self, downloaded_at: Mapping[int, int]) -> None:
        """Write when packages were last downloaded, by their ids."""
        for package_id, time in downloaded_at.items():
            self.database.run(self.database.statements.note_download, (time, package_id))

    def delete(self, package_id: int) -> list[bytes]:
        """Delete a package with its files; return the digests of content on the volume that is free now."""
        freed = PackageFileRepository(self.database).delete_of_package(package_id)
        self.database.change(Package.delete().where(Package.id == package_id))
        return freed

    def delete_of_projects(self, project_ids: Iterable[int]) -> list[bytes]:
        """Delete every package of projects; return the digests of content on the volume that is free now."""
        freed: list[bytes] = []
        for project_id in project_ids:
            packages = self.database.rows(Package.select(Package.id).where(Package.project_id == project_id).tuples())
            for (package_id,) in packages:
                freed += self.delete(package_id)
        return freed
