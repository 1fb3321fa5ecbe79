"""Files far larger than memory may hold, and many transfers at once; memory stays flat."""

import hashlib
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support.server_process import Registry, running_registry

GIB = 1 << 30
PIECE = 1 << 20
MOST_RESIDENT_BYTES = 150 << 20

pytestmark = pytest.mark.slow


@dataclass(frozen=True, slots=True)
class Pattern:
    """Content of any size that is made while it is sent and checked while it is read: one MiB, numbered, repeated."""

    seed: int
    size: int

    def pieces(self) -> Iterator[bytes]:
        """Yield the content in order, in pieces of at most 1 MiB."""
        block = hashlib.sha256(str(self.seed).encode()).digest() * (PIECE // 32)
        for number in range(0, self.size, PIECE):
            yield (number.to_bytes(8, "big") + block[8:])[: self.size - number]


def head(method: str, registry: Registry, file_name: str, more: str = "") -> bytes:
    request = f"{method} {registry.file_path('large', file_name)} HTTP/1.1\r\nHost: h\r\n"
    return f"{request}PRIVATE-TOKEN: {registry.token}\r\n{more}Connection: close\r\n\r\n".encode()


def upload(registry: Registry, file_name: str, pattern: Pattern) -> None:
    with registry.served.connect() as connection:
        connection.sendall(head("PUT", registry, file_name, f"Content-Length: {pattern.size}\r\n"))
        for piece in pattern.pieces():
            connection.sendall(piece)
        assert connection.recv(65_536).startswith(b"HTTP/1.1 201 ")


def download(registry: Registry, file_name: str, pattern: Pattern) -> None:
    """GET the file; asserts that every byte is the pattern's."""
    with registry.served.connect() as connection:
        connection.sendall(head("GET", registry, file_name))
        stream = connection.makefile("rb", buffering=PIECE)
        assert stream.readline().startswith(b"HTTP/1.1 200 ")
        while stream.readline() != b"\r\n":
            pass
        for piece in pattern.pieces():
            assert stream.read(len(piece)) == piece
        assert stream.read(1) == b""


@pytest.fixture
def fresh_registry(carrier: str, tmp_path: Path) -> Iterator[Registry]:
    """Start a server whose memory has seen nothing yet; what it stored goes with it, for it is much."""
    with running_registry(tmp_path, "--carrier", carrier) as running:
        yield running
    subprocess.run(["rm", "-rf", str(tmp_path / "data")], check=True)


def assert_memory_stays_flat(registry: Registry) -> None:
    """Assert that no process of the server ever had 150 MiB resident."""
    peaks = registry.peak_resident_bytes()
    assert max(peaks.values()) < MOST_RESIDENT_BYTES, {pid: peak >> 20 for pid, peak in peaks.items()}


@pytest.mark.parametrize("carrier", ["auto", "streamed"])
def test_5_gib_up_and_down_in_flat_memory(fresh_registry: Registry) -> None:
    small, large = Pattern(1, 64 << 20), Pattern(2, 5 * GIB)
    upload(fresh_registry, "small", small)
    download(fresh_registry, "small", small)
    before = max(fresh_registry.peak_resident_bytes().values())
    upload(fresh_registry, "large", large)
    download(fresh_registry, "large", large)
    after = max(fresh_registry.peak_resident_bytes().values())
    assert after < before + (48 << 20), "memory grew with the file's size"
    assert_memory_stays_flat(fresh_registry)


@pytest.mark.parametrize("carrier", ["auto", "streamed"])
def test_64_transfers_at_once_in_flat_memory(fresh_registry: Registry) -> None:
    patterns = [Pattern(seed, 8 << 20) for seed in range(64)]
    with ThreadPoolExecutor(64) as clients:
        list(clients.map(lambda pattern: upload(fresh_registry, f"file-{pattern.seed}", pattern), patterns))
        list(clients.map(lambda pattern: download(fresh_registry, f"file-{pattern.seed}", pattern), patterns))
    assert_memory_stays_flat(fresh_registry)
