"""An upload that is refused costs nobody the transfer."""

import os
import re
import socket
import subprocess
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.support.server_process import Registry


@pytest.fixture
def sparse_gib(tmp_path: Path) -> Path:
    """Return a file of 1 GiB that takes no room."""
    path = tmp_path / "gib"
    with path.open("wb") as content:
        os.truncate(content.fileno(), 1 << 30)
    return path


def test_curl_is_told_401_before_it_sends_the_body(registry: Registry, sparse_gib: Path) -> None:
    url = registry.file_url("refused", "gib.bin")
    ran = subprocess.run(
        ["curl", "-sS", "-o", "/dev/null", "-w", "%{http_code} %{size_upload}", "-T", str(sparse_gib), url],
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.stdout == "401 0"


def test_curl_that_does_not_wait_for_100_is_told_401_early(registry: Registry, sparse_gib: Path) -> None:
    url = registry.file_url("refused", "gib.bin")
    ran = subprocess.run(
        [
            "curl",
            "-sS",
            "-H",
            "Expect:",
            "-o",
            "/dev/null",
            "-w",
            "%{http_code} %{size_upload}",
            "-T",
            str(sparse_gib),
            url,
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    status, sent = ran.stdout.split()
    assert status == "401"
    assert int(sent) < 64 << 20


def test_a_refused_client_that_sends_its_body_slowly_still_reads_the_answer(registry: Registry) -> None:
    target = urlsplit(registry.file_url("refused", "slow.bin"))
    head = f"PUT {target.path} HTTP/1.1\r\nHost: {target.netloc}\r\nTransfer-Encoding: chunked\r\n\r\n"
    with socket.create_connection((target.hostname or "", target.port or 0)) as connection:
        connection.sendall(head.encode() + b"5\r\nhello\r\n")
        assert re.match(rb"HTTP/1\.1 401 ", connection.recv(65_536))
