"""Which requests are worked on first when not all can be: those of credentials that the storage knows."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Hashable
from typing import Final

from reference_server.frontend.http.known_credentials import KnownCredentials, Recognize
from reference_server.frontend.http.lanes import Lane, LaneObserver, Turn
from reference_server.frontend.http.request import RequestContext

KNOWN_TURNS: Final = 256
"""Requests of known credentials that one front end works on at a time; the storage takes four times as many."""

UNKNOWN_TURNS: Final = 4
"""Credentials that the storage is asked about at a time."""

ANONYMOUS_TURNS: Final = 4
"""Requests without a known credential at a time."""

REST_FACTOR: Final = 30.0
"""While known callers are at work, each turn of the others is followed by a rest of so many times what it took.

So that they leave most of the processors to those who are known, the more so the longer everything takes.
"""

_LONGEST_REST_SECONDS = 1.0
_AT_WORK_SECONDS = 1.0  # after a request of a known caller

HEALTH_TURNS: Final = 2
"""Requests for the health routes at a time, which no other request holds up; and as many for the metrics."""

_HEALTH_PATHS = "/-/"
_METRICS_PATH = "/-/metrics"


class Precedence:
    """Sorts requests into lanes. Those of one credential, or without one of one address, share turns with the others.

    `request.asker` is the name of a known credential; it is None before one is known.
    """

    def __init__(self, recognize: Recognize, observer: LaneObserver) -> None:
        self._credentials = KnownCredentials(recognize)
        self._known = Lane("known", KNOWN_TURNS, observer=observer)
        self._unknown = Lane("unknown", UNKNOWN_TURNS, observer=observer, rest=self._rest)
        self._anonymous = Lane("anonymous", ANONYMOUS_TURNS, observer=observer, rest=self._rest)
        self._health = Lane("health", HEALTH_TURNS, observer=observer)
        self._metrics = Lane("metrics", HEALTH_TURNS, observer=observer)
        self._loop = asyncio.get_running_loop()
        self._known_at = -math.inf  # when a known caller last asked for something

    def sort(self, request: RequestContext) -> bytes | None:
        """Note whether a request comes from somebody known; return the name of a credential to ask about, if any."""
        name = self._credentials.name(request)
        if name is None or request.target.startswith(_HEALTH_PATHS):
            return None
        if not self._credentials.knows(name, request):
            return name
        request.asker = name
        self._known_at = self._loop.time()
        return None

    async def recognize(self, name: bytes, request: RequestContext) -> bool:
        """Ask about a credential and note the answer; False when there was no turn for it in time."""
        turn = self._unknown.take() or await self._unknown.wait(request.remote_address)
        if turn is None:
            return False
        try:
            if await self._credentials.ask(name, request):
                request.asker = name
        finally:
            turn.leave()
        return True

    def take(self, request: RequestContext) -> Turn | None:
        """Return a turn for a request when there is one at once."""
        return self._lane(request).take()

    async def wait(self, request: RequestContext) -> Turn | None:
        """Wait for a turn for a request; None when there was none in time."""
        asker: Hashable = request.asker or request.remote_address
        return await self._lane(request).wait(asker)

    def _rest(self, worked_seconds: float) -> float:
        """Return for how long a turn rests that was not a known caller's."""
        if self._loop.time() - self._known_at > _AT_WORK_SECONDS:
            return 0.0
        return min(_LONGEST_REST_SECONDS, REST_FACTOR * worked_seconds)

    def _lane(self, request: RequestContext) -> Lane:
        if request.target.startswith(_HEALTH_PATHS):
            return self._metrics if request.target.startswith(_METRICS_PATH) else self._health
        return self._anonymous if request.asker is None else self._known
