"""Content on its way into a staging file."""

import asyncio
import functools
import hashlib
import os
import threading
from collections.abc import Callable, Coroutine, Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

import pytest

from reference_server.content.digests import ContentSummary
from reference_server.content.files import StagedFile
from reference_server.content.pipeline import SYNC_EVERY_BYTES, ContentPipeline

SECONDS = 30


class RecordingFile(StagedFile):
    """A staging file in memory; `may_sync` lets a sync end, which then raises `sync_error` if there is one."""

    def __init__(self, sync_error: OSError | None = None) -> None:
        super().__init__(-1)
        self.may_sync, self.closed = threading.Event(), threading.Event()
        self.content = b""
        self.events: list[str] = []
        self._sync_error = sync_error

    def write(self, piece: bytes) -> None:
        self.content += piece

    def sync(self) -> None:
        assert self.may_sync.wait(SECONDS)
        self.events.append("synced")
        if self._sync_error is not None:
            raise self._sync_error

    def close(self) -> None:
        self.events.append("closed")
        self.closed.set()


def in_a_loop(test: Callable[..., Coroutine[object, object, None]]) -> Callable[..., None]:
    """Run a test in an event loop, for so long at most."""

    @functools.wraps(test)
    def run(**fixtures: object) -> None:
        asyncio.run(asyncio.wait_for(test(**fixtures), SECONDS))

    return run


@pytest.fixture
def pipeline() -> Iterator[ContentPipeline]:
    with closing(ContentPipeline()) as pipeline:
        yield pipeline


@pytest.mark.parametrize("legacy", [False, True])
@pytest.mark.parametrize("transfers", [1, 100])
@in_a_loop
async def test_what_is_written_is_what_is_hashed(pipeline: ContentPipeline, *, legacy: bool, transfers: int) -> None:
    content = os.urandom(1_000_001)
    file = RecordingFile()
    writer = pipeline.open(file, legacy_digests=legacy)
    with joined(pipeline, transfers):
        for start in range(0, len(content), 100_000):
            await writer.write(content[start : start + 100_000])
    summary = await writer.finish()
    writer.close()
    assert file.content == content
    md5, sha1 = (hashlib.md5(content).digest(), hashlib.sha1(content).digest()) if legacy else (None, None)
    assert summary == ContentSummary(len(content), hashlib.sha256(content).digest(), md5, sha1)


@in_a_loop
async def test_syncing_runs_beside_and_holds_nothing_up(pipeline: ContentPipeline) -> None:
    file = RecordingFile()
    writer = pipeline.open(file, legacy_digests=False)
    for _ in range(3):
        await writer.write(bytes(SYNC_EVERY_BYTES))
    assert file.events == []
    finishing = asyncio.create_task(writer.finish())
    await asyncio.sleep(0)
    assert not finishing.done()
    file.may_sync.set()
    assert (await finishing).size == 3 * SYNC_EVERY_BYTES
    assert file.events == ["synced"]


@in_a_loop
async def test_an_error_that_a_sync_meets_is_not_lost(pipeline: ContentPipeline) -> None:
    file = RecordingFile(OSError("the disk broke"))
    file.may_sync.set()
    writer = pipeline.open(file, legacy_digests=False)
    await writer.write(bytes(SYNC_EVERY_BYTES))
    for _ in range(2):
        with pytest.raises(OSError, match="the disk broke"):
            await writer.finish()
    writer.close()


@in_a_loop
async def test_a_file_is_closed_only_when_it_is_no_longer_being_synced(pipeline: ContentPipeline) -> None:
    file = RecordingFile()
    writer = pipeline.open(file, legacy_digests=False)
    with joined(pipeline, 9):  # so that the hash is settled, and only the sync is waited for
        await writer.write(bytes(SYNC_EVERY_BYTES))
    finishing = asyncio.create_task(writer.finish())
    await asyncio.sleep(0)
    finishing.cancel()
    await asyncio.wait([finishing])
    writer.close()
    await asyncio.sleep(0.01)
    assert file.events == []
    file.may_sync.set()
    await asyncio.to_thread(file.closed.wait, SECONDS)
    assert file.events == ["synced", "closed"]


@in_a_loop
async def test_when_many_come_a_piece_is_hashed_before_the_next_is_taken(pipeline: ContentPipeline) -> None:
    hashing = threading.Event()
    writer = pipeline.open(RecordingFile(), legacy_digests=False)
    with blocked_threads(pipeline, hashing):
        await asyncio.wait_for(writer.write(b"few"), SECONDS)
        with joined(pipeline, 9):
            writing = asyncio.create_task(pipeline.open(RecordingFile(), legacy_digests=False).write(b"many"))
            await asyncio.sleep(0.01)
            assert not writing.done()
    await writing


@contextmanager
def joined(pipeline: ContentPipeline, transfers: int) -> Iterator[None]:
    with ExitStack() as stack:
        for _ in range(transfers):
            stack.enter_context(pipeline.budget.joined())
        yield


@contextmanager
def blocked_threads(pipeline: ContentPipeline, over: threading.Event) -> Iterator[None]:
    for _ in range(2):
        pipeline.hashing.submit(over.wait, SECONDS)
    try:
        yield
    finally:
        over.set()


def test_a_staging_file_that_was_closed_takes_no_more(tmp_path: Path) -> None:
    file = StagedFile(os.open(tmp_path / "staged", os.O_CREAT | os.O_WRONLY))
    file.write(b"content")
    file.close()
    file.close()
    with (tmp_path / "another").open("wb") as another:
        assert another.fileno() > 0
        with pytest.raises(OSError, match="Bad file descriptor"):
            file.write(b"more")
    assert (tmp_path / "staged").read_bytes() == b"content"
    assert (tmp_path / "another").read_bytes() == b""
