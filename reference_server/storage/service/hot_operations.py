"""What the operations of the hot paths do: from their messages to the storage and back."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from generic_packages.storage.v1 import packages_pb2 as pb

from reference_server.content.digests import ContentSummary
from reference_server.contract.failure import Failure
from reference_server.storage.metadata.rows import FoundFile, PackageFileRow
from reference_server.storage.rules.content_types import content_type
from reference_server.storage.service import messages
from reference_server.storage.service.admission import Admission
from reference_server.storage.service.audit import PackageNames
from reference_server.storage.wiring import StorageServices


@dataclass(frozen=True, slots=True)
class HotOperations:
    """Opens and begins at once; publishes and commits until it is on stable storage. Each raises Failure."""

    admission: Admission
    services: StorageServices

    def open(self, request: pb.OpenPackageFileRequest) -> pb.OpenPackageFileResponse:
        """Open the newest file of coordinates."""
        found = self.services.downloads.open(
            self.admission.caller(request),
            messages.coordinates(request.coordinates),
            with_content=not request.record_only,
        )
        return self.opened(found, request)

    def opened(
        self, found: FoundFile, request: pb.OpenPackageFileRequest | pb.OpenPackageFileByIdRequest
    ) -> pb.OpenPackageFileResponse:
        """Return a file that was found, and the way to its bytes that the request wants."""
        gitlab, sha256 = self.services.gitlab, found.row.sha256
        response = pb.OpenPackageFileResponse(
            package_file=messages.package_file(found.row),
            content_type=content_type(found.row.file_name, gitlab),
            shows_checksum=gitlab.checksum_header,
        )
        if request.record_only:
            return response
        if found.content is not None:
            response.inline_content = found.content
        elif request.shares_volume:
            response.blob_path = self.services.downloads.store.path(sha256)
        else:
            response.read_ticket = self.services.downloads.tickets.issue(sha256)
        return response

    def begin(self, request: pb.BeginPublicationRequest) -> pb.BeginPublicationResponse:
        """Permit a large publication."""
        upload = self.services.uploads.begin(
            self.admission.bind(request),
            messages.publication(request),
            request.declared_size if request.HasField("declared_size") else None,
            shares_volume=request.shares_volume,
        )
        return pb.BeginPublicationResponse(
            upload_id=upload.id,
            maximum_bytes=upload.maximum_bytes,
            staging_path=self.services.uploads.store.staging_path(upload.id) if upload.shares_volume else None,
            legacy_digests=self.services.publications.legacy_digests and upload.shares_volume,
        )

    def abandon(self, upload_id: str) -> None:
        """End an upload that was begun, unless it is being committed."""
        self.services.uploads.sessions.abandon(upload_id)

    def publish(self, request: pb.PublishRequest) -> asyncio.Future[PackageFileRow]:
        """Publish a small file; the future gives its row."""
        caller = self.admission.caller(request)
        return self.services.publications.publish(caller, messages.publication(request), request.content)

    def package_of(self, upload_id: str) -> PackageNames | None:
        """Return the package that an upload is for; None for an upload that is not known."""
        try:
            where = self.services.uploads.sessions.find(upload_id).publication.coordinates
        except Failure:
            return None
        return PackageNames(where.package_name, where.package_version)

    async def commit(self, request: pb.CommitPublicationRequest) -> PackageFileRow:
        """Publish what was sent, and return its row."""
        claimed = ContentSummary(
            request.size,
            request.sha256,
            request.md5 if request.HasField("md5") else None,
            request.sha1 if request.HasField("sha1") else None,
        )
        return await self.services.uploads.commit(request.upload_id, claimed)
