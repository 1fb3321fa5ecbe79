"""The room that bodies read whole share: those that come fast, those that come slowly, those that wait."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Hashable
from typing import Final

from reference_server.frontend.http.fair_line import FairLine

SLOW_SECONDS: Final = 0.5
"""After this long, a body that has not come whole is slow. 64 KiB come in that time at 1 Mbit/s."""

WAIT_SECONDS: Final = 5.0
"""How long a body waits for room before it is refused."""

_REVIEW_SECONDS = 0.25


class BudgetedBody:
    """One body that is read whole, of at most `most_bytes`; `on_drop` ends its request when it must make room.

    Bodies of one asker share the room in fair turns with those of others.
    """

    __slots__ = ("_parts", "asker", "budget", "held_bytes", "most_bytes", "on_drop", "received_bytes", "since", "slow")

    def __init__(
        self, budget: BodyBudget, most_bytes: int, on_drop: Callable[[], None], asker: Hashable = None
    ) -> None:
        self.budget = budget
        self.asker = asker
        self._parts: list[bytes] = []
        self.most_bytes = most_bytes
        self.on_drop = on_drop
        self.received_bytes = 0
        self.held_bytes = 0
        self.since = 0.0
        self.slow = False

    def enter(self) -> asyncio.Future[bool] | None:
        """Take room for the whole body and return None, or return what tells later whether there was room."""
        return self.budget.enter(self)

    def add(self, part: bytes) -> None:
        """Keep a part of the body."""
        self._parts.append(part)
        self.received_bytes += len(part)
        self.budget.charge(self)

    def complete(self) -> bytes:
        """Return the body, which has come whole. It is no longer dropped, and holds its room until it leaves."""
        self.budget.complete(self)
        return self._parts[0] if len(self._parts) == 1 else b"".join(self._parts)

    def leave(self) -> None:
        """Give the room back; safe to call twice."""
        self._parts = []
        self.budget.leave(self)


class BodyBudget:
    """Shares out room in a fair order of the askers; whoever waits leaves its body unread in the socket.

    A body takes room for all of it at first. When another one waits for that room, a body that comes slowly is moved
    to the room for slow ones, where it holds only what has come of it; when they are too many there, the one that came
    first is dropped. So bodies that drip cannot keep the others out.
    """

    def __init__(self, size: int, slow_size: int) -> None:
        self._left = size
        self._left_to_slow = slow_size
        self._coming: dict[BudgetedBody, None] = {}  # the oldest first, as in all of these
        self._slow: dict[BudgetedBody, None] = {}
        self._line: FairLine[BudgetedBody] = FairLine()
        self._waiting: dict[BudgetedBody, asyncio.Future[bool]] = {}  # those in the line
        self._next_review: asyncio.TimerHandle | None = None

    def enter(self, body: BudgetedBody) -> asyncio.Future[bool] | None:
        """Let a body in at once and return None, or return what tells later whether it was let in."""
        loop = asyncio.get_running_loop()
        body.since = loop.time()
        if not self._waiting and body.most_bytes <= self._left:
            self._admit(body)
            return None
        turn: asyncio.Future[bool] = loop.create_future()
        self._line.add(body, body.asker)
        self._waiting[body] = turn
        self._review()
        return turn

    def charge(self, body: BudgetedBody) -> None:
        """Count what came of a body that is slow; any other one holds room for all of it."""
        if body.slow:
            self._hold(body, body.received_bytes)
            while self._left_to_slow < 0 and self._slow:
                self._drop(next(iter(self._slow)))

    def complete(self, body: BudgetedBody) -> None:
        """Drop a body no more, and take back what it did not need."""
        self._forget(body)
        if body.held_bytes > body.received_bytes:
            self._hold(body, body.received_bytes)
            self._review()

    def leave(self, body: BudgetedBody) -> None:
        """Take a body's room back, or its wish for room; safe to call twice."""
        self._forget(body)
        self._hold(body, 0)
        if self._waiting:
            self._waiting.pop(body, None)
            self._line.remove(body)
            self._review()

    def _forget(self, body: BudgetedBody) -> None:
        self._coming.pop(body, None)
        self._slow.pop(body, None)

    def _admit(self, body: BudgetedBody) -> None:
        self._coming[body] = None
        self._hold(body, body.most_bytes)

    def _hold(self, body: BudgetedBody, size: int) -> None:
        """Change how many bytes a body holds, in the room that it is in."""
        if body.slow:
            self._left_to_slow += body.held_bytes - size
        else:
            self._left += body.held_bytes - size
        body.held_bytes = size

    def _drop(self, body: BudgetedBody) -> None:
        del self._slow[body]
        self._hold(body, 0)
        body.on_drop()

    def _review(self) -> None:
        """Let in those for whom there is room, refuse those who waited too long; look again when some are left."""
        loop = asyncio.get_running_loop()
        now = loop.time()
        while self._line:
            body = self._line.first
            if body.most_bytes <= self._left:
                self._answer(body, now, admitted=True)
            elif not self._move_slow(now):
                break
        for body in [body for body in self._waiting if now - body.since >= WAIT_SECONDS]:
            self._answer(body, now, admitted=False)
        if self._waiting and self._next_review is None:
            self._next_review = loop.call_later(_REVIEW_SECONDS, self._review_again)

    def _answer(self, body: BudgetedBody, now: float, *, admitted: bool) -> None:
        """Let a body that waits in, or refuse it."""
        turn = self._waiting.pop(body)
        self._line.remove(body)
        if turn.done():
            return
        if admitted:
            body.since = now
            self._admit(body)
        turn.set_result(admitted)

    def _review_again(self) -> None:
        self._next_review = None
        self._review()

    def _move_slow(self, now: float) -> bool:
        """Move the oldest body that is coming, if it is slow; return whether there was one."""
        body = next(iter(self._coming), None)
        if body is None or now - body.since < SLOW_SECONDS:
            return False
        del self._coming[body]
        self._hold(body, 0)
        body.slow = True
        self._slow[body] = None
        self.charge(body)
        return True
