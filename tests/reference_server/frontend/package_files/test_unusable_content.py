"""Downloads of content that the volume has lost or cut, or that the storage cannot open."""

from __future__ import annotations

import hashlib
import http.client
import os
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from reference_server.contract.limits import MIB
from reference_server.frontend.application import CarrierChoice, FrontEndOptions
from tests.support.descriptors import without_descriptors
from tests.support.front_end import Answer, Served, read_until_closed, running_front_end, running_storage
from tests.support.rest_packages import new_project
from tests.support.storage_process import StorageProcess

LARGER_THAN_BUFFERS = 32 * MIB


def publish(served: Served, target: str, size: int) -> str:
    """Publish random content and return its SHA-256."""
    content = os.urandom(size)
    assert served.send("PUT", target, content).status == 201
    return hashlib.sha256(content).hexdigest()


def blob(storage: StorageProcess, sha256: str) -> Path:
    """Return the file of content."""
    return storage.data / "volume/blobs" / sha256[:2] / sha256[2:4] / sha256


def counted(served: Served, defect: str) -> float:
    """Return how many downloads the metrics count as unusable."""
    report = served.send("GET", "/-/metrics").body.decode()
    name = f'content_unusable_total{{defect="{defect}"}} '
    return sum(float(line.removeprefix(name)) for line in report.splitlines() if line.startswith(name))


def is_for_later(answer: Answer) -> bool:
    """Return whether the client is told to try again."""
    return answer.status == 503 and "Retry-After" in answer.headers


def test_lost_content_is_refused_for_now_and_the_operator_is_told_which(
    served: Served, storage: StorageProcess, package: str
) -> None:
    sha256, before = publish(served, f"{package}/file", 100_000), counted(served, "missing")
    blob(storage, sha256).unlink()
    with capture_logs() as lines:
        assert is_for_later(served.send("GET", f"{package}/file"))
    assert [line["sha256"] for line in lines if line["log_level"] == "error"] == [sha256]
    assert counted(served, "missing") == before + 1
    assert served.send("HEAD", f"{package}/file").status == 200


@pytest.mark.parametrize("headers", [{}, {"Range": "bytes=99990-"}])
def test_content_cut_before_what_is_asked_for_is_refused_for_now_and_the_operator_is_told_which(
    served: Served, storage: StorageProcess, package: str, headers: dict[str, str]
) -> None:
    sha256, before = publish(served, f"{package}/file", 100_000), counted(served, "cut")
    os.truncate(blob(storage, sha256), 50_000 if headers else 0)
    with capture_logs() as lines:
        assert is_for_later(served.send("GET", f"{package}/file", headers=headers))
    assert [line["sha256"] for line in lines if line["log_level"] == "error"] == [sha256]
    assert counted(served, "cut") == before + 1


def flip(path: Path, at: int) -> None:
    content = bytearray(path.read_bytes())
    content[at] ^= 1
    path.write_bytes(content)


@pytest.mark.parametrize("carrier", ["auto", "streamed"])
def test_content_with_a_flipped_bit_is_never_sent_whole_and_the_operator_is_told_which(
    served: Served, storage: StorageProcess, package: str, carrier: CarrierChoice
) -> None:
    small, large = publish(served, f"{package}/small", 100_000), publish(served, f"{package}/large", 3_000_000)
    for sha256 in (small, large):
        flip(blob(storage, sha256), 50_000)
    with running_front_end(FrontEndOptions(storage.address, carrier=carrier)) as fresh, capture_logs() as lines:
        assert is_for_later(fresh.send("GET", f"{package}/small"))
        with pytest.raises(http.client.IncompleteRead):
            fresh.send("GET", f"{package}/large")
        assert fresh.send("GET", f"{package}/large", headers={"Range": "bytes=0-9"}).status == 206
        assert counted(fresh, "flipped") == 2
    assert [line["sha256"] for line in lines if line["log_level"] == "error"] == [small, large]


def test_content_cut_while_it_is_read_ends_the_connection(
    served: Served, storage: StorageProcess, package: str
) -> None:
    sha256, before = publish(served, f"{package}/file", LARGER_THAN_BUFFERS), counted(served, "cut")
    with capture_logs() as lines, served.connect() as connection:
        connection.sendall(served.head("GET", f"{package}/file"))
        begin = connection.recv(1000)
        os.truncate(blob(storage, sha256), 1)
        head, _, content = (begin + read_until_closed(connection)).partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200 ")
    assert f"Content-Length: {LARGER_THAN_BUFFERS}".encode() in head
    assert len(content) < LARGER_THAN_BUFFERS
    assert [line["sha256"] for line in lines if line["log_level"] == "error"] == [sha256]
    assert counted(served, "cut") == before + 1


def test_a_storage_without_descriptors_refuses_content_for_now(tmp_path: Path) -> None:
    with (
        running_storage(tmp_path) as storage,
        running_front_end(FrontEndOptions(storage.address, carrier="streamed")) as served,
    ):
        target = f"/api/v4{new_project(served).packages}/generic/package/1.0"
        publish(served, f"{target}/file", 100_000)
        with without_descriptors(storage.pid):
            assert is_for_later(served.send("GET", f"{target}/file"))
            assert is_for_later(served.send("PUT", f"{target}/other", bytes(100_000)))
        assert served.send("GET", f"{target}/file").status == 200
