"""Beginning large publications, and committing them once their content is staged."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
from dataclasses import dataclass

from reference_server.content.digests import ContentSummary
from reference_server.contract.failure import Failure, Reason
from reference_server.contract.limits import SMALL_CONTENT_BYTES
from reference_server.storage.blobs.garbage_collector import GarbageCollector
from reference_server.storage.blobs.guards import DigestGuards
from reference_server.storage.blobs.store import BlobStore
from reference_server.storage.metadata.sqlite.hot_paths import HotPaths, PackageFileRow
from reference_server.storage.packages.publishing import Admitted, Content, Publication, Publishing
from reference_server.storage.packages.uploads import Upload, Uploads

_EMPTY = ContentSummary(0, hashlib.sha256().digest(), None, None)


@dataclass(frozen=True, slots=True)
class Committing:
    """Begins and commits publications whose content does not travel in a message."""

    publishing: Publishing
    uploads: Uploads
    store: BlobStore
    guards: DigestGuards
    garbage_collector: GarbageCollector
    lookups: HotPaths

    def begin(self, publication: Publication, declared_size: int | None, *, shares_volume: bool) -> Upload:
        """Permit a publication before its content comes; every check of a publication is made."""
        if declared_size is not None and declared_size < 0:
            raise Failure(Reason.PARAMETER_INVALID, "a size cannot be negative", parameter="declared_size")
        admitted = self.publishing.admit(publication, declared_size)
        self.publishing.check_duplicate(self.lookups, admitted)
        if declared_size is not None and not self.store.has_room_for(declared_size):
            raise Failure(Reason.VOLUME_FULL, "the volume has no room for the content")
        return self.uploads.begin(publication, maximum_bytes=admitted.maximum_bytes, shares_volume=shares_volume)

    async def commit(self, upload_id: str, claimed: ContentSummary) -> PackageFileRow:
        """Make staged content the newest file of its coordinates. Committing again answers the same.

        It runs on when whoever waits for it goes away.
        """
        upload = self.uploads.find(upload_id)
        if upload.commit is None:
            upload.commit = asyncio.create_task(self._commit(upload, claimed), name="commit")
            upload.commit.add_done_callback(_note_outcome)
        return await asyncio.shield(upload.commit)

    async def _commit(self, upload: Upload, claimed: ContentSummary) -> PackageFileRow:
        try:
            received = self._compare(upload, claimed)
            admitted = self.publishing.admit(upload.publication, received.size)
            self.publishing.check_duplicate(self.lookups, admitted)
            if received.size <= SMALL_CONTENT_BYTES:
                row = await self._record_small(upload, admitted, received)
            else:
                row = await self._record_large(upload, admitted, received)
        except BaseException:
            self.uploads.end(upload.id)
            raise
        self.uploads.keep_answer(upload)
        return row

    def _compare(self, upload: Upload, claimed: ContentSummary) -> ContentSummary:
        """Compare what the caller counted with what is staged; gives what to believe, or raises CONTENT_MISMATCH."""
        try:
            staged = self.store.staged_size(upload.id)
        except KeyError:
            raise Failure(Reason.UPLOAD_NOT_FOUND, "what the upload staged is gone") from None
        held = claimed if upload.shares_volume else upload.received or _EMPTY
        if staged != held.size or held.size != claimed.size or not hmac.compare_digest(held.sha256, claimed.sha256):
            raise Failure(Reason.CONTENT_MISMATCH, f"{staged} bytes are staged, and they are not what was declared")
        if not self.publishing.legacy_digests:
            return ContentSummary(held.size, held.sha256, None, None)
        if held.md5 is None or held.sha1 is None:
            raise Failure(Reason.PARAMETER_MISSING, "MD5 and SHA-1 are wanted", parameter="md5")
        return held

    async def _record_small(self, upload: Upload, admitted: Admitted, received: ContentSummary) -> PackageFileRow:
        """Keep small content in the metadata, as it would be had it come in a message."""
        staged = self.store.read_staged(upload.id)
        if hashlib.sha256(staged).digest() != received.sha256:
            raise Failure(Reason.CONTENT_MISMATCH, "the staged bytes do not have the digest that was declared")
        content = Content(received.size, received.sha256, received.md5, received.sha1, staged)
        return await self._write(admitted, content)

    async def _record_large(self, upload: Upload, admitted: Admitted, received: ContentSummary) -> PackageFileRow:
        """Keep large content on the volume, unless it is kept already, and then write the row."""
        content = Content(received.size, received.sha256, received.md5, received.sha1, None)
        try:
            async with self.guards.hold(received.sha256):
                if not self.lookups.blob_exists(received.sha256):
                    await asyncio.to_thread(self.store.keep, upload.id, received.sha256)
                return await self._write(admitted, content)
        except BaseException:
            await self.garbage_collector.free([received.sha256])
            raise

    async def _write(self, admitted: Admitted, content: Content) -> PackageFileRow:
        """Record the file, however long it takes until the metadata can be written.

        The number of open uploads bounds what waits here. A caller that gives up may commit again, and waits on.
        """
        while True:
            try:
                return await self.publishing.writer.insist(
                    lambda metadata: self.publishing.record(metadata.database, admitted, content)
                )
            except Failure as failure:
                if failure.reason != Reason.OVERLOADED:
                    raise


def _note_outcome(commit: asyncio.Task[PackageFileRow]) -> None:
    """Take note of a commit's outcome, so that asyncio does not complain when everybody who waited went away."""
    if not commit.cancelled():
        commit.exception()
