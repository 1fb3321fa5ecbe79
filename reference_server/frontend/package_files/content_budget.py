"""How much small content one front end holds at a time."""

from __future__ import annotations

import asyncio
from collections import deque

from reference_server.contract.limits import MIB

BUDGET_BYTES = 16 * MIB
"""What all bodies that travel inside operations may hold together."""


class ContentBudget:
    """Bytes that are given out in the order of asking; whoever waits leaves its body unread in the socket."""

    def __init__(self, size: int = BUDGET_BYTES) -> None:
        self._left = size
        self._waiting: deque[tuple[int, asyncio.Future[None]]] = deque()

    def take(self, size: int) -> asyncio.Future[None] | None:
        """Take bytes at once, and give None; or give the future that is done when they are taken."""
        if not self._waiting and size <= self._left:
            self._left -= size
            return None
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((size, turn))
        return turn

    def give_back(self, size: int) -> None:
        """Give bytes back to whoever waits longest."""
        self._left += size
        while self._waiting and self._waiting[0][0] <= self._left:
            wanted, turn = self._waiting.popleft()
            self._left -= wanted
            turn.set_result(None)
