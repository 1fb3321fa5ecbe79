"""A storage and its front ends, each a process that may be killed and started again on the data that it left."""

from __future__ import annotations

import multiprocessing
import os
import random
import signal
import sys
import threading
import time
from collections.abc import Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from http import HTTPStatus
from multiprocessing import connection
from multiprocessing.context import ForkServerProcess
from pathlib import Path

from reference_server.contract.crash_points import VARIABLE, CrashPoint
from reference_server.programs.command_line import main
from reference_server.programs.listening import open_sockets
from reference_server.programs.refusals import StartRefusedError
from tests.support.front_end import ROOT_TOKEN, Served

PATIENCE_SECONDS = 60.0
UNASSIGNED_PORTS = range(20_000, 32_000)
CARRIERS = ("auto", "streamed")
"""There is a front end for each carrier."""

_LOADED_ONCE = [
    "reference_server.programs.storage",
    "reference_server.programs.front_end",
    "tests.crash_table.__main__",  # which every process of multiprocessing loads, too
]
_context = multiprocessing.get_context("forkserver")


class HalvesError(Exception):
    """A half does not do what the rounds need; the message says which and what."""


@dataclass(slots=True, eq=False)
class Half:
    """One program with its arguments; `name` is for people."""

    name: str
    arguments: Sequence[str]
    log: Path
    process: ForkServerProcess | None = None

    def start(self) -> None:
        """Start it; its modules are in memory already."""
        self.process = _context.Process(target=_run, args=(self.arguments, str(self.log)), daemon=True)
        self.process.start()

    def kill(self) -> None:
        """End it as a power cut would, but for what the kernel holds."""
        self.running.kill()
        self.running.join()

    def stop(self) -> None:
        """Let it finish what it does, and end. Raise HalvesError when it ends otherwise."""
        self.running.terminate()
        self.running.join(PATIENCE_SECONDS)
        if self.running.exitcode != 0:
            raise HalvesError(f"{self.name} was asked to stop, and ended with {self.running.exitcode}; see {self.log}")

    @property
    def running(self) -> ForkServerProcess:
        """The process that was started last."""
        if self.process is None:
            raise HalvesError(f"{self.name} was never started")
        return self.process


@dataclass(slots=True)
class Halves:
    """The whole server below one folder."""

    folder: Path
    storage: Half = field(init=False)
    front_ends: dict[Half, Served] = field(init=False)

    def __post_init__(self) -> None:
        """Prepare everything, and start nothing."""
        token = self.folder / "token"
        token.touch(0o600)
        token.write_text(ROOT_TOKEN, encoding="ascii")
        address = f"unix:{self.folder / 'socket'}"
        arguments = ["storage", "--data", str(self.data), "--listen", address, "--root-token-file", str(token)]
        # Nothing is left in the trash, so that what the sweep missed shows.
        self.storage = Half("storage", [*arguments, "--trash-days", "0"], self.folder / "storage.log")
        self.front_ends = {}
        for carrier in CARRIERS:
            port = _free_port({served.port for served in self.front_ends.values()})
            arguments = ["frontend", "--storage", address, "--port", str(port), "--carrier", carrier]
            half = Half(f"front end ({carrier})", arguments, self.folder / f"{carrier}.log")
            self.front_ends[half] = Served(port)

    @property
    def data(self) -> Path:
        """The data directory."""
        return self.folder / "data"

    @property
    def all(self) -> list[Half]:
        """Every half."""
        return [self.storage, *self.front_ends]

    @property
    def served(self) -> list[Served]:
        """Where the front ends serve."""
        return list(self.front_ends.values())

    @property
    def _crash_file(self) -> Path:
        return Path(os.environ[VARIABLE])

    def start(self) -> None:
        """Start every half; the file that arms crash points is below the folder from here on."""
        os.environ[VARIABLE] = str(self.folder / "crash")
        _context.set_forkserver_preload(_LOADED_ONCE)
        for half in self.all:
            half.start()

    def kill(self) -> None:
        """Kill whatever runs."""
        for half in self.all:
            if half.process is not None:
                half.kill()

    def arm(self, point: CrashPoint, time_: int, round_: int) -> None:
        """Have the half that reaches a point for the so-many-th time from now on die there."""
        fresh = self._crash_file.with_suffix(".new")
        fresh.write_text(f"{point} {time_} {round_}", encoding="ascii")
        fresh.replace(self._crash_file)

    def disarm(self) -> bool:
        """Have nobody die any more; return whether somebody was still to die."""
        try:
            self._crash_file.unlink()
        except FileNotFoundError:
            return False
        return True

    def await_death(self, seconds: float) -> Half | None:
        """Wait until a half dies, and return it; None when none does."""
        by_sentinel = {half.running.sentinel: half for half in self.all}
        died = connection.wait(list(by_sentinel), seconds)
        if not died:
            return None
        half = by_sentinel[int(str(died[0]))]
        half.running.join()
        if half.running.exitcode != -signal.SIGKILL:
            raise HalvesError(f"{half.name} ended by itself with {half.running.exitcode}; see {half.log}")
        return half

    def await_service(self, target: str) -> None:
        """Wait until every front end answers, whatever the storage says. Raise HalvesError if one does not in time."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        for half, served in self.front_ends.items():
            while not _answers(served, target):
                if half.running.exitcode is not None:
                    raise HalvesError(f"{half.name} ended by itself with {half.running.exitcode}; see {half.log}")
                if time.monotonic() > deadline:
                    raise HalvesError(f"{half.name} does not serve; see {half.log} and {self.storage.log}")
                time.sleep(0.01)


def _free_port(others: Collection[int]) -> int:
    """Return a free port that nobody is given who asks for any: a front end that was killed must have it again."""
    while True:
        port = random.choice(UNASSIGNED_PORTS)
        if port in others:
            continue
        with suppress(StartRefusedError):
            open_sockets("127.0.0.1", port, 1)[0].close()
            return port


def _answers(served: Served, target: str) -> bool:
    try:
        return served.send("GET", target).status != HTTPStatus.SERVICE_UNAVAILABLE
    except OSError:
        return False


def _run(arguments: Sequence[str], log: str) -> None:
    """Run one of the server's programs in a fresh process, with its output in the log."""
    descriptor = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.dup2(descriptor, sys.stdout.fileno())
    os.dup2(descriptor, sys.stderr.fileno())
    threading.Thread(target=_end_with_parent, daemon=True).start()
    sys.exit(main(arguments))


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os.kill(os.getpid(), signal.SIGKILL)
