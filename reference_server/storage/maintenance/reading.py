"""Reading much content without taking the disk from others, and telling how far it is."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Protocol

from reference_server.contract.limits import MIB
from reference_server.storage.blobs.store import StoredContent
from reference_server.storage.metadata.repositories.blobs import BlobRepository
from reference_server.storage.metadata.rows import BlobRow

_ROWS_TOGETHER = 500


class ContentUnreadableError(Exception):
    """The disk does not give content back."""


class Progress(Protocol):
    """Told about each content that is done."""

    def advance(self, size: int) -> None:
        """Note that one more content, of so many bytes, is done."""


class Pace:
    """Keeps reading below a number of bytes a second; None for no limit."""

    def __init__(self, bytes_per_second: int | None) -> None:
        self._bytes_per_second = bytes_per_second
        self._next = time.monotonic()

    def spend(self, size: int) -> None:
        """Wait as long as it takes that so many bytes, and those before them, are within the limit."""
        if self._bytes_per_second is not None:
            self._next = max(self._next, time.monotonic()) + size / self._bytes_per_second
            time.sleep(max(0.0, self._next - time.monotonic()))


def pieces(content: StoredContent, pace: Pace) -> Iterator[bytes]:
    """Yield content in pieces of at most 1 MiB, at a pace. Raise ContentUnreadableError."""
    offset = 0
    while piece := _read(content, offset):
        pace.spend(len(piece))
        offset += len(piece)
        yield piece


def _read(content: StoredContent, offset: int) -> bytes:
    try:
        return content.read(offset, MIB)
    except OSError as error:
        raise ContentUnreadableError from error


def all_rows(blobs: BlobRepository) -> Iterator[BlobRow]:
    """Yield every content that is recorded, in the order of digests; the rows may change meanwhile."""
    rows = blobs.next_after(b"", _ROWS_TOGETHER)
    while rows:
        yield from rows
        rows = blobs.next_after(rows[-1].sha256, _ROWS_TOGETHER)
