"""1 KiB up and down over 8 connections: the reference server beside SeaweedFS S3."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from tests.bench.conftest import ROUNDS, describe
from tests.bench.load import load
from tests.bench.peers import Peer, reference_server, seaweed_s3, together

SIZE = 1024
UPLOADS = 5_000
DOWNLOADS = 20_000
PEERS = 2
TURNS = [pytest.param(number, peer, id=f"{number}-{peer}") for number in range(ROUNDS) for peer in range(PEERS)]


@pytest.fixture(scope="module")
def peers(place: Path) -> Iterator[list[Peer]]:
    with together(place, reference_server, seaweed_s3) as started:
        yield started


@pytest.fixture(scope="module")
def content(place: Path) -> Path:
    path = place / "content"
    path.write_bytes(bytes(number % 251 for number in range(SIZE)))
    return path


def digest_of(content: Path) -> str:
    return hashlib.sha256(content.read_bytes()).hexdigest()


@pytest.mark.parametrize(("number", "peer"), TURNS)
def test_upload(
    benchmark: BenchmarkFixture, peers: list[Peer], place: Path, content: Path, number: int, peer: int
) -> None:
    """Store 5,000 files of 1 KiB under names of their own."""
    server = peers[peer]
    describe(benchmark, "1 KiB PUT, 8 connections", server, number, "requests/s", UPLOADS)
    requests = [server.put(f"file-{number}-{index}", digest_of(content)) for index in range(UPLOADS)]
    uploads = load(place / f"put-{number}-{peer}", "PUT", requests, content)
    benchmark.pedantic(uploads.run, rounds=1)


@pytest.mark.parametrize(("number", "peer"), TURNS)
def test_download(
    benchmark: BenchmarkFixture, peers: list[Peer], place: Path, content: Path, number: int, peer: int
) -> None:
    """Read 20,000 times from 1,000 files of 1 KiB."""
    server = peers[peer]
    describe(benchmark, "1 KiB GET, 8 connections", server, number, "requests/s", DOWNLOADS)
    names = [f"file-get-{index}" for index in range(1_000)]
    if number == 0:
        load(place / f"prepare-{peer}", "PUT", [server.put(name, digest_of(content)) for name in names], content).run()
    requests = [server.get(name, digest_of(content)) for name in names] * (DOWNLOADS // len(names))
    downloads = load(place / f"get-{number}-{peer}", "GET", requests)
    benchmark.pedantic(downloads.run, rounds=1)
