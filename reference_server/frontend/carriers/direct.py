"""The direct carrier: content goes between socket and blob volume, which this process shares with the storage."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

import grpc
import structlog

from reference_server.content.digests import ContentSummary
from reference_server.content.files import StagedFile, StoredFile
from reference_server.content.memory import MemoryBudget, PieceCollector
from reference_server.content.pipeline import ContentPipeline, StagingWriter
from reference_server.contract.failure import Failure, Reason
from reference_server.contract.limits import KIB
from reference_server.contract.status import TransportFailure
from reference_server.frontend.carriers.interface import ContentCutError, ContentMissingError

_READ_BYTES = 256 * KIB


class DirectCarrier:
    """Opens files below the volume's root. Reads and writes run on the event loop."""

    def __init__(self, root: Path, pipeline: ContentPipeline) -> None:
        self._root = root
        self._pipeline = pipeline

    def open_writer(self, staging_path: str, *, legacy_digests: bool) -> DirectWriter:
        """Open the empty staging file that the storage made. Raises DATA_UNUSABLE when it is not there."""
        with _refused_when_unusable("staging file"):
            file = StagedFile(self._open(staging_path, os.O_WRONLY))
        return DirectWriter(self._pipeline.open(file, legacy_digests=legacy_digests), self._pipeline.budget)

    def open_reader(self, blob_path: str, offset: int, length: int) -> DirectReader:
        """Open a blob file. Raises ContentMissingError; DATA_UNUSABLE when it is there and cannot be read."""
        with _refused_when_unusable("blob file"):
            try:
                return DirectReader(StoredFile(self._open(blob_path, os.O_RDONLY)), offset, length)
            except FileNotFoundError:
                raise ContentMissingError from None

    def _open(self, relative: str, flags: int) -> int:
        """Open a path that the storage named; one that leaves the root is a defect of the storage."""
        path = PurePosixPath(relative)
        if path.is_absolute() or ".." in path.parts:
            raise TransportFailure(grpc.StatusCode.INTERNAL, "the storage named a path outside its volume")
        return os.open(self._root / path, flags | os.O_CLOEXEC | os.O_NOFOLLOW)


class DirectWriter:
    """Fills one staging file; see ContentWriter."""

    def __init__(self, staging: StagingWriter, budget: MemoryBudget) -> None:
        self._staging = staging
        self._pieces = PieceCollector(budget)

    async def write(self, chunk: bytes) -> None:
        if piece := self._pieces.add(chunk):
            with _refused_when_unusable("staging file"):
                await self._staging.write(piece)

    async def complete(self) -> ContentSummary:
        """Return what arrived. The last sync is the storage's, before it answers the commit."""
        try:
            with _refused_when_unusable("staging file"):
                await self._staging.write(self._pieces.take())
                return await self._staging.finish()
        finally:
            self.abandon()

    def abandon(self) -> None:
        self._pieces.close()
        self._staging.close()


class DirectReader:
    """Reads a span of one blob file; see ContentReader."""

    def __init__(self, file: StoredFile, offset: int, length: int) -> None:
        self._file = file
        self._offset = offset
        self._left = length

    async def read(self) -> bytes:
        if self._left == 0:
            return b""
        with _refused_when_unusable("blob file"):
            piece = self._file.read(self._offset, min(_READ_BYTES, self._left))
        if not piece:
            raise ContentCutError
        self._offset += len(piece)
        self._left -= len(piece)
        return piece

    def close(self) -> None:
        self._file.close()


@contextmanager
def _refused_when_unusable(what: str) -> Iterator[None]:
    """Raise DATA_UNUSABLE where a file of the volume cannot be used, and tell the operator why."""
    try:
        yield
    except OSError as error:
        if error.errno == errno.EBADF:  # abandoned, and closed here
            raise TransportFailure(grpc.StatusCode.CANCELLED, f"the {what} is closed") from None
        structlog.get_logger().error("data unusable", what=what, reason=error.strerror)
        raise Failure(Reason.DATA_UNUSABLE, f"the {what} cannot be used: {error.strerror}") from None
