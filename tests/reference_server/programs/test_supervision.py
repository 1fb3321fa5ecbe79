"""One process that is kept alive: small programs stand in for the server's."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, MutableMapping, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
import structlog

from reference_server.contract.limits import METRICS_FOLDER_VARIABLE
from reference_server.programs import children
from reference_server.programs.backoff import RestartLimits
from reference_server.programs.children import ChildSettings
from reference_server.programs.refusals import ServiceEndedError, SilentExitError, StartRefusedError
from reference_server.programs.restart_metrics import RestartMetrics
from reference_server.programs.supervision import SupervisedProcess
from tests.support.polling import eventually

PATIENCE_SECONDS = 30
QUICKLY = RestartLimits(first_pause=0.01, longest_pause=0.05, short_life=60, most_short_lives=3)
ALWAYS = RestartLimits(first_pause=0.01, longest_pause=0.05, short_life=0, most_short_lives=1)

# Notes its process in a file, and sends the notices that it is told, each after a pause where there is one.
PROGRAM = """
import os, pathlib, socket, sys, time
lives = pathlib.Path(os.environ["LIVES"])
with lives.open("a") as file:
    print(os.getpid(), file=file)
sender = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
sender.connect(os.environ["NOTIFY_SOCKET"])
"""
SERVE = "sender.send(b'READY=1')\n"
BEAT = "while True:\n    sender.send(b'WATCHDOG=1')\n    time.sleep(0.1)\n"
FALL_SILENT = "time.sleep(1000)\n"

Supervised = Callable[..., SupervisedProcess]


class RecordedMetrics(RestartMetrics):
    def __init__(self) -> None:
        self.counted: list[tuple[str, str]] = []
        self.forgotten: list[int] = []

    def count(self, program: str, cause: str) -> None:
        self.counted.append((program, cause))

    def forget(self, pid: int) -> None:
        self.forgotten.append(pid)


@pytest.fixture
def metrics() -> RecordedMetrics:
    return RecordedMetrics()


@pytest.fixture
def lives(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("LIVES", str(tmp_path / "lives"))
    return tmp_path / "lives"


@pytest.fixture
def supervised(tmp_path: Path, lives: Path, metrics: RecordedMetrics, monkeypatch: pytest.MonkeyPatch) -> Supervised:
    """Make a process that runs a text after the notes of its life."""

    def make(
        text: str, *, established: bool, limits: RestartLimits = QUICKLY, beat_seconds: int = 0
    ) -> SupervisedProcess:
        monkeypatch.setattr(children, "COMMAND", (sys.executable, "-c", PROGRAM + text))
        event = asyncio.Event()
        if established:
            event.set()
        settings = ChildSettings("toy", ["toyprogram"], beat_seconds=beat_seconds)
        return SupervisedProcess(settings, tmp_path / "notices", established=event, limits=limits, metrics=metrics)

    return make


@asynccontextmanager
async def kept(process: SupervisedProcess) -> AsyncIterator[asyncio.Task[None]]:
    keeping = asyncio.create_task(process.keep())
    try:
        yield keeping
    finally:
        keeping.cancel()
        with suppress(asyncio.CancelledError, Exception):
            await keeping
        await process.stop(PATIENCE_SECONDS)


def pids(lives: Path) -> list[int]:
    return [int(line) for line in lives.read_text().split()] if lives.exists() else []


async def lived(lives: Path, count: int) -> None:
    """Wait for the start of so many processes."""
    await asyncio.to_thread(eventually, lambda: len(pids(lives)) == count, what=f"there are not {count} lives")


def told(log: Sequence[MutableMapping[str, Any]], event: str) -> list[MutableMapping[str, Any]]:
    return [line for line in log if line["event"] == event]


async def soon(awaitable: Awaitable[object]) -> None:
    async with asyncio.timeout(PATIENCE_SECONDS):
        await awaitable


async def test_a_process_that_ends_is_started_again_counted_and_logged(
    supervised: Supervised, lives: Path, metrics: RecordedMetrics
) -> None:
    process = supervised(SERVE + FALL_SILENT, established=True)
    with structlog.testing.capture_logs() as log:
        async with kept(process):
            await soon(process.ready.wait())
            os.kill(pids(lives)[0], signal.SIGKILL)
            await lived(lives, 2)
            await asyncio.to_thread(eventually, lambda: told(log, "a process serves again"), what="that is not logged")
    assert metrics.counted == [("toyprogram", "ended")]
    assert metrics.forgotten == pids(lives)[:1]
    (line,) = told(log, "a process ended and is started again")
    assert (line["process"], line["how"], line["log_level"]) == ("toy", "signal 9", "warning")


async def test_a_process_that_hangs_is_killed_and_started_again(
    supervised: Supervised, lives: Path, metrics: RecordedMetrics
) -> None:
    process = supervised(SERVE + FALL_SILENT, established=True, limits=ALWAYS, beat_seconds=1)
    async with kept(process):
        await lived(lives, 2)
        with pytest.raises(ProcessLookupError):
            os.kill(pids(lives)[0], 0)
    assert metrics.counted[0] == ("toyprogram", "hung")


async def test_a_process_that_beats_is_left_alone_until_it_is_stopped(supervised: Supervised, lives: Path) -> None:
    process = supervised(SERVE + BEAT, established=True, limits=ALWAYS, beat_seconds=2)
    async with kept(process):
        await soon(process.ready.wait())
        await asyncio.sleep(3)
        assert len(pids(lives)) == 1
        os.kill(pids(lives)[0], signal.SIGSTOP)
        await lived(lives, 2)


async def test_a_process_that_has_yet_to_serve_may_take_its_time(supervised: Supervised, lives: Path) -> None:
    process = supervised("time.sleep(2)\n" + SERVE + BEAT, established=True, limits=ALWAYS, beat_seconds=1)
    async with kept(process):
        await soon(process.ready.wait())
    assert len(pids(lives)) == 1


async def test_a_process_that_cannot_live_is_given_up_with_a_sentence(supervised: Supervised, lives: Path) -> None:
    process = supervised("sys.exit(7)", established=True)
    with pytest.raises(ServiceEndedError, match="the toy process ended again and again, at last with exit code 7"):
        await soon(process.keep())
    assert len(pids(lives)) == QUICKLY.most_short_lives


async def test_a_process_that_refuses_to_start_is_not_started_again(supervised: Supervised, lives: Path) -> None:
    with pytest.raises(SilentExitError) as ended:
        await soon(supervised("sys.exit(7)", established=False).keep())
    assert ended.value.code == 7
    assert len(pids(lives)) == 1


@pytest.mark.parametrize(("text", "how"), [("os.kill(os.getpid(), 9)", "signal 9"), ("sys.exit(0)", "exit code 0")])
async def test_a_process_that_ends_in_the_servers_start_ends_it_with_a_sentence(
    supervised: Supervised, text: str, how: str
) -> None:
    with pytest.raises(StartRefusedError, match=f"the toy process ended unexpectedly .{how}."):
        await soon(supervised(text, established=False).keep())


async def test_a_process_that_does_not_stop_is_killed(supervised: Supervised, lives: Path) -> None:
    ignoring = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
    process = supervised(ignoring + SERVE + FALL_SILENT, established=True)
    async with kept(process) as keeping:
        await soon(process.ready.wait())
        keeping.cancel()
        await asyncio.wait([keeping])
        assert not await process.stop(0.1)
        with pytest.raises(ProcessLookupError):
            os.kill(pids(lives)[0], 0)


def test_restarts_are_counted_in_the_folder_that_the_front_ends_report(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(METRICS_FOLDER_VARIABLE, "elsewhere")
    under_way, done = tmp_path / "gauge_livesum_77.db", tmp_path / "counter_77.db"
    under_way.touch()
    done.touch()
    RestartMetrics(tmp_path).forget(77)
    assert os.environ[METRICS_FOLDER_VARIABLE] == str(tmp_path)
    assert (under_way.exists(), done.exists()) == (False, True)
