"""Collects the record of every exchange of a run, from any thread, in the order of their ends."""

import sys
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import replace

from conformance.transport.exchange import Exchange, ResponseRecord

BEGINNINGS_BYTES = 8 << 20  # so that a registry of long answers does not fill the memory


# which of several actions at the same moment a thread takes; the same number the next time that a check is run
LANE: ContextVar[int | None] = ContextVar("lane", default=None)


class Recorder:
    """The transcript of a run. `purpose` is what exchanges are recorded for until it is changed.

    `started` is when the run began, on the monotonic clock.
    """

    def __init__(self) -> None:
        self.purpose = "preflight"
        self.started = time.monotonic()
        self._lock = threading.Lock()
        self._exchanges: list[Exchange] = []
        self._beginnings_bytes = 0

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

    def restore(self, exchanges: Iterable[Exchange]) -> None:
        """Put the exchanges of an earlier run in the place of what was recorded."""
        with self._lock:
            self._exchanges = list(exchanges)

    def add(self, exchange: Exchange) -> int:
        """Record an exchange, with its number and the purpose of the moment; return the number."""
        with self._lock:
            number = len(self._exchanges) + 1
            response = self._within_limit(exchange.response)
            self._exchanges.append(
                replace(exchange, number=number, purpose=self.purpose, response=response, lane=LANE.get())
            )
            return number

    def _within_limit(self, response: ResponseRecord | None) -> ResponseRecord | None:
        """Return the response, without the beginning of its body when those of others have taken all room."""
        if response is None or response.beginning is None:
            return response
        needed = sys.getsizeof(response.beginning)
        if self._beginnings_bytes + needed > BEGINNINGS_BYTES:
            return replace(response, beginning=None, dropped=True)
        self._beginnings_bytes += needed
        return response
