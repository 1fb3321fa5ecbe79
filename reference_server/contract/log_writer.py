"""Where log lines go: standard error, by a thread of its own, so that a reader who is slow or gone stops no request."""

from __future__ import annotations

import atexit
import json
import os
import stat
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
        # A file waits for no reader, and a thread to write it would cost each request a switch of threads.
        self._is_file = _is_file(descriptor)

    def write(self, text: str) -> int:
        """Take whole lines, to be written soon or dropped; return their length."""
        data = text.encode(errors="backslashreplace")
        if self._is_file:
            self._write_out(data)
            return len(text)
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
            self._write_out(data)
            with self._changed:
                self._waiting_bytes = sum(map(len, self._waiting))
                self._changed.notify_all()

    def _write_out(self, data: bytes) -> None:
        """Write lines, and after them how many were lost before; count them as lost if the descriptor refuses them."""
        with self._changed:
            count, self._unreported = self._unreported, 0
        report = json.dumps({"event": "log lines lost", "level": "warning", "count": count}) + "\n" if count else ""
        if not _written(self._descriptor, data + report.encode()):
            with self._changed:
                self._unreported += count
                self._count_lost(data)

    def _count_lost(self, data: bytes) -> None:
        lines = data.count(b"\n")
        self.dropped += lines
        self._unreported += lines


def _is_file(descriptor: int) -> bool:
    try:
        return stat.S_ISREG(os.fstat(descriptor).st_mode)
    except OSError:
        return False


def _written(descriptor: int, data: bytes) -> bool:
    """Write all of the data; return whether the descriptor took it."""
    rest = memoryview(data)
    try:
        while rest:
            rest = rest[os.write(descriptor, rest) :]
    except OSError:
        return False
    return True
