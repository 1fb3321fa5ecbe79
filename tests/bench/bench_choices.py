"""1 KiB up and down: the reference server beside itself with one part replaced (variants.py)."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from tests.bench.conftest import ROUNDS
from tests.bench.load import load
from tests.bench.peers import Peer, reference_server, together
from tests.bench.steady import Steady, steady

SIZE = 1024
STORED = 1_000
SECONDS = 3
VARIANTS = ["", "unary-calls", "asyncio-loop"]
CONNECTIONS = {"": (1, 8, 64, 256), "unary-calls": (1, 8, 64, 256), "asyncio-loop": (8, 64)}
TURNS = [
    pytest.param(connections, number, variant, id=f"{connections}-{number}-{variant or 'as-it-is'}")
    for connections in CONNECTIONS[""]
    for number in range(ROUNDS)
    for variant in VARIANTS
    if connections in CONNECTIONS[variant]
]


@pytest.fixture(scope="module")
def peers(place: Path) -> Iterator[dict[str, Peer]]:
    """Start every variant, with the files that are read."""
    content = place / "content"
    content.write_bytes(bytes(SIZE))
    with together(place, *(functools.partial(reference_server, variant=variant) for variant in VARIANTS)) as started:
        for number, peer in enumerate(started):
            stored = [peer.put(f"stored-{name}", "") for name in range(STORED)]
            load(place / f"prepare-{number}", "PUT", stored, content).run()
        yield dict(zip(VARIANTS, started, strict=True))


@pytest.mark.parametrize(("connections", "number", "variant"), TURNS)
def test_download(
    benchmark: BenchmarkFixture, peers: dict[str, Peer], connections: int, number: int, variant: str
) -> None:
    """Read from 1,000 files for 3 seconds."""
    describe(benchmark, f"1 KiB GET, {connections} connections", peers[variant], number)
    measure(benchmark, connections, "GET", peers[variant], "stored-", names=STORED)


@pytest.mark.parametrize(("connections", "number", "variant"), TURNS)
def test_upload(
    benchmark: BenchmarkFixture, peers: dict[str, Peer], connections: int, number: int, variant: str
) -> None:
    """Store files under names of their own for 3 seconds."""
    describe(benchmark, f"1 KiB PUT, {connections} connections", peers[variant], number)
    measure(benchmark, connections, "PUT", peers[variant], f"file-{connections}-{number}-", size=SIZE)


def describe(benchmark: BenchmarkFixture, group: str, peer: Peer, number: int) -> None:
    """Tell the report what is measured."""
    benchmark.group = group
    benchmark.extra_info = {"peer": peer.name, "round": number, "unit": "requests/s"}


def measure(
    benchmark: BenchmarkFixture,
    connections: int,
    method: str,
    peer: Peer,
    prefix: str,
    *,
    names: int = 0,
    size: int = 0,
) -> None:
    """Send requests, and tell the report how many were answered and how late the slowest hundredth was."""
    measured: Steady = benchmark.pedantic(
        steady,
        args=(method, peer.get(prefix, "")),
        kwargs={"names": names, "size": size, "connections": connections, "seconds": SECONDS},
        rounds=1,
    )
    benchmark.extra_info |= {"amount": measured.requests, "p99": measured.p99}
