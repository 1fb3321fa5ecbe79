"""Where log lines go: standard error, by a thread of its own, so that a reader who is slow or gone stops no request."""

from __future__ import annotations

import atexit
import json
import os
import threading
import time
from collections import deque

_WAITING_BYTES = 1024 * 1024
_EXIT_SECONDS = 1.0


class LogWriter:
    """A text stream that never blocks and never fails.

    At most `waiting_bytes` wait or are being written. What comes beyond that is dropped and counted, and one line says
    how many lines were lost once there is room again. Lines that the descriptor refuses are lost too.
    """

    def __init__(self, descriptor: int, *, waiting_bytes: int = _WAITING_BYTES) -> None:
        self.dropped = 0
        self._descriptor = descriptor
        self._limit = waiting_bytes
        self._waiting: deque[bytes] = deque()
        self._waiting_bytes = 0
        self._unreported = 0
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None

    def write(self, text: str) -> int:
        """Take whole lines, to be written soon or dropped; return their length."""
        data = text.encode(errors="backslashreplace")
        with self._changed:
            if self._waiting_bytes + len(data) > self._limit:
                self._count_lost(data)
                return len(text)
            self._waiting.append(data)
            self._waiting_bytes += len(data)
            if self._thread is None:
                self._start()
            self._changed.notify_all()
        return len(text)

    def flush(self) -> None:
        """Do nothing: what was taken is written as soon as the descriptor takes it."""

    def drain(self, seconds: float = _EXIT_SECONDS) -> None:
        """Wait until everything that was taken is written, but no longer than this."""
        deadline = time.monotonic() + seconds
        with self._changed:
            self._changed.wait_for(lambda: not self._waiting_bytes, deadline - time.monotonic())

    def _start(self) -> None:
        # A daemon: a thread that waits for a pipe nobody reads must not keep the process from ending.
        self._thread = threading.Thread(target=self._run, name="log", daemon=True)
        self._thread.start()
        atexit.register(self.drain)

    def _run(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._waiting)
                data = b"".join(self._waiting)
                self._waiting.clear()
                report, self._unreported = self._unreported, 0
            if report:
                data += (json.dumps({"event": "log lines lost", "level": "warning", "count": report}) + "\n").encode()
            lost = not _written(self._descriptor, data)
            with self._changed:
                self._waiting_bytes = sum(map(len, self._waiting))
                if lost:
                    self._count_lost(data)
                self._changed.notify_all()

    def _count_lost(self, data: bytes) -> None:
        lines = data.count(b"\n")
        self.dropped += lines
        self._unreported += lines


def _written(descriptor: int, data: bytes) -> bool:
    """Write all of the data; return whether the descriptor took it."""
    rest = memoryview(data)
    try:
        while rest:
            rest = rest[os.write(descriptor, rest) :]
    except OSError:
        return False
    return True
