"""One place in the server, such as the storage's, and the process that is kept alive in it."""

from __future__ import annotations

import asyncio
import random
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

import structlog

from reference_server.programs.backoff import Backoff, RestartLimits
from reference_server.programs.children import Child, ChildSettings
from reference_server.programs.notifications import BEATS_EACH_TIME
from reference_server.programs.refusals import ServiceEndedError, SilentExitError, StartRefusedError
from reference_server.programs.restart_metrics import Cause, RestartMetrics


@dataclass(frozen=True, slots=True)
class _End:
    """How a process ended, in words and as an exit code, after how many seconds."""

    cause: Cause
    how: str
    code: int
    lived_seconds: float


class SupervisedProcess:
    """Starts a process, and again whenever it ends or hangs, until `stop`.

    Until `established` is set an end is final: what does not start would not start the next time either. `ready` is
    set when the process serves for the first time.
    """

    def __init__(
        self,
        settings: ChildSettings,
        notice_path: Path,
        *,
        established: asyncio.Event,
        limits: RestartLimits,
        metrics: RestartMetrics,
        chance: random.Random | None = None,
    ) -> None:
        self.ready = asyncio.Event()
        self._settings = settings
        self._notice_path = notice_path
        self._established = established
        self._backoff = Backoff(limits, chance or random.Random())  # noqa: S311 -- spreads restarts, hides nothing
        self._metrics = metrics
        self._child: Child | None = None

    async def keep(self) -> NoReturn:
        """Keep the process alive until cancelled.

        Raise StartRefusedError, or SilentExitError if the process has said why, when it ends before `established`;
        ServiceEndedError when it ended too often.
        """
        while True:
            end = await self._live()
            if not self._established.is_set():
                self._refuse(end)
            pause = self._backoff.pause_after(end.lived_seconds)
            if pause is None:
                raise ServiceEndedError(
                    f"the {self._settings.name} process ended again and again, at last with {end.how}: "
                    "see the log lines before this"
                )
            structlog.get_logger().warning(
                "a process ended and is started again",
                process=self._settings.name,
                how=end.how,
                lived_seconds=round(end.lived_seconds, 1),
                pause_seconds=round(pause, 2),
            )
            await asyncio.sleep(pause)
            self._metrics.count(self._settings.arguments[0], end.cause)

    async def stop(self, seconds: float) -> bool:
        """Ask the process to stop, and kill it when that takes longer; return whether it stopped by itself."""
        return self._child is None or await self._child.stop(seconds)

    async def _live(self) -> _End:
        """Start the process and wait for its end."""
        loop = asyncio.get_running_loop()
        began = loop.time()
        child = self._child = await Child.start(self._settings, self._notice_path)
        ended = asyncio.create_task(child.ended())
        serving = asyncio.create_task(self._note_ready(child))
        hung = asyncio.create_task(_hung(child, self._settings.beat_seconds))
        try:
            await asyncio.wait([ended, hung], return_when=asyncio.FIRST_COMPLETED)
            cause: Cause = "ended" if ended.done() else "hung"
            if cause == "hung":
                structlog.get_logger().warning("a process hangs and is killed", process=self._settings.name)
                child.kill()
            code = await ended
        finally:
            for task in (ended, serving, hung):
                task.cancel()
        self._child = None
        self._metrics.forget(child.pid)
        how = f"no sign of life for {self._settings.beat_seconds} s" if cause == "hung" else _ending(code)
        return _End(cause, how, code, loop.time() - began)

    async def _note_ready(self, child: Child) -> None:
        await child.ready.wait()
        if self.ready.is_set():
            structlog.get_logger().info("a process serves again", process=self._settings.name)
        self.ready.set()

    def _refuse(self, end: _End) -> NoReturn:
        """Raise why the server does not start."""
        if end.code > 0:
            raise SilentExitError(end.code)
        raise StartRefusedError(
            f"the {self._settings.name} process ended unexpectedly ({end.how}): see the log lines before this"
        )


async def _hung(child: Child, beat_seconds: int) -> None:
    """Wait until a child that serves has sent no beat for so long; for ever when it is to send none.

    Counted are the supervisor's own looks, not time: when the whole machine was asleep nobody hangs.
    """
    await (child.ready if beat_seconds else asyncio.Event()).wait()
    silent = 0
    while silent < BEATS_EACH_TIME:
        before = child.beats
        await asyncio.sleep(beat_seconds / BEATS_EACH_TIME)
        silent = 0 if child.beats > before else silent + 1


def _ending(code: int) -> str:
    """Return how a process ended, in words."""
    return f"signal {-code}" if code < 0 else f"exit code {code}"
