"""Removing content that nothing refers to any more."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Iterable

import structlog

from reference_server.storage.blobs.guards import DigestGuards
from reference_server.storage.blobs.store import BlobStore
from reference_server.storage.metadata.repositories.blobs import BlobRepository

_SWEPT_TOGETHER = 1000


class GarbageCollector:
    """Removes content from the volume, safely against uploads of the same content."""

    def __init__(self, store: BlobStore, guards: DigestGuards, rows: BlobRepository) -> None:
        self._store = store
        self._guards = guards
        self._rows = rows
        self._under_way: set[asyncio.Task[int]] = set()

    def free_later(self, digests: list[bytes]) -> None:
        """Free content beside whatever else is done: however much it is, nobody waits for it."""
        if digests:
            task = asyncio.create_task(self.free(digests), name="garbage collection")
            self._under_way.add(task)
            task.add_done_callback(self._note_end)

    async def settle(self, seconds: float) -> None:
        """Wait until what was to be freed is, but not for ever: the rest is swept at the next start."""
        if self._under_way:
            _, late = await asyncio.wait(self._under_way, timeout=seconds)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    async def free(self, digests: Iterable[bytes]) -> int:
        """Remove each content that has no row, and return how many were removed. Its row must be gone for good."""
        removed = 0
        for sha256 in digests:
            async with self._guards.hold(sha256):
                if not self._rows.exists(sha256):
                    await asyncio.to_thread(self._store.remove, sha256)
                    removed += 1
        return removed

    def _note_end(self, task: asyncio.Task[int]) -> None:
        """Let go of a task, and report what went wrong; the sweep will try again."""
        self._under_way.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            structlog.get_logger().error("garbage collection failed", exc_info=error)

    async def sweep(self) -> int:
        """Remove content whose row was never written, or was deleted just before a crash; return how many."""
        removed = 0
        kept = self._store.kept()
        while digests := await asyncio.to_thread(lambda: list(itertools.islice(kept, _SWEPT_TOGETHER))):
            orphans = [sha256 for sha256 in digests if not self._rows.exists(sha256)]
            removed += await self.free(orphans)
        return removed
