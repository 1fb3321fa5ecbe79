"""What the storage counts, for Prometheus: written into the folder that the front ends report from.

A storage without front ends beside it has no such folder and reports nothing.
"""

from __future__ import annotations

import asyncio
import collections
import functools
import os
import shutil
from pathlib import Path

from prometheus_client import CollectorRegistry, Counter, Gauge

from reference_server.contract.limits import METRICS_FOLDER_VARIABLE
from reference_server.contract.logs import WRITER
from reference_server.storage.access.failed_authentications import FailedAuthentications
from reference_server.storage.metadata.writer import Writer
from reference_server.storage.packages.upload_sessions import UploadSessions

_WRITE_SECONDS = 1.0


class CallCounts:
    """How often each call ended how, and how long its calls took together; plain numbers, as every request adds."""

    def __init__(self) -> None:
        self.ended: collections.Counter[tuple[str, str]] = collections.Counter()
        self.seconds: collections.defaultdict[str, float] = collections.defaultdict(float)

    def add(self, method: str, outcome: str, seconds: float) -> None:
        """Count a call."""
        self.ended[method, outcome] += 1
        self.seconds[method] += seconds


class StorageMetrics:
    """Writes counts and gauges down once a second."""

    def __init__(
        self,
        calls: CallCounts,
        *,
        writer: Writer,
        uploads: UploadSessions,
        failures: FailedAuthentications,
        volume: Path,
    ) -> None:
        self._calls = calls
        self._writer = writer
        self._uploads = uploads
        self._failures = failures
        self._volume = volume
        registry = CollectorRegistry()
        self._ended = Counter(
            "storage_calls_total", "Calls and operations that ended", ("method", "outcome"), registry=registry
        )
        self._seconds = Counter("storage_call_seconds_total", "Time that they took", ("method",), registry=registry)
        self._commits = Counter("metadata_commits_total", "Transactions committed", registry=registry)
        self._commit_seconds = Counter(
            "metadata_commit_seconds_total", "Time that their commits took", registry=registry
        )
        self._failed = Counter(
            "authentication_failures_total", "Credentials that named no valid token", registry=registry
        )
        self._refused = Counter(
            "authentications_limited_total", "Credentials refused for the failures of their address", registry=registry
        )
        self._lost = Counter("storage_log_lines_lost_total", "Log lines of the storage lost", registry=registry)
        gauge = functools.partial(Gauge, registry=registry, multiprocess_mode="livesum")
        self._waiting = gauge("metadata_changes_waiting", "Changes that wait to be written")
        self._open = gauge("uploads_open", "Large uploads begun and not over")
        self._free = gauge("volume_free_bytes", "Free bytes of the volume's file system")
        self._written: dict[object, float] = {}

    async def run(self) -> None:
        """Write until cancelled, and once more then."""
        if METRICS_FOLDER_VARIABLE not in os.environ:
            return
        try:
            while True:
                self.write()
                await asyncio.sleep(_WRITE_SECONDS)
        finally:
            self.write()

    def write(self) -> None:
        """Write what has come since the last time."""
        for (method, outcome), count in self._calls.ended.items():
            self._raise(self._ended.labels(method, outcome), count)
        for method, seconds in self._calls.seconds.items():
            self._raise(self._seconds.labels(method), seconds)
        self._raise(self._commits, self._writer.commits)
        self._raise(self._commit_seconds, self._writer.commit_seconds)
        self._raise(self._failed, self._failures.failed)
        self._raise(self._refused, self._failures.refused)
        self._raise(self._lost, WRITER.dropped)
        self._waiting.set(self._writer.waiting)
        self._open.set(self._uploads.open_uploads)
        try:
            self._free.set(shutil.disk_usage(self._volume).free)
        except OSError:
            self._free.set(0)  # a volume that is gone has no room

    def _raise(self, counter: Counter, total: float) -> None:
        """Bring a counter up to a total."""
        counter.inc(max(0.0, total - self._written.get(counter, 0.0)))
        self._written[counter] = total
