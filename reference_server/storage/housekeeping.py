"""What is put in order from time to time: noted times, abandoned uploads, what a crash left, what is marked."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

import structlog

from reference_server.storage.blobs.garbage_collector import GarbageCollector
from reference_server.storage.blobs.volume_proof import VolumeProof
from reference_server.storage.identity.marked import MarkedForDeletion
from reference_server.storage.metadata.database import DatabaseSpace
from reference_server.storage.metadata.noted_times import NotedTimes
from reference_server.storage.packages.upload_sessions import UploadSessions

_ROUND_SECONDS = 5.0
_ROUNDS_TO_UPLOADS = 12  # uploads are looked through once in so many rounds, and at start
_STEPS_A_ROUND = 16  # of giving back: 32 MiB
_ROUNDS_TO_SWEEP = 720  # and the whole volume once in so many


@dataclass(frozen=True, slots=True)
class Housekeeping:
    """Puts the uploads and the volume in order, writes the times that were noted, and removes what is due."""

    uploads: UploadSessions
    garbage_collector: GarbageCollector
    noted_times: Sequence[NotedTimes]
    space: DatabaseSpace
    marked: MarkedForDeletion
    volume: VolumeProof

    async def run(self) -> None:
        """Put in order until cancelled. What fails is reported, and tried again."""
        rounds = 0
        try:
            while True:
                await self._write_times()
                await self._keep_space()
                if rounds % _ROUNDS_TO_UPLOADS == 0:
                    await self._tidy(sweep=rounds % _ROUNDS_TO_SWEEP == 0)
                rounds += 1
                await asyncio.sleep(_ROUND_SECONDS)
        finally:
            await self._write_times()

    async def _write_times(self) -> None:
        try:
            for times in self.noted_times:
                await times.write()
        except Exception:
            structlog.get_logger().exception("the times of downloads and of uses of tokens were not written")

    async def _keep_space(self) -> None:
        """Make the metadata's reserve, and give back in steps what the metadata do not use."""
        try:
            await asyncio.to_thread(self.space.keep_reserve)
            for _ in range(_STEPS_A_ROUND):
                if not await asyncio.to_thread(self.space.give_back):
                    break
        except Exception:
            structlog.get_logger().exception("the metadata's space was not put in order")

    async def _tidy(self, *, sweep: bool) -> None:
        log = structlog.get_logger()
        try:
            if not await asyncio.to_thread(self.volume.is_there):
                log.warning("housekeeping waits for the volume")
                return
            idle = self.uploads.end_idle()
            strays = await self.uploads.discard_strays()
            orphans = await self.garbage_collector.sweep() if sweep else 0
            emptied = await self.garbage_collector.empty_trash()
            removed = await self.marked.remove_due() if sweep else 0
        except Exception:
            log.exception("housekeeping failed")
        else:
            log.debug(
                "housekeeping",
                idle_uploads=idle,
                stray_files=strays,
                orphaned_blobs=orphans,
                emptied=emptied,
                removed=removed,
            )
