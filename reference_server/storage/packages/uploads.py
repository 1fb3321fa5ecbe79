"""Publishing content that does not travel in a message: begin, receive, commit."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import hmac
from collections.abc import AsyncIterator, Callable, Hashable, Iterator
from dataclasses import dataclass, replace

import structlog

from reference_server.content.digests import ContentSummary, summarize
from reference_server.content.pipeline import ContentPipeline
from reference_server.contract.crash_points import CrashPoint, reached
from reference_server.contract.failure import Failure, Reason
from reference_server.contract.limits import SMALL_CONTENT_BYTES
from reference_server.storage.access.callers import Caller, UserCaller
from reference_server.storage.blobs.garbage_collector import GarbageCollector
from reference_server.storage.blobs.guards import DigestGuards
from reference_server.storage.blobs.store import BlobStore
from reference_server.storage.blobs.volume_proof import VolumeProof
from reference_server.storage.metadata.metadata import Metadata
from reference_server.storage.metadata.rows import PackageFileRow
from reference_server.storage.packages.publications import (
    PermittedPublication,
    Publication,
    PublishService,
    check_size,
)
from reference_server.storage.packages.upload_sessions import Stage, UploadSession, UploadSessions

_EMPTY = summarize(b"", legacy=False)


@dataclass(frozen=True, slots=True)
class UploadService:
    """Takes large content in three steps. `metadata` is for reading."""

    publications: PublishService
    sessions: UploadSessions
    store: BlobStore
    pipeline: ContentPipeline
    guards: DigestGuards
    garbage_collector: GarbageCollector
    metadata: Metadata
    volume: VolumeProof

    def begin(
        self,
        authenticate: Callable[[], Caller],
        publication: Publication,
        declared_size: int | None,
        *,
        shares_volume: bool,
    ) -> UploadSession:
        """Permit a publication before its content comes; every check of a publication is made."""
        caller = authenticate()
        if declared_size is not None and declared_size < 0:
            raise Failure(Reason.PARAMETER_INVALID, "a size cannot be negative", parameter="declared_size")
        permitted = self.publications.permit(caller, publication, declared_size)
        self.publications.check_duplicate(self.metadata, permitted)
        self._require_volume()
        self.publications.check_room(declared_size or 0)
        asker = _asker(caller)
        self._check_share(asker, declared_size or 0)
        return self.sessions.begin(
            publication,
            authenticate,
            maximum_bytes=permitted.maximum_bytes,
            shares_volume=shares_volume,
            asker=asker,
            declared_bytes=declared_size or 0,
        )

    def _check_share(self, asker: Hashable, size: int) -> None:
        """Raise OVERLOADED when the volume may have room, but not beside what the uploads under way have yet to bring.

        An asker that has such uploads already must leave as much room as they and this one take.
        """
        if not size or self.store.has_room_for(2 * (self.sessions.declared_bytes + size)):
            return  # as it is nearly always, and without a look at each upload
        awaited = self.sessions.awaited_bytes()
        own = awaited[asker]
        if not self.store.has_room_for(awaited.total() + size + (own + size if own else 0)):
            message = "the uploads under way need the room that the volume has"
            raise Failure(Reason.OVERLOADED, message, retry_after_seconds="10")

    async def receive(self, upload: UploadSession, pieces: AsyncIterator[bytes]) -> ContentSummary:
        """Take all of an upload's content through the storage; what fails or breaks off ends the upload.

        Raise FILE_TOO_LARGE, VOLUME_FULL, PARAMETER_INVALID when no content is awaited, and what the iterator raises.
        """
        if upload.shares_volume or upload.stage is not Stage.AWAITED or upload.commit is not None:
            raise Failure(Reason.PARAMETER_INVALID, "no content is awaited for this upload", parameter="upload_id")
        with _staging_expected():
            staged = self.store.write_staged(upload.id)
        writer = self.pipeline.open(staged, legacy_digests=self.publications.legacy_digests)
        upload.stage = Stage.COMING
        try:
            with self.pipeline.budget.joined():
                async for piece in pieces:
                    check_size(writer.size + len(piece), upload.maximum_bytes)
                    self.publications.check_room(len(piece))
                    self.sessions.touch(upload)
                    await writer.write(piece)
                    del piece  # or it would be held while the next one is awaited
            upload.received = await writer.finish()
            upload.stage = Stage.RECEIVED
            reached(CrashPoint.STORAGE_PUBLISH_RECEIVED)
        except BaseException:
            self.sessions.end(upload.id)
            raise
        finally:
            writer.close()
        return upload.received

    async def commit(self, upload_id: str, claimed: ContentSummary) -> PackageFileRow:
        """Make staged content the newest file of its coordinates. Committing again answers the same.

        Every check of `begin` is made again, who began it authenticated again. The commit runs on when whoever waits
        for it goes away.
        """
        upload = self.sessions.find(upload_id)
        if upload.commit is None:
            upload.commit = asyncio.create_task(self._commit(upload, claimed), name="commit")
            upload.commit.add_done_callback(_note_outcome)
        return await asyncio.shield(upload.commit)

    async def _commit(self, upload: UploadSession, claimed: ContentSummary) -> PackageFileRow:
        try:
            content = self._compare(upload, claimed)
            permitted = self.publications.permit(upload.authenticate(), upload.publication, content.size)
            self.publications.check_duplicate(self.metadata, permitted)
            reached(CrashPoint.STORAGE_PUBLISH_PERMITTED)
            if content.size <= SMALL_CONTENT_BYTES:
                row = await self._record_small(upload, permitted, content)
            else:
                row = await self._record_large(upload, permitted, content)
        except BaseException:
            self.sessions.end(upload.id)
            raise
        reached(CrashPoint.STORAGE_PUBLISH_COMMITTED)
        self.sessions.keep_answer(upload)
        reached(CrashPoint.STORAGE_PUBLISH_UNSTAGED)
        return row

    def _compare(self, upload: UploadSession, claimed: ContentSummary) -> ContentSummary:
        """Return what to believe of what the caller counted and what is staged. Raise CONTENT_MISMATCH."""
        with _staging_expected():
            staged = self.store.staged_size(upload.id)
        held = claimed if upload.shares_volume else upload.received or _EMPTY
        if staged != held.size or held.size != claimed.size or not hmac.compare_digest(held.sha256, claimed.sha256):
            raise Failure(Reason.CONTENT_MISMATCH, f"{staged} bytes are staged, and they are not what was declared")
        if not self.publications.legacy_digests:
            return replace(held, md5=None, sha1=None)
        if held.md5 is None or held.sha1 is None:
            raise Failure(Reason.PARAMETER_MISSING, "MD5 and SHA-1 are wanted", parameter="md5")
        return held

    async def _record_small(
        self, upload: UploadSession, permitted: PermittedPublication, content: ContentSummary
    ) -> PackageFileRow:
        """Keep small content in the metadata, as it would be had it come in a message."""
        with _staging_expected():
            staged = self.store.read_staged(upload.id)
        if hashlib.sha256(staged).digest() != content.sha256:
            raise Failure(Reason.CONTENT_MISMATCH, "the staged bytes do not have the digest that was declared")
        return await self._write(permitted, content, staged)

    async def _record_large(
        self, upload: UploadSession, permitted: PermittedPublication, content: ContentSummary
    ) -> PackageFileRow:
        """Keep large content on the volume, and then write the row."""
        try:
            async with self.guards.hold(content.sha256):
                self._note_damage(content)
                with _staging_expected():
                    await asyncio.to_thread(self._keep, upload.id, content.sha256)
                return await self._write(permitted, content, None)
        except BaseException:
            await self.garbage_collector.free([content.sha256])
            raise

    def _keep(self, upload_id: str, sha256: bytes) -> None:
        """Keep what is staged, also in place of what is there: that may have been damaged without a trace."""
        self._require_volume()
        self.store.keep(upload_id, sha256)

    def _require_volume(self) -> None:
        """Raise DATA_UNUSABLE where the volume is gone, or another one in its place."""
        if not self.volume.is_there():
            raise Failure(Reason.DATA_UNUSABLE, "the volume is gone, or another one is in its place")

    def _note_damage(self, content: ContentSummary) -> None:
        """Tell the operator when the volume has lost or cut what the metadata know."""
        known = self.metadata.blobs.exists(content.sha256)
        if known and not self.store.holds(content.sha256, content.size):
            structlog.get_logger().error("content was missing or damaged on the volume", sha256=content.sha256.hex())

    async def _write(
        self, permitted: PermittedPublication, content: ContentSummary, inline: bytes | None
    ) -> PackageFileRow:
        """Record the file, however long it takes until the metadata can be written.

        The number of open uploads bounds what waits here. A caller that gives up may commit again, and waits on.
        """
        while True:
            try:
                return await self.publications.writer.submit(
                    lambda metadata: self.publications.record(metadata, permitted, content, inline), unlimited=True
                )
            except Failure as failure:
                if failure.reason != Reason.OVERLOADED:
                    raise


@contextlib.contextmanager
def _staging_expected() -> Iterator[None]:
    """Raise UPLOAD_NOT_FOUND where what an upload staged is gone, as with its volume."""
    try:
        yield
    except KeyError:
        raise Failure(Reason.UPLOAD_NOT_FOUND, "what the upload staged is gone") from None


def _asker(caller: Caller) -> Hashable:
    """Return what tells the credentials of callers apart, as far as they differ in what they may do."""
    if isinstance(caller, UserCaller):
        return caller.user_id, caller.token_id, caller.job
    return caller


def _note_outcome(commit: asyncio.Task[PackageFileRow]) -> None:
    """Take note of a commit's outcome, so that asyncio does not complain when everybody who waited went away."""
    if not commit.cancelled():
        commit.exception()
