"""Contents of any size from a seed, a block at a time, so that no file is ever held in memory."""

import hashlib
import random
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Protocol

BLOCK_BYTES = 65_536
_STAMP_BYTES = 32
_POOL_BYTES = 1_048_576


class Content(Protocol):
    """What can be sent as a body and compared with one that came back."""

    @property
    def size(self) -> int:
        """The number of bytes."""

    def chunks(self, start: int = 0, end: int | None = None) -> Iterator[bytes]:
        """Yield the bytes from `start` to `end` (exclusive), in order, in pieces of at most 64 KiB."""

    @property
    def sha256(self) -> str:
        """The SHA-256 of all bytes, in hexadecimal."""


@dataclass(frozen=True)
class GeneratedContent:
    """Bytes that follow from a seed and a size.

    Every block of 64 KiB begins with a digest of the seed and the block's index, so that blocks that are lost,
    repeated or swapped show in the content's digest, and any part can be made without the parts before it.
    """

    seed: str
    size: int

    def chunks(self, start: int = 0, end: int | None = None) -> Iterator[bytes]:
        """Yield the bytes from `start` to `end` (exclusive), in order, in pieces of at most 64 KiB."""
        stop = self.size if end is None else min(end, self.size)
        position = start
        while position < stop:
            index, within = divmod(position, BLOCK_BYTES)
            piece = self._block(index)[within : within + stop - position]
            position += len(piece)
            yield piece

    @property
    def sha256(self) -> str:
        """The SHA-256 of all bytes, in hexadecimal."""
        return _digest_of(self)

    def part(self, start: int, end: int) -> bytes:
        """Return the bytes from `start` to `end` (exclusive)."""
        return b"".join(self.chunks(start, end))

    def _block(self, index: int) -> bytes:
        stamp = hashlib.sha256(f"{self.seed}/{index}".encode()).digest()
        offset = int.from_bytes(stamp[:4], "big") % (_POOL_BYTES - BLOCK_BYTES)
        return stamp + _pool()[offset : offset + BLOCK_BYTES - _STAMP_BYTES]


@dataclass(frozen=True)
class LiteralContent:
    """Bytes that are given as they are, for bodies whose exact form matters."""

    data: bytes

    @property
    def size(self) -> int:
        """The number of bytes."""
        return len(self.data)

    def chunks(self, start: int = 0, end: int | None = None) -> Iterator[bytes]:
        """Yield the bytes from `start` to `end` (exclusive), in order, in pieces of at most 64 KiB."""
        wanted = self.data[start:end]
        for position in range(0, len(wanted), BLOCK_BYTES):
            yield wanted[position : position + BLOCK_BYTES]

    @property
    def sha256(self) -> str:
        """The SHA-256 of all bytes, in hexadecimal."""
        return hashlib.sha256(self.data).hexdigest()


@cache
def _pool() -> bytes:
    return random.Random("generic packages").randbytes(_POOL_BYTES)  # noqa: S311 - reproducible filler, no secret


@cache
def _digest_of(content: GeneratedContent) -> str:
    digest = hashlib.sha256()
    for chunk in content.chunks():
        digest.update(chunk)
    return digest.hexdigest()
