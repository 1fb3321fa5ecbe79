"""The process of the ordinary clients: what they publish, download and list, and how long each request takes."""

from __future__ import annotations

import asyncio
import multiprocessing
import random
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field

KIB = 1024
SMALL_BYTES = 4 * KIB
LARGE_BYTES = 256 * KIB
CLIENTS = 16

_context = multiprocessing.get_context("spawn")
_PAUSE_SECONDS = 0.05  # of each client between two requests, on average
_PATIENCE_SECONDS = 30.0
_EACH_NEW = 4  # every fourth client makes a connection for each request
_NAMES = 20
_HEAD_BYTES = 64 * KIB


@dataclass(frozen=True, slots=True)
class Ordinary:
    """Where the clients work: a port of this host, a project, and a token for each client."""

    port: int
    project: int
    tokens: Sequence[str]


@dataclass(slots=True)
class Measured:
    """How many seconds each request took, and a sentence for each that did not end as it should."""

    seconds: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def percentile(self, share: float) -> float:
        """Return how many milliseconds a share of the requests took at most."""
        ordered = sorted(self.seconds)
        return 1000 * ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def measured(ordinary: Ordinary, seconds: float, seed: str) -> Measured:
    """Have all clients work for some seconds, in a process of their own."""
    with ProcessPoolExecutor(1, mp_context=_context) as processes:
        return processes.submit(_measure, ordinary, seconds, seed).result()


def _measure(ordinary: Ordinary, seconds: float, seed: str) -> Measured:
    return asyncio.run(_work(ordinary, seconds, seed))


async def _work(ordinary: Ordinary, seconds: float, seed: str) -> Measured:
    result = Measured()
    clients = [Client(ordinary, number, random.Random(f"{seed} {number}"), result) for number in range(CLIENTS)]
    await asyncio.gather(*(client.work(seconds) for client in clients))
    return result


class Client:
    """One client, with a package of its own."""

    def __init__(self, ordinary: Ordinary, number: int, chance: random.Random, result: Measured) -> None:
        self._ordinary = ordinary
        self._token = ordinary.tokens[number % len(ordinary.tokens)]
        self._folder = f"/api/v4/projects/{ordinary.project}/packages/generic/client-{number}/1.0"
        self._each_new = number % _EACH_NEW == 0
        self._chance = chance
        self._result = result
        self._small = chance.randbytes(SMALL_BYTES)
        self._large = chance.randbytes(LARGE_BYTES)
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def work(self, seconds: float) -> None:
        """Publish what is downloaded later, and then make requests for some seconds."""
        await self._noted("PUT", f"{self._folder}/large", self._large, 201)
        await self._noted("PUT", f"{self._folder}/small", self._small, 201)
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            await asyncio.sleep(self._chance.expovariate(1 / _PAUSE_SECONDS))
            await self._act()
        self._close()

    async def _act(self) -> None:
        kind = self._chance.random()
        if kind < 0.3:
            name = f"{self._folder}/file-{self._chance.randrange(_NAMES)}"
            await self._noted("PUT", name, self._small, 201)
        elif kind < 0.7:
            await self._noted("GET", f"{self._folder}/small", None, 200, self._small)
        elif kind < 0.8:
            await self._noted("PUT", f"{self._folder}/large", self._large, 201)
        elif kind < 0.9:
            await self._noted("GET", f"{self._folder}/large", None, 200, self._large)
        else:
            await self._noted("GET", f"/api/v4/projects/{self._ordinary.project}/packages", None, 200)

    async def _noted(
        self, method: str, target: str, body: bytes | None, status: int, content: bytes | None = None
    ) -> None:
        """Make a request, and note how long it took and whether it ended as it should."""
        began = time.perf_counter()
        try:
            async with asyncio.timeout(_PATIENCE_SECONDS):
                answered, received = await self._exchange(method, target, body)
        except (OSError, EOFError, ValueError) as error:
            self._result.errors.append(f"{method} {target}: {type(error).__name__} {error}")
            self._close()
            return
        self._result.seconds.append(time.perf_counter() - began)
        if answered != status or (content is not None and received != content):
            self._result.errors.append(f"{method} {target}: {answered} {received[:100]!r}")
        if self._each_new:
            self._close()

    async def _exchange(self, method: str, target: str, body: bytes | None) -> tuple[int, bytes]:
        """Send a request and return the status and the content of its answer."""
        if self._streams is None:
            self._streams = await asyncio.open_connection("127.0.0.1", self._ordinary.port, limit=_HEAD_BYTES)
        reader, writer = self._streams
        length = "" if body is None else f"Content-Length: {len(body)}\r\n"
        head = f"{method} {target} HTTP/1.1\r\nHost: registry\r\nPRIVATE-TOKEN: {self._token}\r\n{length}\r\n"
        writer.write(head.encode() + (body or b""))
        await writer.drain()
        answer = await reader.readuntil(b"\r\n\r\n")
        size = int(answer.lower().partition(b"content-length:")[2].partition(b"\r\n")[0])
        return int(answer[9:12]), await reader.readexactly(size)

    def _close(self) -> None:
        if self._streams is not None:
            self._streams[1].close()
            self._streams = None
