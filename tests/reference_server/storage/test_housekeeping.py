"""What is put in order from time to time."""

import asyncio
import sqlite3
from pathlib import Path
from typing import cast

import pytest
from structlog.testing import capture_logs

from reference_server.storage import housekeeping
from reference_server.storage.blobs.garbage_collector import GarbageCollector
from reference_server.storage.blobs.volume_proof import write_proof
from reference_server.storage.identity.marked import MarkedForDeletion
from reference_server.storage.metadata.noted_times import NotedTimes
from reference_server.storage.packages.upload_sessions import UploadSessions


class FailingUploads:
    """Uploads that fail as often as there are errors, and are in order afterwards."""

    def __init__(self, *errors: Exception) -> None:
        self._errors = list(errors)
        self.in_order = asyncio.Event()

    def end_idle(self) -> int:
        if self._errors:
            raise self._errors.pop(0)
        self.in_order.set()
        return 0

    async def discard_strays(self) -> int:
        return 0


class NoOrphans:
    """A volume on which nothing is left over."""

    async def sweep(self) -> int:
        return 0

    async def empty_trash(self) -> int:
        """Find none."""
        return 0


class EnoughSpace:
    """Metadata that need no reserve and have nothing to give back."""

    def keep_reserve(self) -> None:
        """Make none."""

    def give_back(self) -> int:
        """Give back none."""
        return 0


class NothingMarked:
    async def remove_due(self) -> int:
        """Find none."""
        return 0


class NoDownloads:
    async def write(self) -> None:
        """Write nothing."""


async def test_a_failure_is_logged_and_housekeeping_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(housekeeping, "_ROUND_SECONDS", 0.001)
    uploads = FailingUploads(OSError("volume"), sqlite3.DatabaseError("database disk image is malformed"))
    rounds = housekeeping.Housekeeping(
        cast("UploadSessions", uploads),
        cast("GarbageCollector", NoOrphans()),
        [cast("NotedTimes", NoDownloads())],
        EnoughSpace(),
        cast("MarkedForDeletion", NothingMarked()),
        write_proof(tmp_path),
    )
    with capture_logs() as lines:
        running = asyncio.create_task(rounds.run())
        await uploads.in_order.wait()
        running.cancel()
    assert [line["event"] for line in lines if line["log_level"] == "error"] == ["housekeeping failed"] * 2
