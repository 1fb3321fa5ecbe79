"""Collects the record of every exchange of a run, from any thread, in the order of their ends."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from conformance.transport.exchange import Exchange


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

    def add(self, exchange: Exchange) -> int:
        """Record an exchange, with its number and the purpose of the moment; return the number."""
        with self._lock:
            number = len(self._exchanges) + 1
            self._exchanges.append(replace(exchange, number=number, purpose=self.purpose))
            return number
