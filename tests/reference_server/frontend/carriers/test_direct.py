"""The direct carrier, on a folder."""

import errno
import hashlib
import os
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from reference_server.content.digests import ContentSummary
from reference_server.content.pipeline import ContentPipeline
from reference_server.contract.failure import Failure, Reason
from reference_server.contract.status import TransportFailure
from reference_server.frontend.carriers.direct import DirectCarrier
from reference_server.frontend.carriers.interface import ContentCutError, ContentMissingError


@pytest.fixture
def volume(tmp_path: Path) -> Path:
    """Make a volume with one empty staging file."""
    root = tmp_path / "volume"
    root.mkdir()
    (root / "staged").touch()
    return root


@pytest.fixture
def carrier(volume: Path) -> Iterator[DirectCarrier]:
    with closing(ContentPipeline()) as pipeline:
        yield DirectCarrier(volume, pipeline)


@pytest.mark.parametrize("legacy_digests", [False, True])
async def test_a_staging_file_is_filled_counted_and_hashed(
    carrier: DirectCarrier, volume: Path, *, legacy_digests: bool
) -> None:
    content = os.urandom(3_000_001)
    writer = carrier.open_writer("staged", legacy_digests=legacy_digests)
    for start in range(0, len(content), 70_000):
        await writer.write(content[start : start + 70_000])
    md5, sha1 = hashlib.md5(content).digest(), hashlib.sha1(content).digest()
    assert await writer.complete() == ContentSummary(
        size=len(content),
        sha256=hashlib.sha256(content).digest(),
        md5=md5 if legacy_digests else None,
        sha1=sha1 if legacy_digests else None,
    )
    assert (volume / "staged").read_bytes() == content


async def test_a_staging_file_may_stay_empty(carrier: DirectCarrier) -> None:
    summary = await carrier.open_writer("staged", legacy_digests=False).complete()
    assert summary == ContentSummary(0, hashlib.sha256().digest())


async def test_an_abandoned_upload_holds_no_file_open(carrier: DirectCarrier) -> None:
    before = open_files()
    writer = carrier.open_writer("staged", legacy_digests=False)
    await writer.write(bytes(2_000_000))
    writer.abandon()
    writer.abandon()
    assert open_files() == before


async def test_an_abandoned_upload_takes_no_more(carrier: DirectCarrier) -> None:
    writer = carrier.open_writer("staged", legacy_digests=False)
    writer.abandon()
    with pytest.raises(TransportFailure):
        await writer.write(bytes(2_000_000))


def open_files() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


async def test_a_full_volume_is_said_to_be_full(carrier: DirectCarrier, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_room(*_: object) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    writer = carrier.open_writer("staged", legacy_digests=False)
    with monkeypatch.context() as patch:
        patch.setattr(os, "write", no_room)
        with pytest.raises(Failure) as refusal:
            await writer.write(bytes(2_000_000))
    assert refusal.value.reason is Reason.VOLUME_FULL
    writer.abandon()


@pytest.mark.parametrize(("offset", "length"), [(0, 1_000_000), (5, 10), (999_999, 1), (100, 700_000)])
async def test_a_span_of_a_blob_is_read_in_order(
    carrier: DirectCarrier, volume: Path, offset: int, length: int
) -> None:
    content = os.urandom(1_000_000)
    (volume / "blob").write_bytes(content)
    reader = carrier.open_reader("blob", offset, length)
    received = b""
    while piece := await reader.read():
        received += piece
    reader.close()
    assert received == content[offset : offset + length]


def test_a_blob_that_is_gone_is_said_to_be_gone(carrier: DirectCarrier) -> None:
    with pytest.raises(ContentMissingError):
        carrier.open_reader("blob", 0, 1)


async def test_a_blob_shorter_than_its_record_breaks_the_answer_off(carrier: DirectCarrier, volume: Path) -> None:
    (volume / "blob").write_bytes(b"short")
    reader = carrier.open_reader("blob", 0, 10)
    assert await reader.read() == b"short"
    with pytest.raises(ContentCutError):
        await reader.read()
    reader.close()


@pytest.mark.parametrize("path", ["../secret", "/etc/passwd", "a/../../secret"])
def test_a_path_outside_the_volume_is_never_opened(carrier: DirectCarrier, tmp_path: Path, path: str) -> None:
    (tmp_path / "secret").write_bytes(b"secret")
    with pytest.raises(TransportFailure):
        carrier.open_reader(path, 0, 1)
    with pytest.raises(TransportFailure):
        carrier.open_writer(path, legacy_digests=False)


def test_a_link_on_the_volume_is_not_followed(carrier: DirectCarrier, volume: Path, tmp_path: Path) -> None:
    (tmp_path / "secret").write_bytes(b"secret")
    (volume / "blob").symlink_to(tmp_path / "secret")
    with pytest.raises(Failure) as refusal:
        carrier.open_reader("blob", 0, 1)
    assert refusal.value.reason is Reason.DATA_UNUSABLE
