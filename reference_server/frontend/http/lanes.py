"""How many requests are worked on at a time: each kind of caller has a lane of its own, and waits in no other's."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Hashable
from typing import Final, Literal, Protocol

from reference_server.frontend.http.fair_line import FairLine

LaneName = Literal["known", "unknown", "anonymous", "health", "metrics"]

WAIT_SECONDS: Final = 5.0
"""How long a request waits for its turn before it is refused."""

MOST_WAITING: Final = 4096
"""How many requests wait in one lane."""


class LaneObserver(Protocol):
    """Is told what happens in lanes."""

    def count_refused_turn(self, lane: LaneName) -> None:
        """Note that a request had no turn in time."""

    def count_waiting(self, lane: LaneName, change: int) -> None:
        """Note that one request more (1) or less (-1) waits."""


class Turn:
    """One request's turn to be worked on, since `since` of the event loop's time."""

    __slots__ = ("_lane", "since")

    def __init__(self, lane: Lane, since: float) -> None:
        self._lane: Lane | None = lane
        self.since = since

    @property
    def held(self) -> bool:
        """Whether the request is still worked on."""
        return self._lane is not None

    def leave(self) -> None:
        """Let the next one have its turn; safe to call twice."""
        lane, self._lane = self._lane, None
        if lane is not None:
            lane.take_back(self)


class Lane:
    """So many turns at a time; those who wait have theirs in a fair order of the askers.

    After each turn the next one begins when `rest` has passed: seconds, by those that the turn took.
    """

    def __init__(
        self,
        name: LaneName,
        turns: int,
        *,
        wait_seconds: float = WAIT_SECONDS,
        most_waiting: int = MOST_WAITING,
        observer: LaneObserver,
        rest: Callable[[float], float] = lambda _: 0.0,
    ) -> None:
        self._name = name
        self._left = turns
        self._wait_seconds = wait_seconds
        self._most_waiting = most_waiting
        self._observer = observer
        self._rest = rest
        self._loop = asyncio.get_running_loop()
        self._line: FairLine[asyncio.Future[bool]] = FairLine()

    def take(self) -> Turn | None:
        """Return a turn when there is one at once, and nobody waits for it."""
        if not self._left or self._line:
            return None
        self._left -= 1
        return Turn(self, self._loop.time())

    async def wait(self, asker: Hashable) -> Turn | None:
        """Wait for a turn; return None when there was none in time, or too many wait already."""
        if len(self._line) >= self._most_waiting:
            self._observer.count_refused_turn(self._name)
            return None
        called: asyncio.Future[bool] = self._loop.create_future()
        self._line.add(called, asker)
        self._observer.count_waiting(self._name, 1)
        timer = self._loop.call_later(self._wait_seconds, self._refuse, called)
        try:
            admitted = await called
        except asyncio.CancelledError:
            if called.done() and not called.cancelled() and called.result():
                self._let_in()
            raise
        finally:
            timer.cancel()
            self._line.remove(called)
            self._observer.count_waiting(self._name, -1)
        return Turn(self, self._loop.time()) if admitted else None

    def take_back(self, turn: Turn) -> None:
        """Take a turn back and, after a rest, give it to who is next."""
        rest = self._rest(self._loop.time() - turn.since)
        if rest:
            self._loop.call_later(rest, self._let_in)
        else:
            self._let_in()

    def _let_in(self) -> None:
        self._left += 1
        while self._left and self._line:
            called = self._line.first
            self._line.remove(called)
            if not called.done():
                self._left -= 1
                called.set_result(True)

    def _refuse(self, called: asyncio.Future[bool]) -> None:
        if not called.done():
            self._observer.count_refused_turn(self._name)
            called.set_result(False)
