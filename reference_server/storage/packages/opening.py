"""Opening package files for download."""

from __future__ import annotations

from dataclasses import dataclass

from reference_server.contract.failure import Failure, Reason
from reference_server.storage.access.authentication import Authentication
from reference_server.storage.access.authorization import Permission
from reference_server.storage.access.callers import Presented
from reference_server.storage.access.projects import ProjectAccess
from reference_server.storage.metadata.sqlite.hot_paths import FoundFile, HotPaths
from reference_server.storage.packages.downloads import Downloads
from reference_server.storage.rules import coordinates as formats
from reference_server.storage.rules.coordinates import Coordinates
from reference_server.storage.rules.editions import Edition, require
from reference_server.storage.rules.statuses import DOWNLOADABLE, LISTED


@dataclass(frozen=True, slots=True)
class Opening:
    """Finds the newest file of coordinates for whoever may download it."""

    authentication: Authentication
    projects: ProjectAccess
    lookups: HotPaths
    edition: Edition
    permission: Permission
    downloads: Downloads

    def find(self, presented: tuple[Presented, ...], coordinates: Coordinates, *, with_content: bool) -> FoundFile:
        """Find the newest file, on request with its content if it is small.

        Raises PACKAGE_FILE_NOT_FOUND and what every call may raise.
        """
        caller = self.authentication.caller(presented)
        formats.check(coordinates, self.edition)
        project = self.projects.find_or_challenge(caller, coordinates.project, self.permission)
        found = self.lookups.newest_file(
            project.id,
            coordinates.package_name,
            coordinates.package_version,
            formats.stored_file_name(coordinates.file_name),
            with_content=with_content,
        )
        if found is None or found.package_status not in DOWNLOADABLE:
            raise Failure(Reason.PACKAGE_FILE_NOT_FOUND, "no such package file")
        if with_content:
            self.downloads.note(found.row.package_id)
        return found

    def find_by_id(
        self, presented: tuple[Presented, ...], project: str, package_id: int, file_id: int, *, with_content: bool
    ) -> FoundFile:
        """Find a file row of a package; `with_content` says that it is downloaded.

        Raises PACKAGE_FILE_NOT_FOUND, and NOT_IN_EDITION.
        """
        require(self.edition.files_open_by_id)
        caller = self.authentication.caller(presented)
        project_id = self.projects.find(caller, project, self.permission).id
        found = self.lookups.file_by_id(project_id, package_id, file_id)
        if found is None or found.package_status not in DOWNLOADABLE & LISTED:
            raise Failure(Reason.PACKAGE_FILE_NOT_FOUND, "no such package file")
        if with_content:
            self.downloads.note(package_id)
        return found
