"""Deleting packages and package files."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from reference_server.contract.failure import Failure, Reason
from reference_server.storage.access.authentication import Authentication
from reference_server.storage.access.authorization import DELETE_PACKAGES
from reference_server.storage.access.callers import Presented
from reference_server.storage.access.projects import ProjectAccess
from reference_server.storage.blobs.freeing import Freeing
from reference_server.storage.metadata.database import Database
from reference_server.storage.metadata.models import PackageFile
from reference_server.storage.metadata.writer import Writer
from reference_server.storage.packages.finding import find_package
from reference_server.storage.packages.forgetting import forget_files, forget_package
from reference_server.storage.rules.statuses import LISTED


@dataclass(frozen=True, slots=True)
class Deleting:
    """Deletes what a caller may delete, and frees content that nothing refers to any more."""

    authentication: Authentication
    projects: ProjectAccess
    writer: Writer
    freeing: Freeing

    async def delete_package(self, presented: tuple[Presented, ...], project: str, package_id: int) -> None:
        """Delete a package with its files. Raises PACKAGE_NOT_FOUND."""
        project_id = self._project_id(presented, project)

        def change(database: Database) -> list[bytes]:
            find_package(database, project_id, package_id, LISTED)
            return forget_package(database, package_id)

        await self._delete(change)

    async def delete_file(self, presented: tuple[Presented, ...], project: str, package_id: int, file_id: int) -> None:
        """Delete one file row. Raises PACKAGE_NOT_FOUND, PACKAGE_FILE_NOT_FOUND."""
        project_id = self._project_id(presented, project)
        which = (PackageFile.id == file_id) & (PackageFile.package_id == package_id)

        def change(database: Database) -> list[bytes]:
            find_package(database, project_id, package_id, LISTED)
            if database.first(PackageFile.select(PackageFile.id).where(which).tuples()) is None:
                raise Failure(Reason.PACKAGE_FILE_NOT_FOUND, "no such package file")
            return forget_files(database, which)

        await self._delete(change)

    def _project_id(self, presented: tuple[Presented, ...], project: str) -> int:
        caller = self.authentication.known_caller(presented)
        return self.projects.find(caller, project, DELETE_PACKAGES).id

    async def _delete(self, change: Callable[[Database], list[bytes]]) -> None:
        await self.freeing.free(await self.writer.submit(change, long=True))
