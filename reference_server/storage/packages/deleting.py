"""Deleting packages and package files."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from reference_server.contract.failure import Failure, Reason
from reference_server.storage.access.authentication import Authentication
from reference_server.storage.access.authorization import DELETE_PACKAGES
from reference_server.storage.access.callers import Caller, Presented
from reference_server.storage.access.projects import ProjectAccess
from reference_server.storage.blobs.garbage_collector import GarbageCollector
from reference_server.storage.metadata.models import PackageFile
from reference_server.storage.metadata.sqlite.database import Database
from reference_server.storage.metadata.sqlite.hot_paths import ProjectRow
from reference_server.storage.metadata.writer import Writer
from reference_server.storage.packages.finding import find_package
from reference_server.storage.packages.forgetting import forget_files, forget_package
from reference_server.storage.packages.protection import Protection
from reference_server.storage.rules.statuses import LISTED


@dataclass(frozen=True, slots=True)
class Deleting:
    """Deletes what a caller may delete, and frees content that nothing refers to any more."""

    authentication: Authentication
    projects: ProjectAccess
    protection: Protection
    writer: Writer
    garbage_collector: GarbageCollector

    async def delete_package(self, presented: tuple[Presented, ...], project: str, package_id: int) -> None:
        """Delete a package with its files. Raises PACKAGE_NOT_FOUND, PACKAGE_DELETION_PROTECTED."""
        caller, found = self._permitted(presented, project)

        def change(database: Database) -> list[bytes]:
            self._check_package(database, caller, found, package_id)
            return forget_package(database, package_id)

        await self._delete(change)

    async def delete_file(self, presented: tuple[Presented, ...], project: str, package_id: int, file_id: int) -> None:
        """Delete one file row. Raises PACKAGE_NOT_FOUND, PACKAGE_DELETION_PROTECTED, PACKAGE_FILE_NOT_FOUND."""
        caller, found = self._permitted(presented, project)
        which = (PackageFile.id == file_id) & (PackageFile.package_id == package_id)

        def change(database: Database) -> list[bytes]:
            self._check_package(database, caller, found, package_id)
            if database.first(PackageFile.select(PackageFile.id).where(which).tuples()) is None:
                raise Failure(Reason.PACKAGE_FILE_NOT_FOUND, "no such package file")
            return forget_files(database, which)

        await self._delete(change)

    def _permitted(self, presented: tuple[Presented, ...], project: str) -> tuple[Caller, ProjectRow]:
        """Find the project for a caller that may delete in it; GitLab asks no anonymous caller who it is."""
        caller = self.authentication.caller(presented)
        try:
            return caller, self.projects.find(caller, project, DELETE_PACKAGES)
        except Failure as failure:
            if failure.reason == Reason.CREDENTIAL_INVALID:
                raise Failure(Reason.ROLE_INSUFFICIENT, "nobody deletes without a role") from None
            raise

    def _check_package(self, database: Database, caller: Caller, project: ProjectRow, package_id: int) -> None:
        package = find_package(database, project.id, package_id, LISTED)
        self.protection.check_deleting(database, caller, project, package.name)

    async def _delete(self, change: Callable[[Database], list[bytes]]) -> None:
        freed = await self.writer.submit(lambda metadata: change(metadata.database), long=True)
        self.garbage_collector.free_later(freed)
