"""Named steps at which a process ends as if it were killed, when a test says so; otherwise a step costs one comparison.

Before it starts a process, a test names a file in the environment. Whoever then reaches the point that the file names,
for the time that it says, removes the file and kills itself: `storage.publish.renamed 3` is the third time. What
follows tells one such line from another.
"""

from __future__ import annotations

import collections
import enum
import os
import signal
import threading
from pathlib import Path
from typing import Final

VARIABLE: Final = "GENERIC_PACKAGES_CRASH_FILE"
"""The environment variable that names the file."""


class CrashPoint(enum.StrEnum):
    """Every step, by the half that dies, what it is doing, and what it has done last."""

    STORAGE_PUBLISH_STAGED = "storage.publish.staged"
    """An upload was permitted and has an empty staging file."""
    STORAGE_PUBLISH_RECEIVED = "storage.publish.received"
    """All bytes of a streamed upload are in its staging file."""
    STORAGE_PUBLISH_PERMITTED = "storage.publish.permitted"
    """The commit of an upload has passed every check."""
    STORAGE_PUBLISH_SYNCED = "storage.publish.synced"
    """Staged content is on stable storage."""
    STORAGE_PUBLISH_RENAMED = "storage.publish.renamed"
    """It has its digest for a name."""
    STORAGE_PUBLISH_KEPT = "storage.publish.kept"
    """Its directory is on stable storage too."""
    STORAGE_PUBLISH_RECORDED = "storage.publish.recorded"
    """The rows of a file are written in a transaction that is not committed."""
    STORAGE_PUBLISH_COMMITTED = "storage.publish.committed"
    """The rows of an upload are committed; what it staged may still be there."""
    STORAGE_PUBLISH_UNSTAGED = "storage.publish.unstaged"
    """Nothing of the upload is staged any more."""
    STORAGE_DELETE_RECORDED = "storage.delete.recorded"
    """Rows are deleted in a transaction that is not committed."""
    STORAGE_DELETE_COMMITTED = "storage.delete.committed"
    """The deletion is committed; content that nothing refers to is still on the volume."""
    STORAGE_DELETE_FREED = "storage.delete.freed"
    """One content was removed from the volume."""
    STORAGE_SETTINGS_RECORDED = "storage.settings.recorded"
    """Settings are written in a transaction that is not committed."""
    STORAGE_TRANSACTION_COMMITTED = "storage.transaction.committed"
    """A group of changes of any kind is committed, and none is answered."""
    STORAGE_SWEEP_STRAY_REMOVED = "storage.sweep.stray-removed"
    """One staging file of no upload was removed."""
    STORAGE_SWEEP_DATED = "storage.sweep.dated"
    """An orphan was given the time of its move to the trash."""
    STORAGE_SWEEP_SET_ASIDE = "storage.sweep.set-aside"
    """An orphan lies in the trash."""
    STORAGE_SWEEP_FORGOTTEN = "storage.sweep.forgotten"
    """One content was removed from the trash."""
    STORAGE_SWEEP_BROUGHT_BACK = "storage.sweep.brought-back"
    """At a start, content that has a record came back from the trash; its directory may not be on stable storage."""
    FRONTEND_PUBLISH_READ = "frontend.publish.read"
    """A small body has arrived whole; the storage was not told."""
    FRONTEND_PUBLISH_PERMITTED = "frontend.publish.permitted"
    """The storage permitted a large publication; no byte was taken."""
    FRONTEND_PUBLISH_WRITTEN = "frontend.publish.written"
    """A part of a large body was taken."""
    FRONTEND_PUBLISH_ARRIVED = "frontend.publish.arrived"
    """A large body is staged whole; the commit was not asked for."""
    FRONTEND_PUBLISH_ACKNOWLEDGED = "frontend.publish.acknowledged"
    """The storage has published; the client was not answered."""
    FRONTEND_DELETE_ACKNOWLEDGED = "frontend.delete.acknowledged"
    """The storage has deleted; the client was not answered."""


_FILE: Final = Path(os.environ[VARIABLE]) if os.environ.get(VARIABLE) else None
_lock = threading.Lock()
_times: collections.Counter[str] = collections.Counter()


def reached(point: CrashPoint) -> None:
    """Note that a step was reached, or end this process there."""
    if _FILE is not None:
        _end_if_told(_FILE, point)


def _end_if_told(file: Path, point: CrashPoint) -> None:
    """Count a step for which the file asks, and end the process when it is the one; only one process does."""
    with _lock:
        try:
            told = file.read_text(encoding="ascii")
            name, number, *_ = told.split()
            if name != point:
                return
            _times[told] += 1
            if _times[told] < int(number):
                return
            file.unlink()
        except FileNotFoundError:
            _times.clear()
            return
        os.kill(os.getpid(), signal.SIGKILL)
