"""1 KiB up and down: the reference server beside itself with one part replaced (variants.py)."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from tests.bench.conftest import ROUNDS, describe
from tests.bench.load import load
from tests.bench.peers import Peer, reference_server
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
    content = place / "content"
    content.write_bytes(bytes(SIZE))
    with ExitStack() as stack:
        started = {}
        for variant in VARIANTS:
            folder = place / (variant or "as-it-is")
            folder.mkdir()
            server = started[variant] = stack.enter_context(reference_server(folder, variant=variant))
            stored = [server.put(f"stored-{name}", "") for name in range(STORED)]
            load(folder / "stored", "PUT", stored, content).run()
        yield started


@pytest.mark.parametrize(("connections", "number", "variant"), TURNS)
def test_download(
    benchmark: BenchmarkFixture, peers: dict[str, Peer], connections: int, number: int, variant: str
) -> None:
    """Read from 1,000 files for 3 seconds."""
    describe(benchmark, f"1 KiB GET, {connections} connections", peers[variant], number, "requests/s")
    measure(benchmark, connections, "GET", peers[variant], "stored-", names=STORED, size=0)


@pytest.mark.parametrize(("connections", "number", "variant"), TURNS)
def test_upload(
    benchmark: BenchmarkFixture, peers: dict[str, Peer], connections: int, number: int, variant: str
) -> None:
    """Store files under names of their own for 3 seconds."""
    describe(benchmark, f"1 KiB PUT, {connections} connections", peers[variant], number, "requests/s")
    measure(benchmark, connections, "PUT", peers[variant], f"file-{connections}-{number}-", names=0, size=SIZE)


def measure(
    benchmark: BenchmarkFixture, connections: int, method: str, peer: Peer, name: str, names: int, size: int
) -> None:
    """Send requests, and tell the report what came of them."""
    before = peer.processor_seconds()
    measured: Steady = benchmark.pedantic(
        steady,
        args=(method, peer.get(name, "")),
        kwargs={"names": names, "size": size, "connections": connections, "seconds": SECONDS},
        rounds=1,
    )
    taken = peer.processor_seconds() - before
    benchmark.extra_info |= {
        "amount": measured.requests,
        "p99": measured.p99,
        "processor": taken / measured.requests * 1e6,
    }
