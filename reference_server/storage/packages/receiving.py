"""Taking the content of an upload that comes through the storage, piece by piece."""

from __future__ import annotations

import asyncio
from concurrent.futures import Executor

from reference_server.contract.limits import MIB
from reference_server.storage.blobs.store import BlobStore, StagedFile
from reference_server.storage.packages.digests import Digests
from reference_server.storage.packages.publishing import Publishing, check_size
from reference_server.storage.packages.uploads import Received, Stage, Upload, Uploads

_SYNC_EVERY = 16 * MIB
_FEW = 8


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
        await self.settle()
        self._hashed = asyncio.get_running_loop().run_in_executor(self._hashing, self._digests.update, piece)
        self._staged.write(piece)
        self.size += len(piece)
        if self.size >= self._sync_at:
            await self._settle_sync()
            self._synced = asyncio.ensure_future(asyncio.to_thread(self._staged.sync))
            self._sync_at = self.size + _SYNC_EVERY

    async def finish(self) -> Received:
        """Say what came, when no more comes."""
        await self.settle()
        await self._settle_sync()
        return Received(self.size, self._digests.sha256, self._digests.md5, self._digests.sha1)

    async def close(self) -> None:
        """Let go of the file, once nothing works on it any more."""
        await asyncio.gather(*filter(None, (self._hashed, self._synced)), return_exceptions=True)
        self._staged.close()

    async def settle(self) -> None:
        """Wait until the last piece is hashed, and let go of it."""
        if self._hashed is not None:
            await self._hashed
            self._hashed = None

    async def _settle_sync(self) -> None:
        """Wait for the sync that is under way: an error that it meets is told to no later one."""
        if self._synced is not None:
            await self._synced


class Receiving:
    """Opens uploads for their content.

    As long as few uploads come at a time, each hashes one piece while the next one travels. When they are many, each
    reads its next piece only when the last one is hashed, so that all of them together stay small.
    """

    def __init__(self, uploads: Uploads, store: BlobStore, publishing: Publishing, hashing: Executor) -> None:
        self._uploads = uploads
        self._store = store
        self._publishing = publishing
        self._hashing = hashing
        self._coming = 0

    def start(self, upload: Upload) -> Reception:
        """Start to take an upload's content, which must be awaited."""
        digests = Digests(legacy=self._publishing.legacy_digests)
        reception = Reception(self._store.write_staged(upload.id), digests, self._hashing)
        upload.stage = Stage.COMING
        self._coming += 1
        return reception

    async def take(self, upload: Upload, reception: Reception, piece: bytes) -> None:
        """Take a piece. Raises FILE_TOO_LARGE, VOLUME_FULL."""
        check_size(reception.size + len(piece), upload.maximum_bytes)
        self._uploads.touch(upload)
        await reception.take(piece)
        if self._coming > _FEW:
            await reception.settle()

    async def finish(self, upload: Upload, reception: Reception) -> Received:
        """Note that all has come."""
        upload.received = await reception.finish()
        upload.stage = Stage.RECEIVED
        return upload.received

    async def close(self, reception: Reception) -> None:
        """End a reception, however far it came."""
        self._coming -= 1
        await reception.close()
