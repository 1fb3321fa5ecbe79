"""Ends transfers in which nothing moves, and bodies that come too slowly."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable
from typing import Final

MINIMUM_BODY_RATE: Final = 256
"""Bytes a second that a body must bring, on average over the limit of its watch.

Half of what Apache's mod_reqtimeout demands by default (MinRate=500): any link that can be worked with is faster, a
line of 9,600 bit/s by four times. A body that drips to hold a connection is not.
"""

_SWEEPS_PER_LIMIT = 4


class Watched:
    """One transfer under watch. `progress` winds its clock up, `rest` stops it while it is our turn."""

    __slots__ = ("_loop", "_missing_bytes", "_seconds", "_seconds_left", "deadline", "on_stall")

    def __init__(self, loop: asyncio.AbstractEventLoop, seconds: float, on_stall: Callable[[], None]) -> None:
        self._loop = loop
        self._seconds = seconds
        self.on_stall = on_stall
        self._missing_bytes = MINIMUM_BODY_RATE * seconds
        self._seconds_left = seconds
        self.deadline = loop.time() + seconds

    def receive(self, size: int) -> None:
        """Note bytes of a body; the clock is wound up when enough of them came."""
        self._missing_bytes -= size
        if self._missing_bytes <= 0:
            self._missing_bytes = MINIMUM_BODY_RATE * self._seconds
            self.progress()

    def progress(self) -> None:
        """Something moved, or the other side's turn begins."""
        self.deadline = self._loop.time() + self._seconds

    def rest(self) -> None:
        """Nothing is expected of the other side now."""
        self._seconds_left = self.deadline - self._loop.time()
        self.deadline = math.inf

    def resume(self) -> None:
        """Let the clock of a body go on where it stopped: the other side's turn begins again."""
        self.deadline = self._loop.time() + self._seconds_left


class StallWatch:
    """Looks at all transfers of a process a few times within the limit: far cheaper than a timer for each."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._watched: set[Watched] = set()
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to look."""
        self._task = asyncio.create_task(self._sweep(), name="stall watch")

    def stop(self) -> None:
        """Look no more."""
        if self._task is not None:
            self._task.cancel()

    def add(self, on_stall: Callable[[], None]) -> Watched:
        """Watch a transfer; `on_stall` is called once, when nothing moved for the limit."""
        watched = Watched(asyncio.get_running_loop(), self._seconds, on_stall)
        self._watched.add(watched)
        return watched

    def remove(self, watched: Watched) -> None:
        """Watch a transfer no more; safe to call twice."""
        self._watched.discard(watched)

    async def _sweep(self) -> None:
        """End what stalled."""
        loop = asyncio.get_running_loop()
        while True:
            await asyncio.sleep(self._seconds / _SWEEPS_PER_LIMIT)
            now = loop.time()
            for watched in [watched for watched in self._watched if watched.deadline < now]:
                self._watched.discard(watched)
                watched.on_stall()
