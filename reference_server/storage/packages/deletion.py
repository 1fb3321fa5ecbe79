"""Deleting packages and package files."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from reference_server.contract.crash_points import CrashPoint, reached
from reference_server.contract.failure import Failure, Reason
from reference_server.storage.access.authorization import DELETE_PACKAGES
from reference_server.storage.access.callers import Caller
from reference_server.storage.access.projects import ProjectAccess
from reference_server.storage.blobs.garbage_collector import GarbageCollector
from reference_server.storage.metadata.metadata import Metadata
from reference_server.storage.metadata.rows import ProjectRow
from reference_server.storage.metadata.writer import Writer
from reference_server.storage.packages.packages import find_package
from reference_server.storage.packages.protection import Protection
from reference_server.storage.rules.statuses import LISTED


@dataclass(frozen=True, slots=True)
class DeletionService:
    """Deletes what a caller may delete, and frees content that nothing refers to any more."""

    projects: ProjectAccess
    protection: Protection
    writer: Writer
    garbage_collector: GarbageCollector

    async def delete_package(self, caller: Caller, project: str, package_id: int) -> None:
        """Delete a package with its files. Raise PACKAGE_NOT_FOUND, PACKAGE_DELETION_PROTECTED."""
        await self._delete(caller, project, package_id, lambda metadata: metadata.packages.delete(package_id))

    async def delete_file(self, caller: Caller, project: str, package_id: int, file_id: int) -> None:
        """Delete one file row. Raise PACKAGE_NOT_FOUND, PACKAGE_DELETION_PROTECTED, PACKAGE_FILE_NOT_FOUND."""

        def delete(metadata: Metadata) -> list[bytes]:
            freed = metadata.package_files.delete(package_id, file_id)
            if freed is None:
                raise Failure(Reason.PACKAGE_FILE_NOT_FOUND, "no such package file")
            return freed

        await self._delete(caller, project, package_id, delete)

    async def _delete(
        self, caller: Caller, project: str, package_id: int, delete: Callable[[Metadata], list[bytes]]
    ) -> None:
        found = self._permitted(caller, project)

        def change(metadata: Metadata) -> list[bytes]:
            package = find_package(metadata, found.id, package_id, LISTED)
            self.protection.check_deleting(metadata, caller, found, package.name)
            freed = delete(metadata)
            reached(CrashPoint.STORAGE_DELETE_RECORDED)
            return freed

        freed = await self.writer.submit(change, long=True)
        reached(CrashPoint.STORAGE_DELETE_COMMITTED)
        self.garbage_collector.free_later(freed)

    def _permitted(self, caller: Caller, project: str) -> ProjectRow:
        """Find the project for a caller that may delete in it; GitLab asks no anonymous caller who it is."""
        try:
            return self.projects.find(caller, project, DELETE_PACKAGES)
        except Failure as failure:
            if failure.reason == Reason.CREDENTIAL_INVALID:
                raise Failure(Reason.ROLE_INSUFFICIENT, "nobody deletes without a role") from None
            raise
