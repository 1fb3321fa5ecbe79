"""The one writer of the metadata: changes that wait together are committed together, with one sync.

Changes run on the event loop, because a statement does not wait for the disk; the commit, which does, runs in a
thread while the next changes gather. (A thread that ran the changes as well would fight the event loop for the
interpreter's lock at every statement.) A change that touches many rows is submitted as long and runs in the thread.
"""

from __future__ import annotations

import asyncio
import collections
import functools
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import structlog

from reference_server.contract.crash_points import CrashPoint, reached
from reference_server.contract.failure import Failure, Reason
from reference_server.storage.metadata.database import Database, TransactionFailedError
from reference_server.storage.metadata.metadata import Metadata

Answer = TypeVar("Answer")
_BATCH = 128
_WAITING = 1024
_ATTEMPTS = 500
_ATTEMPT_SECONDS = 0.01


class WriterEndedError(Exception):
    """The writer ended although nobody closed it: nothing is written any more."""


@dataclass(slots=True)
class _Pending(Generic[Answer]):
    """A change that waits for its commit, and where its answer goes."""

    change: Callable[[Metadata], Answer]
    answer: asyncio.Future[Answer]
    long: bool
    outcome: Answer | None = None
    refusal: BaseException | None = None


class Writer:
    """Runs changes in groups; a change is undone alone when it raises.

    A change is a function of the metadata, which it alone uses while it runs. What it returns answers `submit` once it
    is on stable storage. A future that is cancelled before its change has begun withdraws it.
    """

    def __init__(self, database: Database, release_reserve: Callable[[], bool] = lambda: False) -> None:
        """Write to `database`; `release_reserve` makes room on its file system, and returns whether it could."""
        self._database = database
        self._release_reserve = release_reserve
        self._metadata = Metadata(database)
        self._waiting: collections.deque[_Pending[Any]] = collections.deque()
        self._group: list[_Pending[Any]] = []
        self._arrived = asyncio.Event()
        self._closing = False
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="commit")
        self._running = asyncio.create_task(self._run(), name="metadata writer")
        self._running.add_done_callback(self._note_end)
        self.commits = 0
        self.commit_seconds = 0.0
        """How many transactions were committed, and how long their commits took together."""
        self.ended = asyncio.Event()
        """Set when the writer has ended although nobody closed it."""

    @property
    def waiting(self) -> int:
        """How many changes wait for their turn."""
        return len(self._waiting)

    def submit(
        self, change: Callable[[Metadata], Answer], *, long: bool = False, unlimited: bool = False
    ) -> asyncio.Future[Answer]:
        """Queue a change and return the future of its answer.

        Raise OVERLOADED when too many wait, unless the change is `unlimited` because something else bounds it.
        """
        if self._closing:
            raise RuntimeError("the writer is closed")
        if self.ended.is_set():
            raise WriterEndedError
        if not unlimited and len(self._waiting) >= _WAITING:
            raise Failure(Reason.OVERLOADED, "too many changes wait to be written", retry_after_seconds="1")
        answer: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._waiting.append(_Pending(change, answer, long))
        self._arrived.set()
        return answer

    async def close(self) -> None:
        """Write what waits, then stop."""
        self._closing = True
        self._arrived.set()
        await asyncio.gather(self._running, return_exceptions=True)
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

    def _note_end(self, running: asyncio.Task[None]) -> None:
        """Refuse what waits, and say so, when the writer ended for a reason that nobody foresaw."""
        error = asyncio.CancelledError() if running.cancelled() else running.exception()
        if error is None:
            return
        structlog.get_logger().critical("the metadata writer ended", exc_info=error)
        self.ended.set()
        _answer([*self._group, *self._waiting], WriterEndedError())
        self._waiting.clear()

    async def _write_group(self) -> None:
        """Write the changes that wait, or refuse them together; with the reserve released when there is no room."""
        self._group = []
        broken = await self._try_group()
        refusals = [broken, *(pending.refusal for pending in self._group)]
        if any(map(_is_full, refusals)) and self._release_reserve():
            broken = await self._try_group()
        _answer(self._group, broken)

    async def _try_group(self) -> BaseException | None:
        """Run and commit the group, taking one first if need be; return what broke it as a whole."""
        loop = asyncio.get_running_loop()
        try:
            await self._begin()
            self._group = self._group or self._take()
            if self._group and self._group[0].long:
                await loop.run_in_executor(self._thread, self._apply)
            else:
                self._apply()
            begun = loop.time()
            await loop.run_in_executor(self._thread, self._database.commit)
            self.commits += 1
            self.commit_seconds += loop.time() - begun
            reached(CrashPoint.STORAGE_TRANSACTION_COMMITTED)
        except (TransactionFailedError, Failure) as error:
            self._group = self._group or self._take()
            self._database.roll_back()
            return self._explained(error)
        return None

    async def _begin(self) -> None:
        """Begin a transaction; another program may hold the metadata for a moment, and the event loop goes on."""
        for _ in range(_ATTEMPTS):
            if self._database.begin():
                return
            await asyncio.sleep(_ATTEMPT_SECONDS)
        structlog.get_logger().warning("another program holds the metadata", seconds=_ATTEMPTS * _ATTEMPT_SECONDS)
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

    def _apply(self) -> None:
        """Run the changes of the group. What one raises is its refusal, unless it ended the whole transaction."""
        for pending in self._group:
            pending.refusal = None
            try:
                pending.outcome = self._database.attempt(functools.partial(pending.change, self._metadata))
            except TransactionFailedError:
                raise
            except Exception as error:
                pending.refusal = self._explained(error)

    def _explained(self, refusal: BaseException) -> BaseException:
        """Return VOLUME_FULL or DATA_UNUSABLE where that is what the database met."""
        cause: BaseException | None = refusal
        while cause is not None:
            if self._database.reports_full_volume(cause):
                return Failure(Reason.VOLUME_FULL, "the volume has no room for the metadata")
            if self._database.reports_unusable_file(cause):
                return Failure(Reason.DATA_UNUSABLE, f"the metadata cannot be used: {cause}")
            cause = cause.__cause__ or cause.__context__
        return refusal


def _is_full(refusal: BaseException | None) -> bool:
    return isinstance(refusal, Failure) and refusal.reason == Reason.VOLUME_FULL


def _answer(group: list[_Pending[Any]], broken: BaseException | None) -> None:
    """Answer every change of a group that nobody gave up meanwhile."""
    for pending in group:
        if pending.answer.done():
            continue
        refusal = pending.refusal if broken is None else broken
        if refusal is None:
            pending.answer.set_result(pending.outcome)
        else:
            pending.answer.set_exception(refusal)
