"""Patience with a registry that limits the rate of requests: how long to wait before one is sent again, how often."""

import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus

from conformance.transport.response import Response
from conformance.transport.wire import WireError

LONGEST_WAIT = 120.0  # seconds, before one request is sent again
ATTEMPTS = 10
WHOLE_WAIT = 600.0  # seconds, in one run
FIRST_PAUSE = 1.0  # seconds, where the registry names none; doubled each time


class RateLimitError(WireError):
    """The registry limits the rate of requests further than anybody waits; the message says by how much."""


class RateLimit:
    """Sends requests again that were answered 429, when `Retry-After` says so.

    A run has one: all its waits together are bounded. Waiting is done by `sleep`, from any number of threads.
    """

    def __init__(self, sleep: Callable[[float], None] = time.sleep) -> None:
        self._sleep = sleep
        self._left = WHOLE_WAIT
        self._lock = threading.Lock()

    def observe(self, send: Callable[[], Response]) -> Response:
        """Return the first response of `send` that is no 429.

        Raises RateLimitError when it would take too long.
        """
        response = send()
        for attempt in range(ATTEMPTS):
            if response.status != HTTPStatus.TOO_MANY_REQUESTS:
                return response
            self._wait(_seconds(response, attempt))
            response = send()
        if response.status == HTTPStatus.TOO_MANY_REQUESTS:
            raise RateLimitError(f"the registry limits the rate of requests: {ATTEMPTS} in a row were answered 429")
        return response

    def _wait(self, seconds: float) -> None:
        with self._lock:
            if seconds > min(LONGEST_WAIT, self._left):
                demand = f"429 Too Many Requests, Retry-After {seconds:.0f} seconds"
                raise RateLimitError(f"the registry limits the rate of requests: {demand}")
            self._left -= seconds
        self._sleep(seconds)


def _seconds(response: Response, attempt: int) -> float:
    """Return how long to wait: what `Retry-After` says, seconds or a date, and without one longer each time."""
    text = response.header("retry-after") or ""
    if text.isascii() and text.isdigit():
        return float(text[:12])
    try:
        return max(float((parsedate_to_datetime(text) - datetime.now(UTC)).total_seconds()), FIRST_PAUSE)
    except (TypeError, ValueError):
        return FIRST_PAUSE * float(2**attempt)
