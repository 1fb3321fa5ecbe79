"""What is put in order at start and from time to time: abandoned uploads, and what a crash left on the volume."""

from __future__ import annotations

import asyncio
import sqlite3
from dataclasses import dataclass

import structlog

from reference_server.storage.blobs.freeing import Freeing
from reference_server.storage.packages.uploads import Uploads

_UPLOADS_EVERY = 60.0  # seconds
_ROUNDS_TO_SWEEP = 60  # the whole volume is looked through once in so many rounds, and at start


@dataclass(frozen=True, slots=True)
class Housekeeping:
    """Puts the uploads and the volume in order."""

    uploads: Uploads
    freeing: Freeing

    async def run(self) -> None:
        """Put in order until cancelled. A volume or metadata that fails is reported, and tried again."""
        log = structlog.get_logger()
        rounds = 0
        while True:
            try:
                idle = self.uploads.end_idle()
                strays = await self.uploads.discard_strays()
                orphans = await self.freeing.sweep() if rounds % _ROUNDS_TO_SWEEP == 0 else 0
            except (OSError, sqlite3.Error):
                log.exception("housekeeping failed")
            else:
                log.debug("housekeeping", idle_uploads=idle, stray_files=strays, orphaned_blobs=orphans)
            rounds += 1
            await asyncio.sleep(_UPLOADS_EVERY)
