"""An upload that is refused costs nobody the transfer."""

import os
import re
import subprocess
from pathlib import Path

import pytest

from tests.support.server_process import Registry


@pytest.fixture
def sparse_gib(tmp_path: Path) -> Path:
    """Return a file of 1 GiB that takes no room."""
    path = tmp_path / "gib"
    with path.open("wb") as content:
        os.truncate(content.fileno(), 1 << 30)
    return path


def put_by_curl(registry: Registry, source: Path, *arguments: str) -> list[str]:
    """Send a file without a credential; return the status and how many bytes of it were sent."""
    command = ["curl", "-sS", "-o", "/dev/null", "-w", "%{http_code} %{size_upload}", "-T", str(source), *arguments]
    url = registry.file_url("refused", "gib.bin")
    return subprocess.run([*command, url], capture_output=True, text=True, check=False).stdout.split()


def test_curl_is_told_401_before_it_sends_the_body(registry: Registry, sparse_gib: Path) -> None:
    assert put_by_curl(registry, sparse_gib) == ["401", "0"]


def test_curl_that_does_not_wait_for_100_is_told_401_early(registry: Registry, sparse_gib: Path) -> None:
    status, sent = put_by_curl(registry, sparse_gib, "-H", "Expect:")
    assert status == "401"
    assert int(sent) < 64 << 20


def test_a_refused_client_that_sends_its_body_slowly_still_reads_the_answer(registry: Registry) -> None:
    path = registry.file_path("refused", "slow.bin")
    with registry.served.connect() as connection:
        head = f"PUT {path} HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"
        connection.sendall(head.encode() + b"5\r\nhello\r\n")
        assert re.match(rb"HTTP/1\.1 401 ", connection.recv(65_536))
