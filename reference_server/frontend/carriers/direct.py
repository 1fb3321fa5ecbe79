"""The direct carrier: content goes between socket and blob volume, which this process shares with the storage."""

from __future__ import annotations

import asyncio
import errno
import os
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path, PurePosixPath

import grpc

from reference_server.contract.failure import Failure, Reason, TransportFailure
from reference_server.contract.limits import KIB, MIB
from reference_server.frontend.carriers.hashing import HashPipeline
from reference_server.frontend.carriers.interface import ContentGoneError, ContentSummary
from reference_server.frontend.carriers.pieces import PieceBudget, PieceCollector

_READ_BYTES = 256 * KIB
# Synced while the rest arrives, so that the sync before the answer is short.
_SYNC_EVERY_BYTES = 16 * MIB
_THREADS = 2


class DirectCarrier:
    """Opens files below the volume's root. Reads and writes run on the event loop: measured, a thread costs more."""

    def __init__(self, root: Path, budget: PieceBudget) -> None:
        self._root = root
        self._budget = budget
        self._hashing = ThreadPoolExecutor(_THREADS, thread_name_prefix="hashing")
        self._syncing = ThreadPoolExecutor(_THREADS, thread_name_prefix="syncing")

    def open_writer(self, staging_path: str, *, legacy_digests: bool) -> DirectWriter:
        """Open the empty staging file that the storage made. Raises TransportFailure when it is not there."""
        try:
            descriptor = os.open(self._below_root(staging_path), os.O_WRONLY | os.O_CLOEXEC | os.O_NOFOLLOW)
        except OSError as error:
            raise _unavailable("staging file", error) from None
        hashes = HashPipeline(self._hashing, legacy_digests=legacy_digests)
        return DirectWriter(descriptor, hashes, self._syncing, self._budget)

    def open_reader(self, blob_path: str, offset: int, length: int) -> DirectReader:
        """Open a blob file. Raises ContentGoneError when it is not there, TransportFailure when it cannot be read."""
        try:
            descriptor = os.open(self._below_root(blob_path), os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW)
        except FileNotFoundError:
            raise ContentGoneError from None
        except OSError as error:
            raise _unavailable("blob file", error) from None
        return DirectReader(descriptor, offset, length)

    def close(self) -> None:
        """Stop the threads."""
        self._hashing.shutdown(wait=False, cancel_futures=True)
        self._syncing.shutdown(wait=False, cancel_futures=True)

    def _below_root(self, relative: str) -> Path:
        """Place a path that the storage named below the root; one that leaves it is a defect of the storage."""
        path = PurePosixPath(relative)
        if path.is_absolute() or ".." in path.parts:
            raise TransportFailure(grpc.StatusCode.INTERNAL, "the storage named a path outside its volume")
        return self._root / path


class DirectWriter:
    """Fills one staging file; see ContentWriter."""

    def __init__(self, descriptor: int, hashes: HashPipeline, syncing: Executor, budget: PieceBudget) -> None:
        self._descriptor = descriptor
        self._hashes = hashes
        self._syncing = syncing
        self._budget = budget
        self._collector = PieceCollector(budget)
        self._size = 0
        self._unsynced = 0
        self._sync: asyncio.Future[None] | None = None
        self._open = True
        budget.join()

    async def write(self, piece: bytes) -> None:
        """See ContentWriter."""
        ready = self._collector.add(piece)
        if ready is not None:
            await self._store(ready)

    async def complete(self) -> ContentSummary:
        """See ContentWriter. The last sync is the storage's, before it answers the commit."""
        try:
            await self._store(self._collector.take())
            await self._hashes.settle()
            await self._settle_sync()
        finally:
            await self.abandon()
        md5, sha1 = self._hashes.legacy or (None, None)
        return ContentSummary(self._size, self._hashes.sha256, md5, sha1)

    async def abandon(self) -> None:
        """See ContentWriter."""
        if not self._open:
            return
        self._open = False
        self._budget.leave()
        with suppress(Failure, TransportFailure):
            await self._settle_sync()
        os.close(self._descriptor)

    async def _store(self, piece: bytes) -> None:
        """Hash and write a piece."""
        if not piece:
            return
        await self._hashes.add(piece)
        if not self._open:
            # The number of a closed descriptor may by now be another upload's.
            raise TransportFailure(grpc.StatusCode.CANCELLED, "the upload was abandoned")
        self._write(piece)
        self._size += len(piece)
        self._unsynced += len(piece)
        if self._unsynced >= _SYNC_EVERY_BYTES and (self._sync is None or self._sync.done()):
            await self._settle_sync()
            self._unsynced = 0
            loop = asyncio.get_running_loop()
            self._sync = loop.run_in_executor(self._syncing, os.fdatasync, self._descriptor)

    def _write(self, piece: bytes) -> None:
        """Write all of a piece."""
        rest = memoryview(piece)
        try:
            while rest:
                rest = rest[os.write(self._descriptor, rest) :]
        except OSError as error:
            raise _refused_by_volume(error) from None

    async def _settle_sync(self) -> None:
        """Wait for the sync under way; one that failed must not be forgotten, the system reports it only once."""
        if self._sync is not None:
            sync, self._sync = self._sync, None
            try:
                await sync
            except OSError as error:
                raise _refused_by_volume(error) from None


class DirectReader:
    """Reads a span of one blob file; see ContentReader."""

    def __init__(self, descriptor: int, offset: int, length: int) -> None:
        self._descriptor: int | None = descriptor
        self._offset = offset
        self._left = length

    async def read(self) -> bytes:
        """See ContentReader."""
        if self._descriptor is None or self._left == 0:
            return b""
        piece = os.pread(self._descriptor, min(_READ_BYTES, self._left), self._offset)
        if not piece:
            raise TransportFailure(grpc.StatusCode.DATA_LOSS, "a blob file is shorter than its record says")
        self._offset += len(piece)
        self._left -= len(piece)
        return piece

    def close(self) -> None:
        """See ContentReader."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None


def _refused_by_volume(error: OSError) -> Failure | TransportFailure:
    """Say what a failed write means."""
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return Failure(Reason.VOLUME_FULL, "the volume has no room for the content")
    return _unavailable("staging file", error)


def _unavailable(what: str, error: OSError) -> TransportFailure:
    """Say that a file of the volume cannot be used."""
    return TransportFailure(grpc.StatusCode.UNAVAILABLE, f"the {what} cannot be used: {os.strerror(error.errno or 0)}")
