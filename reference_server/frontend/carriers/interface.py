"""What every carrier offers to the package file routes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class ContentSummary:
    """What was counted and hashed while the content passed: bytes, and binary digests."""

    size: int
    sha256: bytes
    md5: bytes | None = None
    sha1: bytes | None = None


class ContentWriter(Protocol):
    """Takes the content of one begun upload, in order. Either `complete` or `abandon` ends it.

    Every method raises Failure or TransportFailure when the content cannot be taken.
    """

    async def write(self, piece: bytes) -> None:
        """Take the next bytes; returns when more may come."""

    async def complete(self) -> ContentSummary:
        """Say what arrived, when all of it has."""

    async def abandon(self) -> None:
        """Let go of everything that this end holds. Raises nothing."""


class ContentReader(Protocol):
    """Gives the bytes of one span of a file, in order."""

    async def read(self) -> bytes:
        """Give the next bytes; empty at the end of the span. Raises Failure or TransportFailure."""

    def close(self) -> None:
        """Let go of everything; safe to call twice."""


class ContentGoneError(Exception):
    """The content that the storage named is no longer there: its last reference was deleted meanwhile."""
