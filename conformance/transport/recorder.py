"""Collects the record of every exchange of a run, from any thread, in the order of their ends."""

import hashlib
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from conformance.transport.exchange import BodyRecord, Exchange

SHOWN_BYTES = 4096


class Recorder:
    """The transcript of a run. `purpose` is what exchanges are recorded for until it is changed.

    `started` is when the run began, on the monotonic clock.
    """

    def __init__(self) -> None:
        self.purpose = "preflight"
        self.started = time.monotonic()
        self._lock = threading.Lock()
        self._exchanges: list[Exchange] = []

    @property
    def exchanges(self) -> tuple[Exchange, ...]:
        """Everything recorded so far, with the secrets in it; only the redactor's output may leave the program."""
        with self._lock:
            return tuple(self._exchanges)

    @contextmanager
    def during(self, purpose: str) -> Iterator[None]:
        """Record for another purpose for a while."""
        kept, self.purpose = self.purpose, purpose
        try:
            yield
        finally:
            self.purpose = kept

    def add(self, make: Callable[[int, str], Exchange]) -> int:
        """Record the exchange that `make` returns for its number and purpose; return the number."""
        with self._lock:
            number = len(self._exchanges) + 1
            self._exchanges.append(make(number, self.purpose))
            return number


def body_record(size: int, sha256: str, kept: bytes) -> BodyRecord:
    """Return the record of a body of which `kept` is the beginning."""
    return BodyRecord(size, sha256, _printable(kept) if size <= SHOWN_BYTES else None)


def record_of(data: bytes) -> BodyRecord:
    """Return the record of a body that is at hand."""
    return body_record(len(data), hashlib.sha256(data).hexdigest(), data)


def _printable(data: bytes) -> str | None:
    try:
        text = data.decode()
    except UnicodeDecodeError:
        return None
    return text if all(character.isprintable() or character in "\r\n\t" for character in text) else None
