"""The four operations of the hot paths, for the unary calls and for the stream of operations alike."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from generic_packages.storage.v1 import packages_pb2 as pb

from reference_server.content.digests import ContentSummary
from reference_server.storage.metadata.sqlite.hot_paths import FoundFile, PackageFileRow
from reference_server.storage.rooms import PackageRooms
from reference_server.storage.service import admission, messages


@dataclass(frozen=True, slots=True)
class HotOperations:
    """Answers open and begin at once, publish and commit once they are on stable storage. Each raises Failure."""

    rooms: PackageRooms

    def open(self, request: pb.OpenPackageFileRequest) -> pb.OpenPackageFileResponse:
        """Answer OpenPackageFile."""
        found = self.rooms.opening.find(
            admission.presented(request.credentials),
            messages.coordinates(request.coordinates),
            with_content=not request.record_only,
        )
        return self.opened(found, request)

    def opened(
        self, found: FoundFile, request: pb.OpenPackageFileRequest | pb.OpenPackageFileByIdRequest
    ) -> pb.OpenPackageFileResponse:
        """Answer with a file that was found, and the way to its bytes that the request wants."""
        file, sha256 = messages.package_file(found.row), found.row.sha256
        if request.record_only:
            return pb.OpenPackageFileResponse(package_file=file)
        if found.content is not None:
            return pb.OpenPackageFileResponse(package_file=file, inline_content=found.content)
        if request.shares_volume:
            return pb.OpenPackageFileResponse(package_file=file, blob_path=self.rooms.store.path(sha256))
        return pb.OpenPackageFileResponse(package_file=file, read_ticket=self.rooms.tickets.issue(sha256))

    def begin(self, request: pb.BeginPublicationRequest) -> pb.BeginPublicationResponse:
        """Answer BeginPublication."""
        declared = request.declared_size if request.HasField("declared_size") else None
        upload = self.rooms.committing.begin(
            messages.publication(request), declared, shares_volume=request.shares_volume
        )
        publishing = self.rooms.publishing
        return pb.BeginPublicationResponse(
            upload_id=upload.id,
            maximum_bytes=upload.maximum_bytes,
            staging_path=self.rooms.store.staging_path(upload.id) if upload.shares_volume else None,
            legacy_digests=publishing.legacy_digests and upload.shares_volume,
        )

    def abandon(self, upload_id: str) -> None:
        """End an upload that was begun, unless it is being committed."""
        self.rooms.uploads.abandon(upload_id)

    def publish(self, request: pb.PublishRequest) -> asyncio.Future[PackageFileRow]:
        """Take a Publish; the future gives the row."""
        return self.rooms.publishing.publish(messages.publication(request), request.content)

    async def commit(self, request: pb.CommitPublicationRequest) -> PackageFileRow:
        """Take a CommitPublication, and give the row."""
        claimed = ContentSummary(
            request.size,
            request.sha256,
            request.md5 if request.HasField("md5") else None,
            request.sha1 if request.HasField("sha1") else None,
        )
        return await self.rooms.committing.commit(request.upload_id, claimed)
