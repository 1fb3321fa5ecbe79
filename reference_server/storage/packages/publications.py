"""Publishing: who may, and the change that makes content the newest file of its coordinates."""

from __future__ import annotations

import asyncio
import dataclasses
from dataclasses import dataclass

from reference_server.content.digests import ContentSummary, summarize
from reference_server.contract.crash_points import CrashPoint, reached
from reference_server.contract.failure import Failure, Reason
from reference_server.contract.limits import SMALL_CONTENT_BYTES
from reference_server.storage.access.authorization import PUBLISH
from reference_server.storage.access.callers import Caller, UserCaller
from reference_server.storage.access.projects import ProjectAccess
from reference_server.storage.blobs.store import BlobStore
from reference_server.storage.metadata import clock
from reference_server.storage.metadata.metadata import Metadata
from reference_server.storage.metadata.rows import PackageFileRow, ProjectRow
from reference_server.storage.metadata.writer import Writer
from reference_server.storage.packages.protection import Protection
from reference_server.storage.packages.settings import settings_of
from reference_server.storage.rules import coordinates as formats
from reference_server.storage.rules import statuses
from reference_server.storage.rules.coordinates import Coordinates
from reference_server.storage.rules.duplicates import forbids_duplicates
from reference_server.storage.rules.gitlab import GitLab
from reference_server.storage.rules.statuses import PackageStatus


@dataclass(frozen=True, slots=True)
class Publication:
    """What a client asks to publish, but for the content; `status` and `select` are as sent."""

    coordinates: Coordinates
    status: str | None
    select: str | None


@dataclass(frozen=True, slots=True)
class PermittedPublication:
    """A publication that was permitted: where it goes, the status that it asks for, the most bytes that it may have.

    `pipeline_id` is that of the job that publishes it, if one does.
    """

    project: ProjectRow
    coordinates: Coordinates
    status: PackageStatus | None
    maximum_bytes: int
    pipeline_id: int | None


@dataclass(frozen=True, slots=True)
class PublishService:
    """Permits publications, and records their files. `metadata` is for reading, sizes are bytes."""

    projects: ProjectAccess
    metadata: Metadata
    writer: Writer
    protection: Protection
    gitlab: GitLab
    store: BlobStore
    maximum_bytes: int
    legacy_digests: bool

    def publish(self, caller: Caller, publication: Publication, content: bytes) -> asyncio.Future[PackageFileRow]:
        """Publish a file whose content is small; the future is done once it is on stable storage."""
        permitted = self.permit(caller, publication, len(content))
        if len(content) > SMALL_CONTENT_BYTES:
            message = f"content of more than {SMALL_CONTENT_BYTES} bytes must be begun, sent and committed"
            raise Failure(Reason.PARAMETER_INVALID, message, parameter="content")
        self.check_room(len(content))
        summary = summarize(content, legacy=self.legacy_digests)
        return self.writer.submit(lambda metadata: self.record(metadata, permitted, summary, content))

    def permit(self, caller: Caller, publication: Publication, size: int | None) -> PermittedPublication:
        """Check everything but duplicates, in the contract's order; `size` is None when it is not known yet."""
        formats.check(publication.coordinates, self.gitlab)
        status = statuses.status_to_publish(publication.status)
        statuses.check_select(publication.select)
        project = self.projects.find_for_files(caller, publication.coordinates.project, PUBLISH)
        terms = self.metadata.package_settings.terms(project.id)
        maximum_bytes = terms.maximum_file_bytes or self.maximum_bytes
        if size is not None:
            check_size(size, maximum_bytes)
        if terms.protects:
            name = publication.coordinates.package_name
            self.protection.check_publishing(self.metadata, caller, project, name)
        pipeline_id = caller.job.pipeline_id if isinstance(caller, UserCaller) and caller.job else None
        return PermittedPublication(project, publication.coordinates, status, maximum_bytes, pipeline_id)

    def check_room(self, size: int) -> None:
        """Raise VOLUME_FULL when the volume has no room for so many bytes beside the reserve."""
        if not self.store.has_room_for(size):
            raise Failure(Reason.VOLUME_FULL, "the volume has no room for the content")

    def check_duplicate(self, metadata: Metadata, publication: PermittedPublication) -> tuple[int, int] | None:
        """Return the package's id and status, if there is one. Raise PACKAGE_DUPLICATE for a forbidden second file."""
        names = publication.coordinates
        package = metadata.packages.id_and_status(publication.project.id, names.package_name, names.package_version)
        if package is None or package[1] == PackageStatus.PENDING_DESTRUCTION:
            return package
        settings = settings_of(metadata, publication.project.group_id)
        if forbids_duplicates(settings, names.package_name, names.package_version, self.gitlab) and (
            metadata.package_files.exists(package[0], names.stored_file_name)
        ):
            raise Failure(Reason.PACKAGE_DUPLICATE, "the package has a file of this name, and may not get another")
        return package

    def record(
        self, metadata: Metadata, publication: PermittedPublication, content: ContentSummary, inline: bytes | None
    ) -> PackageFileRow:
        """Write the row of a file, with its package and its content where they are new; a change for the writer.

        `inline` is the content that is kept in the metadata, None for content on the volume.
        """
        written_at = clock.now()
        package_id = self._package(metadata, publication, written_at)
        metadata.blobs.insert(content.sha256, content.size, inline)
        file = PackageFileRow(
            id=0,
            package_id=package_id,
            project_id=publication.project.id,
            file_name=publication.coordinates.stored_file_name,
            size=content.size,
            sha256=content.sha256,
            md5=content.md5,
            sha1=content.sha1,
            created_at=written_at,
        )
        recorded = dataclasses.replace(file, id=metadata.package_files.insert(file, publication.pipeline_id))
        reached(CrashPoint.STORAGE_PUBLISH_RECORDED)
        return recorded

    def _package(self, metadata: Metadata, publication: PermittedPublication, written_at: int) -> int:
        """Find or make the package, with the status that the publication asks for."""
        package = self.check_duplicate(metadata, publication)
        if package is not None:
            package_id, status = package
            if status != PackageStatus.PENDING_DESTRUCTION:
                if publication.status is not None and publication.status != status:
                    metadata.packages.update_status(package_id, publication.status)
                return package_id
            metadata.packages.delete(package_id)  # its large content is left to the sweep
        names, status = publication.coordinates, publication.status or PackageStatus.DEFAULT
        new_id = metadata.packages.insert(
            publication.project.id, names.package_name, names.package_version, status, written_at
        )
        if new_id is None:
            # Names are unique, and were looked for a moment ago in this transaction: the project itself is gone.
            raise Failure(Reason.PROJECT_NOT_FOUND, "no such project")
        return new_id


def check_size(size: int, maximum_bytes: int) -> None:
    """Let a size pass. Raise FILE_TOO_LARGE."""
    if size > maximum_bytes:
        raise Failure(Reason.FILE_TOO_LARGE, "the file is too large", maximum_bytes=str(maximum_bytes))
