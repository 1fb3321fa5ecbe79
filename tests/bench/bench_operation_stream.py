"""The stream of operations beside a unary call for each operation, at 1, 8, 64 and 256 connections."""

from __future__ import annotations

import dataclasses
import functools
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from tests.bench.conftest import ROUNDS
from tests.bench.load import load
from tests.bench.peers import Peer, ReferenceServer, reference_server, together
from tests.bench.steady import Steady, steady

SIZE = 1024
NAMES = 1_000
SECONDS = 3
CONNECTIONS = (1, 8, 64, 256)
VARIANTS = os.environ.get("TEMPORARY_VARIANTS", "stream,unary,cached").split(",")
TURNS = [
    pytest.param(connections, number, peer, id=f"{connections}-{number}-{peer}")
    for connections in CONNECTIONS
    for number in range(ROUNDS)
    for peer in range(len(VARIANTS))
]


@contextmanager
def unary_calls(folder: Path, variant: str) -> Iterator[ReferenceServer]:
    """Start the reference server with a unary call for each operation."""
    os.environ["TEMPORARY_OPERATIONS"] = "stream" if variant == "stream" else "unary"
    os.environ["TEMPORARY_CACHE"] = "1" if variant == "cached" else ""
    with reference_server(folder) as started:
        yield started if variant == "stream" else dataclasses.replace(started, name=f"reference server, {variant}")


@pytest.fixture(scope="module")
def peers(place: Path) -> Iterator[list[Peer]]:
    """Start both."""
    with together(place, *(functools.partial(unary_calls, variant=variant) for variant in VARIANTS)) as started:
        content = place / "content"
        content.write_bytes(bytes(SIZE))
        for number, peer in enumerate(started):
            stored = [peer.put(f"stored-{name}", "") for name in range(NAMES)]
            load(place / f"prepare-{number}", "PUT", stored, content).run()
        yield started


@pytest.mark.parametrize(("connections", "number", "peer"), TURNS)
@pytest.mark.parametrize("method", ["GET", "PUT"])
def test_small_files(
    benchmark: BenchmarkFixture, peers: list[Peer], method: str, connections: int, number: int, peer: int
) -> None:
    """Read stored files, or store new ones under names of their own, for 3 seconds."""
    server = peers[peer]
    reads = method == "GET"
    first = server.get("stored-", "") if reads else server.put(f"file-{connections}-{number}-", "")
    names, size = (NAMES, 0) if reads else (10_000_000, SIZE)
    benchmark.group = f"1 KiB {method}, {connections} connections"
    benchmark.extra_info = {"peer": server.name, "round": number, "unit": "requests/s"}
    measured: Steady = benchmark.pedantic(
        steady,
        args=(method, first),
        kwargs={"names": names, "size": size, "connections": connections, "seconds": SECONDS},
        rounds=1,
    )
    benchmark.extra_info |= {"amount": measured.requests, "p99": measured.p99}
