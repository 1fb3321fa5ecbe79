"""What a server under load wrote, synced and renamed, in the order of the system's calls, and what it acknowledged."""

from __future__ import annotations

import random
import re
import shutil
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.fault_table.server import FaultyServer
from tests.fault_table.setting import Setting
from tests.fault_table.system import traced

_CALLS = "openat,write,pwrite64,fdatasync,fsync,/^rename,/^mkdir,/^unlink,ftruncate"
_LARGEST_BYTES = 4 << 20  # of one write; larger ones would be cut in the record
_CLIENTS = 4
_BOTH = re.compile(r"(\d+) +(\d+\.\d+) (.*)", re.DOTALL)
_UNFINISHED = " <unfinished ...>"
_RESUMED = re.compile(r"<\.\.\. (\w+) resumed>(.*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Call:
    """A call of the system that succeeded: when it was seen, its name, and strace's text of its arguments."""

    at: float
    name: str
    arguments: str


@dataclass(frozen=True, slots=True)
class Promise:
    """An answer: from then on a file is there with this SHA-256, or is gone.

    It is not kept any more from when its deletion is asked for, until that is answered.
    """

    at: float
    path: str
    sha256: str | None = None
    kept: bool = True


@dataclass(slots=True)
class Recording:
    """A data directory as it was before, all calls that changed it, and all answers."""

    before: Path
    folder: Path
    calls: list[Call] = field(default_factory=list)
    promises: list[Promise] = field(default_factory=list)

    @property
    def acknowledged(self) -> int:
        """How many changes were acknowledged."""
        return sum(promise.kept for promise in self.promises)


def record(folder: Path, publications: int, seed: str, carrier: str) -> Recording:
    """Record a server that takes publications and deletions from several clients, and is stopped then."""
    server = FaultyServer(folder, Setting(arguments=("--carrier", carrier)))
    server.start()
    try:
        server.furnish()
        server.stop()  # all is synced then, and nothing under way
        recording = Recording(folder / "before", server.data)
        server.start()
        with _attached(server, folder / "trace"):
            shutil.copytree(server.data, recording.before)
            _load(server, recording, publications, seed)
            server.stop()
    finally:
        server.stop()
    recording.calls = read_trace(folder / "trace")
    return recording


@contextmanager
def _attached(server: FaultyServer, trace: Path) -> Iterator[None]:
    """Record the calls of storage and front end."""
    options = ["-y", "-xx", "-s", str(_LARGEST_BYTES), "-ttt", "-o", str(trace), "-e", f"trace={_CALLS}"]
    with traced([server.pid("storage"), server.pid("frontend")], *options):
        yield


def _load(server: FaultyServer, recording: Recording, publications: int, seed: str) -> None:
    """Publish small and large files, some with content that is there, and delete some; note each answer."""
    clients = [
        threading.Thread(
            target=_act, args=(server, recording, publications // _CLIENTS, random.Random(f"{seed} {number}"))
        )
        for number in range(_CLIENTS)
    ]
    for client in clients:
        client.start()
    for client in clients:
        client.join()


def _act(server: FaultyServer, recording: Recording, publications: int, chance: random.Random) -> None:
    """Be one client."""
    same = chance.randbytes(100_000)
    own: list[str] = []
    for _ in range(publications):
        content = same if chance.random() < 0.2 else chance.randbytes(chance.choice([100, 20_000, 70_000, 150_000]))
        path = server.new_path()
        if server.put_content(content, path) == "201":
            recording.promises.append(Promise(time.time(), path, server.acknowledged[path]))
            own.append(path)
        if own and chance.random() < 0.25:
            gone = own.pop(chance.randrange(len(own)))
            recording.promises.append(Promise(time.time(), gone, kept=False))
            if server.delete(gone) == "204":
                recording.promises.append(Promise(time.time(), gone))


def read_trace(trace: Path) -> list[Call]:
    """Return the calls that succeeded, in the order in which they ended."""
    begun: dict[str, str] = {}
    calls = []
    for line in trace.read_text().splitlines():
        if (parts := _BOTH.fullmatch(line)) is None:
            continue
        process, at, text = parts.groups()
        if text.endswith(_UNFINISHED):
            begun[process] = text.removesuffix(_UNFINISHED)
            continue
        if (resumed := _RESUMED.fullmatch(text)) is not None:
            text = begun.pop(process, "") + resumed[2]
        if (call := _call(float(at), text)) is not None:
            calls.append(call)
    return calls


def _call(at: float, text: str) -> Call | None:
    """Read one whole call; None for one that failed, and for what is none."""
    name, bracket, rest = text.partition("(")
    arguments, equals, result = rest.rpartition(" = ")
    if not bracket or not equals or result.startswith(("-", "?")):
        return None
    return Call(at, name, arguments.rstrip().removesuffix(")"))
