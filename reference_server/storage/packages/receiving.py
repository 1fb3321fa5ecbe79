"""Taking the content of an upload that comes through the storage, piece by piece."""

from __future__ import annotations

import asyncio
from concurrent.futures import Executor
from dataclasses import dataclass

from reference_server.contract.limits import MIB
from reference_server.storage.blobs.store import BlobStore, StagedFile
from reference_server.storage.packages.digests import Digests
from reference_server.storage.packages.publishing import Publishing
from reference_server.storage.packages.uploads import Received, Stage, Upload, Uploads

_SYNC_EVERY = 64 * MIB


class Reception:
    """One upload's content as it comes.

    A piece is hashed in a thread while it is written here and the next one travels. Syncing starts early and runs
    beside, so that the sync before the commit finds little left to do.
    """

    def __init__(self, staged: StagedFile, digests: Digests, hashing: Executor) -> None:
        self.size = 0
        self._staged = staged
        self._digests = digests
        self._hashing = hashing
        self._hashed: asyncio.Future[None] | None = None
        self._synced: asyncio.Future[None] | None = None
        self._sync_at = _SYNC_EVERY

    async def take(self, piece: bytes) -> None:
        """Take the next piece. Raises VOLUME_FULL."""
        await self._settle_hash()
        self._hashed = asyncio.get_running_loop().run_in_executor(self._hashing, self._digests.update, piece)
        self._staged.write(piece)
        self.size += len(piece)
        if self.size >= self._sync_at:
            await self._settle_sync()
            self._synced = asyncio.ensure_future(asyncio.to_thread(self._staged.sync))
            self._sync_at = self.size + _SYNC_EVERY

    async def finish(self) -> Received:
        """Say what came, when no more comes."""
        await self._settle_hash()
        await self._settle_sync()
        return Received(self.size, self._digests.sha256, self._digests.md5, self._digests.sha1)

    async def close(self) -> None:
        """Let go of the file, once nothing works on it any more."""
        await asyncio.gather(*filter(None, (self._hashed, self._synced)), return_exceptions=True)
        self._staged.close()

    async def _settle_hash(self) -> None:
        if self._hashed is not None:
            await self._hashed

    async def _settle_sync(self) -> None:
        """Wait for the sync that is under way: an error that it meets is told to no later one."""
        if self._synced is not None:
            await self._synced


@dataclass(frozen=True, slots=True)
class Receiving:
    """Opens uploads for their content."""

    uploads: Uploads
    store: BlobStore
    publishing: Publishing
    hashing: Executor

    def start(self, upload: Upload) -> Reception:
        """Start to take an upload's content, which must be awaited."""
        upload.stage = Stage.COMING
        return Reception(
            self.store.write_staged(upload.id), Digests(legacy=self.publishing.legacy_digests), self.hashing
        )

    async def take(self, upload: Upload, reception: Reception, piece: bytes) -> None:
        """Take a piece. Raises FILE_TOO_LARGE, VOLUME_FULL."""
        self.publishing.check_size(reception.size + len(piece))
        self.uploads.touch(upload)
        await reception.take(piece)

    async def finish(self, upload: Upload, reception: Reception) -> Received:
        """Note that all has come."""
        upload.received = await reception.finish()
        upload.stage = Stage.RECEIVED
        return upload.received
