"""Opening package files for download, and when packages were last downloaded."""

from __future__ import annotations

from dataclasses import dataclass

import structlog

from reference_server.contract.failure import Failure, Reason
from reference_server.storage.access.authorization import Permission
from reference_server.storage.access.callers import Caller
from reference_server.storage.access.projects import ProjectAccess
from reference_server.storage.blobs.store import BlobStore, StoredContent
from reference_server.storage.metadata.metadata import Metadata
from reference_server.storage.metadata.noted_times import NotedTimes
from reference_server.storage.metadata.rows import FoundFile
from reference_server.storage.metadata.writer import Writer
from reference_server.storage.packages.read_tickets import ReadTickets
from reference_server.storage.rules import coordinates as formats
from reference_server.storage.rules.coordinates import Coordinates
from reference_server.storage.rules.gitlab import GitLab
from reference_server.storage.rules.statuses import DOWNLOADABLE, LISTED


class DownloadTimes(NotedTimes):
    """When one of a package's files was last downloaded."""

    def __init__(self, writer: Writer) -> None:
        super().__init__(writer, lambda metadata, times: metadata.packages.note_downloads(times))


@dataclass(frozen=True, slots=True)
class DownloadService:
    """Finds package files for whoever may download them."""

    projects: ProjectAccess
    metadata: Metadata
    gitlab: GitLab
    permission: Permission
    times: DownloadTimes
    store: BlobStore
    tickets: ReadTickets

    def open(self, caller: Caller, coordinates: Coordinates, *, with_content: bool) -> FoundFile:
        """Find the newest file; `with_content` says that it is downloaded, and gives its content if it is small.

        Raise PACKAGE_FILE_NOT_FOUND; CREDENTIAL_INVALID where an anonymous caller would see more with a credential.
        """
        formats.check(coordinates, self.gitlab)
        project = self.projects.find_for_files(caller, coordinates.project, self.permission)
        found = self.metadata.package_files.newest(
            project.id,
            coordinates.package_name,
            coordinates.package_version,
            coordinates.stored_file_name,
            with_content=with_content,
        )
        if found is None or found.package_status not in DOWNLOADABLE:
            raise Failure(Reason.PACKAGE_FILE_NOT_FOUND, "no such package file")
        if with_content:
            self.times.note(found.row.package_id)
        return found

    def open_by_id(
        self, caller: Caller, project: str, package_id: int, file_id: int, *, with_content: bool
    ) -> FoundFile:
        """Find a file row of a package; `with_content` as for `open`. Raise PACKAGE_FILE_NOT_FOUND."""
        project_id = self.projects.find(caller, project, self.permission).id
        found = self.metadata.package_files.by_id(project_id, package_id, file_id)
        if found is None or found.package_status not in DOWNLOADABLE & LISTED:
            raise Failure(Reason.PACKAGE_FILE_NOT_FOUND, "no such package file")
        if with_content:
            self.times.note(package_id)
        return found

    def open_content(self, read_ticket: bytes) -> StoredContent:
        """Open the content on the volume that a ticket is for. Raise READ_TICKET_INVALID, PACKAGE_FILE_NOT_FOUND."""
        sha256 = self.tickets.read(read_ticket)
        try:
            return self.store.open(sha256)
        except KeyError:
            if self.metadata.blobs.exists(sha256):
                structlog.get_logger().error("content is missing on the volume", sha256=sha256.hex())
            raise Failure(Reason.PACKAGE_FILE_NOT_FOUND, "the package file was deleted meanwhile") from None
