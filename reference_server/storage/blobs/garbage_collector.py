"""Removing content that nothing refers to any more: at once when it was deleted, by way of the trash when it is found.

Content without a row is what a crash left, or content whose metadata were replaced by older ones. Only an operator can
tell which, so it stays in the trash for a while, and comes back at the next start on metadata that know it.
"""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import Iterable

import structlog

from reference_server.contract.crash_points import CrashPoint, reached
from reference_server.storage.blobs.guards import DigestGuards
from reference_server.storage.blobs.store import BlobStore
from reference_server.storage.metadata.repositories.blobs import BlobRepository

_SWEPT_TOGETHER = 1000
_MANY = 100  # contents: what crashes and abandoned publications leave is fewer
_LARGE_SHARE = 10  # a sweep of more than one content in so many has another cause


class GarbageCollector:
    """Removes content from the volume, safely against uploads of the same content."""

    def __init__(self, store: BlobStore, guards: DigestGuards, rows: BlobRepository, trash_seconds: float) -> None:
        self._store = store
        self._trash_seconds = trash_seconds
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
                    reached(CrashPoint.STORAGE_DELETE_FREED)
                    removed += 1
        return removed

    def _note_end(self, task: asyncio.Task[int]) -> None:
        """Let go of a task, and report what went wrong; the sweep will try again."""
        self._under_way.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            structlog.get_logger().error("garbage collection failed", exc_info=error)

    async def sweep(self) -> int:
        """Move content that has no row to the trash; return how many. Log a warning when it is suspiciously much."""
        seen = moved = 0
        kept = self._store.kept()
        while digests := await asyncio.to_thread(lambda: list(itertools.islice(kept, _SWEPT_TOGETHER))):
            seen += len(digests)
            for sha256 in digests:
                if not self._rows.exists(sha256):
                    moved += await self._set_aside(sha256)
        if moved > _MANY and moved * _LARGE_SHARE > seen:
            structlog.get_logger().warning(
                "the metadata do not know much of the volume's content, which is in the trash now: are they older than "
                "the volume? Started on the metadata that belong to it, the server brings the content back",
                moved=moved,
                contents=seen,
                trash_seconds=self._trash_seconds,
            )
        return moved

    async def _set_aside(self, sha256: bytes) -> bool:
        async with self._guards.hold(sha256):
            if self._rows.exists(sha256):
                return False
            await asyncio.to_thread(self._store.set_aside, sha256)
            reached(CrashPoint.STORAGE_SWEEP_SET_ASIDE)
            return True

    def bring_back(self) -> int:
        """Bring all content back that has a row; return how many. For a start, before anything is served."""
        wanted = [sha256 for sha256, _ in self._store.set_aside_content() if self._rows.exists(sha256)]
        for sha256 in wanted:
            self._store.bring_back(sha256)
        if wanted:
            structlog.get_logger().warning("content was brought back from the trash", contents=len(wanted))
        return len(wanted)

    async def empty_trash(self) -> int:
        """Remove what has been in the trash for long enough; return how many."""
        until = time.time() - self._trash_seconds
        content = await asyncio.to_thread(lambda: list(self._store.set_aside_content()))
        old = [sha256 for sha256, moved_at in content if moved_at <= until]
        for sha256 in old:
            await asyncio.to_thread(self._store.forget, sha256)
            reached(CrashPoint.STORAGE_SWEEP_FORGOTTEN)
        return len(old)
