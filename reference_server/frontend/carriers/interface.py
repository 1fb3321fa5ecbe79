"""What every carrier offers to the package file routes."""

from __future__ import annotations

from typing import Protocol

from reference_server.content.digests import ContentSummary


class ContentWriter(Protocol):
    """Takes the content of one begun upload, in order. Either `complete` or `abandon` ends it."""

    async def write(self, chunk: bytes) -> None:
        """Take the next bytes; returns when more may come. Raises Failure or TransportFailure."""

    async def complete(self) -> ContentSummary:
        """Return what arrived, when all of it has. Raises Failure or TransportFailure."""

    def abandon(self) -> None:
        """Let go of everything that this end holds; safe to call twice."""


class ContentReader(Protocol):
    """Gives the bytes of one span of a file, in order."""

    async def read(self) -> bytes:
        """Return the next bytes; empty at the end of the span.

        Raises ContentMissingError, ContentCutError, Failure or TransportFailure.
        """

    def close(self) -> None:
        """Let go of everything; safe to call twice."""


class ContentMissingError(Exception):
    """The content that the storage named is not there: deleted meanwhile with its last reference, or lost."""


class ContentCutError(Exception):
    """The content ends before its record says."""
