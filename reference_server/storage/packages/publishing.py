"""Publishing: who may, and the change that makes content the newest file of its coordinates."""

from __future__ import annotations

import asyncio
import dataclasses
import sqlite3
from dataclasses import dataclass

from reference_server.content.digests import summarize
from reference_server.contract.failure import Failure, Reason
from reference_server.contract.limits import SMALL_CONTENT_BYTES
from reference_server.storage.access.authentication import Authentication
from reference_server.storage.access.authorization import PUBLISH
from reference_server.storage.access.callers import Presented, UserCaller
from reference_server.storage.access.projects import ProjectAccess
from reference_server.storage.metadata import clock
from reference_server.storage.metadata.sqlite.database import Database
from reference_server.storage.metadata.sqlite.hot_paths import HotPaths, PackageFileRow, ProjectRow
from reference_server.storage.metadata.writer import Writer
from reference_server.storage.packages.forgetting import forget_package
from reference_server.storage.packages.protection import Protection
from reference_server.storage.rules import coordinates as formats
from reference_server.storage.rules import statuses
from reference_server.storage.rules.coordinates import Coordinates
from reference_server.storage.rules.duplicates import DuplicateSettings, forbids_duplicates
from reference_server.storage.rules.editions import Edition
from reference_server.storage.rules.statuses import PackageStatus


@dataclass(frozen=True, slots=True)
class Publication:
    """What a client asks to publish, but for the content; `status` and `select` are as sent."""

    presented: tuple[Presented, ...]
    coordinates: Coordinates
    status: str | None
    select: str | None


@dataclass(frozen=True, slots=True)
class Admitted:
    """A publication that was let in: where it goes, the status that it asks for, the most bytes that it may have.

    `pipeline_id` is that of the job that publishes it, if one does.
    """

    project: ProjectRow
    coordinates: Coordinates
    status: PackageStatus | None
    maximum_bytes: int
    pipeline_id: int | None


@dataclass(frozen=True, slots=True)
class Content:
    """Content to be recorded; `inline` holds the small one that is kept in the metadata."""

    size: int
    sha256: bytes
    md5: bytes | None
    sha1: bytes | None
    inline: bytes | None


@dataclass(frozen=True, slots=True)
class Publishing:
    """Admits publications, and records their files."""

    authentication: Authentication
    projects: ProjectAccess
    database: Database
    lookups: HotPaths
    protection: Protection
    edition: Edition
    maximum_bytes: int
    legacy_digests: bool
    writer: Writer

    def admit(self, publication: Publication, size: int | None) -> Admitted:
        """Check everything but duplicates, in the contract's order; `size` is None when it is not known yet."""
        caller = self.authentication.known_caller(publication.presented)
        formats.check(publication.coordinates, self.edition)
        status = statuses.status_to_publish(publication.status)
        statuses.check_select(publication.select)
        project = self.projects.find(caller, publication.coordinates.project, PUBLISH)
        terms = self.lookups.terms(project.id)
        maximum_bytes = terms.maximum_file_bytes or self.maximum_bytes
        if size is not None:
            check_size(size, maximum_bytes)
        if terms.protects:
            name = publication.coordinates.package_name
            self.protection.check_publishing(self.database, caller, project, name)
        pipeline_id = caller.job.pipeline_id if isinstance(caller, UserCaller) and caller.job else None
        return Admitted(project, publication.coordinates, status, maximum_bytes, pipeline_id)

    def publish(self, publication: Publication, content: bytes) -> asyncio.Future[PackageFileRow]:
        """Publish a file whose content is small; the answer comes when it is on stable storage."""
        admitted = self.admit(publication, len(content))
        if len(content) > SMALL_CONTENT_BYTES:
            message = f"content of more than {SMALL_CONTENT_BYTES} bytes must be begun, sent and committed"
            raise Failure(Reason.PARAMETER_INVALID, message, parameter="content")
        summary = summarize(content, legacy=self.legacy_digests)
        recorded = Content(summary.size, summary.sha256, summary.md5, summary.sha1, content)
        return self.writer.submit(lambda metadata: self.record(metadata.database, admitted, recorded))

    def check_duplicate(self, lookups: HotPaths, admitted: Admitted) -> tuple[int, int] | None:
        """Find the package's id and status, or raise PACKAGE_DUPLICATE for a second file that is forbidden."""
        names = admitted.coordinates
        package = lookups.package(admitted.project.id, names.package_name, names.package_version)
        if package is None or package[1] == PackageStatus.PENDING_DESTRUCTION:
            return package
        known = lookups.settings(admitted.project.group_id)
        settings = DuplicateSettings() if known is None else DuplicateSettings(*known)
        if forbids_duplicates(settings, names.package_name, names.package_version, self.edition) and (
            lookups.file_exists(package[0], formats.stored_file_name(names.file_name))
        ):
            raise Failure(Reason.PACKAGE_DUPLICATE, "the package has a file of this name, and may not get another")
        return package

    def record(self, database: Database, admitted: Admitted, content: Content) -> PackageFileRow:
        """Write the row of a file, with its package and its content where they are new; a change for the writer."""
        lookups = HotPaths(database)
        written_at = clock.now()
        package_id = self._package(database, admitted, written_at)
        lookups.insert_blob(content.sha256, content.size, content.inline)
        file = PackageFileRow(
            id=0,
            package_id=package_id,
            project_id=admitted.project.id,
            file_name=formats.stored_file_name(admitted.coordinates.file_name),
            size=content.size,
            sha256=content.sha256,
            md5=content.md5,
            sha1=content.sha1,
            created_at=written_at,
        )
        return dataclasses.replace(file, id=lookups.insert_file(file, admitted.pipeline_id))

    def _package(self, database: Database, admitted: Admitted, written_at: int) -> int:
        """Find or make the package, with the status that the publication asks for."""
        lookups = HotPaths(database)
        package = self.check_duplicate(lookups, admitted)
        if package is not None:
            package_id, status = package
            if status == PackageStatus.PENDING_DESTRUCTION:
                forget_package(database, package_id)  # its large content is left to the sweep
                return self._new_package(lookups, admitted, written_at)
            if admitted.status is not None and admitted.status != status:
                lookups.update_status(package_id, admitted.status)
            return package_id
        return self._new_package(lookups, admitted, written_at)

    def _new_package(self, lookups: HotPaths, admitted: Admitted, written_at: int) -> int:
        names = admitted.coordinates
        status = admitted.status or PackageStatus.DEFAULT
        try:
            return lookups.insert_package(
                admitted.project.id, names.package_name, names.package_version, status, written_at
            )
        except sqlite3.IntegrityError:
            # Names are unique, and were looked for a moment ago in this transaction: the project itself is gone.
            raise Failure(Reason.PROJECT_NOT_FOUND, "no such project") from None


def check_size(size: int, maximum_bytes: int) -> None:
    """Let a size pass, or raise FILE_TOO_LARGE."""
    if size > maximum_bytes:
        raise Failure(Reason.FILE_TOO_LARGE, "the file is too large", maximum_bytes=str(maximum_bytes))
