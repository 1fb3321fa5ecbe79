"""The process of the hostile connections: all of them on one event loop, each in its manner."""

from __future__ import annotations

import asyncio
import multiprocessing
import os
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from multiprocessing.connection import Connection as Pipe

from tests.hostile.manners import MANNERS, Attacked, Connection, Manner

_context = multiprocessing.get_context("spawn")
_PAUSE_SECONDS = 0.2
_RAMP_SECONDS = 0.005
_PATIENCE_SECONDS = 60.0
_NICENESS = 19  # attackers bring machines of their own; here they get what the others leave

Counts = dict[str, Counter[str]]
"""What became of the connections of each manner: how many there were, were opened, sent something, and each status."""


class Attack:
    """A running attack."""

    def __init__(self, pipe: Pipe) -> None:
        self._pipe = pipe

    def stop(self) -> Counts:
        """End it and return what became of it."""
        self._pipe.send(None)
        counts: Counts = self._pipe.recv()
        return counts


@contextmanager
def attacking(attacked: Attacked, names: Sequence[str], connections: int) -> Iterator[Attack]:
    """Attack with so many connections at a time, in these manners, until the block ends.

    It begins when each was opened once. Raise TimeoutError when that takes too long.
    """
    ours, theirs = _context.Pipe()
    process = _context.Process(target=_attack, args=(attacked, names, connections, theirs))
    process.start()
    try:
        if not ours.poll(_PATIENCE_SECONDS):
            raise TimeoutError("the hostile connections were not all opened")
        ours.recv()
        yield Attack(ours)
    finally:
        process.terminate()
        process.join()


def _attack(attacked: Attacked, names: Sequence[str], connections: int, pipe: Pipe) -> None:
    os.nice(_NICENESS)
    asyncio.run(_run(attacked, names, connections, pipe))


async def _run(attacked: Attacked, names: Sequence[str], connections: int, pipe: Pipe) -> None:
    counts: Counts = {name: Counter() for name in names}
    opening: list[Connection] = []
    tasks: list[asyncio.Task[None]] = []
    for number in range(connections):
        name = names[number % len(names)]
        counts[name]["connections"] += 1
        opening.append(Connection(attacked, counts[name]))
        tasks.append(asyncio.create_task(_go_on(MANNERS[name], opening[-1])))
        await asyncio.sleep(_RAMP_SECONDS)
    while not all(connection.was_opened for connection in opening):  # noqa: ASYNC110 -- seen in many places
        await asyncio.sleep(_PAUSE_SECONDS)
    pipe.send(None)
    await asyncio.to_thread(pipe.recv)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    pipe.send(counts)


async def _go_on(manner: Manner, connection: Connection) -> None:
    """Behave in a manner, again whenever the server ends it."""
    while True:
        with suppress(OSError, EOFError, ValueError, asyncio.LimitOverrunError):  # ended, or no HTTP
            await manner(connection)
        with suppress(AttributeError):  # it may not even have been opened
            connection.close(reset=True)
        await asyncio.sleep(_PAUSE_SECONDS)
