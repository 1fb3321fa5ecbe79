"""The way of content into a staging file: each piece is hashed in a thread while it is written and the next travels."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import Final

from reference_server.content.digests import ContentSummary, Digests
from reference_server.content.files import StagedFile
from reference_server.content.memory import MemoryBudget
from reference_server.contract.limits import MIB

SYNC_EVERY_BYTES: Final = 16 * MIB
"""Syncing runs beside the arrival, so that the sync before the answer, which is the storage's, finds little to do."""

_THREADS = 2


class StagingWriter:
    """Write the content of one upload into its staging file, in order. `close` ends it, finished or not."""

    def __init__(self, pipeline: ContentPipeline, file: StagedFile, digests: Digests) -> None:
        self._pipeline = pipeline
        self._file = file
        self._digests = digests
        self._hashed: asyncio.Future[None] | None = None
        self._synced: asyncio.Future[None] | None = None
        self._unsynced_bytes = 0
        self.size = 0

    async def write(self, piece: bytes) -> None:
        """Write a piece on the event loop. Raises VOLUME_FULL, OSError."""
        await self._settle_hash()
        loop = asyncio.get_running_loop()
        self._hashed = loop.run_in_executor(self._pipeline.hashing, self._digests.update, piece)
        self._file.write(piece)
        self.size += len(piece)
        self._unsynced_bytes += len(piece)
        if self._unsynced_bytes >= SYNC_EVERY_BYTES and (self._synced is None or self._synced.done()):
            await self._settle_sync()
            self._unsynced_bytes = 0
            self._synced = loop.run_in_executor(self._pipeline.syncing, self._file.sync)
        if self._pipeline.budget.crowded:
            await self._settle_hash()

    async def finish(self) -> ContentSummary:
        """Return what was written, when all of it is hashed. Raises VOLUME_FULL, OSError."""
        await self._settle_hash()
        await self._settle_sync()
        return self._digests.summary()

    def close(self) -> None:
        """Close the file, now or as soon as it is no longer being synced; safe to call twice."""
        if self._synced is None:
            self._file.close()
        else:
            self._synced.add_done_callback(self._close_synced)

    def _close_synced(self, synced: asyncio.Future[None]) -> None:
        """Close the file after a sync that nobody waits for any more, whatever became of it."""
        self._file.close()
        if not synced.cancelled():
            synced.exception()

    async def _settle_hash(self) -> None:
        """Wait until the last piece is hashed, and let go of it."""
        if self._hashed is not None:
            hashed, self._hashed = self._hashed, None
            await hashed

    async def _settle_sync(self) -> None:
        """Wait for the sync under way. Its error must not be lost: the system reports it only once."""
        if self._synced is not None:
            await asyncio.shield(self._synced)
            self._synced = None


class ContentPipeline:
    """What the uploads of one process share: the memory budget, threads that hash and threads that sync."""

    def __init__(self) -> None:
        self.budget = MemoryBudget()
        self.hashing = ThreadPoolExecutor(_THREADS, thread_name_prefix="hash")
        self.syncing = ThreadPoolExecutor(_THREADS, thread_name_prefix="sync")

    def open(self, file: StagedFile, *, legacy_digests: bool) -> StagingWriter:
        """Return a writer that fills the file and closes it."""
        return StagingWriter(self, file, Digests(legacy=legacy_digests))

    def close(self) -> None:
        """Stop the threads."""
        for threads in (self.hashing, self.syncing):
            threads.shutdown(wait=False, cancel_futures=True)
