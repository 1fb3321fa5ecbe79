"""256 MiB up and down: the reference server, over both carriers, beside nginx and docker-registry."""

import functools
import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from tests.bench.conftest import ROUNDS, describe
from tests.bench.peers import Peer, docker_registry, nginx, reference_server, together
from tests.bench.transfers import download, upload

SIZE = 256 << 20
PEERS = 4
TURNS = [pytest.param(number, peer, id=f"{number}-{peer}") for number in range(ROUNDS) for peer in range(PEERS)]


@pytest.fixture(scope="module")
def peers(place: Path) -> Iterator[list[Peer]]:
    streamed = functools.partial(reference_server, carrier="streamed")
    with together(place, reference_server, streamed, nginx, docker_registry) as started:
        yield started


@pytest.fixture(scope="module")
def source(place: Path) -> Path:
    path = place / "source"
    with path.open("wb") as content:
        for _ in range(SIZE >> 20):
            content.write(os.urandom(1 << 20))
    return path


def renew(source: Path) -> str:
    """Make the content one that no server has seen, and return its SHA-256: known content is stored for nothing."""
    with source.open("r+b") as content:
        content.write(os.urandom(64))
        content.seek(0)
        return hashlib.file_digest(content, "sha256").hexdigest()


@pytest.mark.parametrize(("number", "peer"), TURNS)
def test_upload(benchmark: BenchmarkFixture, peers: list[Peer], source: Path, number: int, peer: int) -> None:
    """Store a file of 256 MiB that is new to the server, and check what it stored."""
    server = peers[peer]
    describe(benchmark, "256 MiB PUT", server, number, "MB/s", SIZE / 1e6)
    digest = renew(source)
    request = server.put(f"file-{number}", digest)
    benchmark.pedantic(upload, args=(request, source), rounds=1)
    download(server.get(f"file-{number}", digest), verify=digest)


@pytest.mark.parametrize(("number", "peer"), TURNS)
def test_download(benchmark: BenchmarkFixture, peers: list[Peer], source: Path, number: int, peer: int) -> None:
    """Read a file of 256 MiB that the server has just stored."""
    server = peers[peer]
    describe(benchmark, "256 MiB GET", server, number, "MB/s", SIZE / 1e6)
    digest = renew(source)
    upload(server.put(f"file-get-{number}", digest), source)
    request = server.get(f"file-get-{number}", digest)
    download(request, verify=digest)
    assert benchmark.pedantic(download, args=(request,), rounds=1) == SIZE
