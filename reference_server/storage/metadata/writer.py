"""The one writer of the metadata: changes that wait together are committed together, with one sync.

Changes run on the event loop, because a statement costs microseconds; the commit, which waits for the disk, runs in a
thread while the next changes gather. (A thread that ran the changes as well would fight the event loop for the
interpreter's lock at every statement.) A change that touches many rows is submitted as long and runs in the thread.
"""

from __future__ import annotations

import asyncio
import collections
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from reference_server.contract.failure import Failure, Reason
from reference_server.storage.metadata.metadata import Metadata
from reference_server.storage.metadata.sqlite.database import Database

Answer = TypeVar("Answer")
_BATCH = 128
_WAITING = 1024
_ATTEMPTS = 500
_ATTEMPT_SECONDS = 0.01


@dataclass(slots=True)
class _Pending(Generic[Answer]):
    """A change that waits for its commit, and where its answer goes."""

    change: Callable[[Metadata], Answer]
    answer: asyncio.Future[Answer]
    long: bool
    outcome: Answer | None = None
    refusal: BaseException | None = None


class Writer:
    """Runs changes in groups, each change in a savepoint of its own.

    A change is a function of the metadata, which it alone uses while it runs. What it returns answers `submit` once it
    is on stable storage; what it raises undoes it alone. A future that is cancelled before its change has begun
    withdraws it.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._metadata = Metadata(database)
        self._database.run("PRAGMA busy_timeout = 0")  # _begin waits without holding the event loop
        self._waiting: collections.deque[_Pending[Any]] = collections.deque()
        self._arrived = asyncio.Event()
        self._closing = False
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="commit")
        self._running = asyncio.create_task(self._run(), name="metadata writer")

    def submit(self, change: Callable[[Metadata], Answer], *, long: bool = False) -> asyncio.Future[Answer]:
        """Queue a change and give the future of its answer. Raises OVERLOADED when too many wait."""
        if len(self._waiting) >= _WAITING:
            raise Failure(Reason.OVERLOADED, "too many changes wait to be written", retry_after_seconds="1")
        return self.insist(change, long=long)

    def insist(self, change: Callable[[Metadata], Answer], *, long: bool = False) -> asyncio.Future[Answer]:
        """Queue a change that something bounds elsewhere; as `submit`, and never overloaded."""
        if self._closing:
            raise RuntimeError("the writer is closed")
        answer: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._waiting.append(_Pending(change, answer, long))
        self._arrived.set()
        return answer

    async def close(self) -> None:
        """Write what waits, then stop."""
        self._closing = True
        self._arrived.set()
        await self._running
        self._thread.shutdown()

    async def _run(self) -> None:
        """Write group after group until closed and empty."""
        while True:
            await self._arrived.wait()
            if self._waiting:
                await self._write_group()
            elif self._closing:
                return
            else:
                self._arrived.clear()

    async def _write_group(self) -> None:
        """Write the changes that wait, or refuse them together."""
        loop = asyncio.get_running_loop()
        broken: BaseException | None = None
        group: list[_Pending[Any]] = []
        try:
            await self._begin()
            group = self._take()
            if group and group[0].long:
                await loop.run_in_executor(self._thread, self._apply, group)
            else:
                self._apply(group)
            await loop.run_in_executor(self._thread, self._database.run, "COMMIT")
        except (sqlite3.Error, Failure) as error:
            group = group or self._take()
            broken = error
            self._database.roll_back()
        _answer(group, broken)

    async def _begin(self) -> None:
        """Begin a transaction; another program may hold the metadata for a moment, and the event loop goes on."""
        for _ in range(_ATTEMPTS):
            try:
                self._database.run("BEGIN IMMEDIATE")
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode != sqlite3.SQLITE_BUSY:
                    raise
                await asyncio.sleep(_ATTEMPT_SECONDS)
            else:
                return
        raise Failure(Reason.OVERLOADED, "another program holds the metadata", retry_after_seconds="1")

    def _take(self) -> list[_Pending[Any]]:
        """Take the changes to write next: a long one alone, or as many others as wait."""
        group: list[_Pending[Any]] = []
        while self._waiting and len(group) < _BATCH:
            if self._waiting[0].long and group:
                break
            pending = self._waiting.popleft()
            if not pending.answer.cancelled():
                group.append(pending)
                if pending.long:
                    break
        return group

    def _apply(self, group: list[_Pending[Any]]) -> None:
        """Run the changes, each in its savepoint."""
        for pending in group:
            self._run_change(pending)

    def _run_change(self, pending: _Pending[Any]) -> None:
        """Run one change in its savepoint. What it raises is its refusal, unless it ended the whole transaction."""
        self._database.run("SAVEPOINT change")
        try:
            pending.outcome = pending.change(self._metadata)
        except Exception as error:
            pending.refusal = error
            self._database.run("ROLLBACK TO change")
        self._database.run("RELEASE change")


def _answer(group: list[_Pending[Any]], broken: BaseException | None) -> None:
    """Answer every change of a group that nobody gave up meanwhile."""
    for pending in group:
        if pending.answer.done():
            continue
        refusal = pending.refusal if broken is None else broken
        if refusal is None:
            pending.answer.set_result(pending.outcome)
        else:
            pending.answer.set_exception(_explained(refusal))


def _explained(refusal: BaseException) -> BaseException:
    """Say that the volume is full where that is what SQLite met."""
    cause: BaseException | None = refusal
    while cause is not None:
        if getattr(cause, "sqlite_errorcode", None) == sqlite3.SQLITE_FULL:
            return Failure(Reason.VOLUME_FULL, "the volume has no room for the metadata")
        cause = cause.__cause__ or cause.__context__
    return refusal
