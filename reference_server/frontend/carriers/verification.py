"""Whether the bytes of a download are those of its record: damage of the volume must not pass as good content."""

from __future__ import annotations

import asyncio
import hashlib
import time
from collections.abc import Callable

_GOOD_SECONDS = 600.0  # what was read lately comes from memory rather than from the disk again
_REMEMBERED = 10_000


class ContentFlippedError(Exception):
    """The content has its length, and other bytes than its record says."""


class VerifiedContent:
    """Which content was found good within the last ten minutes, so that what many download is not hashed each time."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._good_until: dict[bytes, float] = {}

    def is_good(self, sha256: bytes) -> bool:
        """Return whether the content was found good a moment ago."""
        return self._good_until.get(sha256, 0.0) > self._clock()

    def note(self, sha256: bytes) -> None:
        """Note that the content was found good."""
        self._good_until.pop(sha256, None)
        self._good_until[sha256] = self._clock() + _GOOD_SECONDS
        if len(self._good_until) > _REMEMBERED:
            del self._good_until[next(iter(self._good_until))]


class DownloadVerification:
    """Hashes one whole content, piece by piece in a thread, while its pieces are sent."""

    def __init__(self, verified: VerifiedContent, sha256: bytes) -> None:
        self._verified = verified
        self._sha256 = sha256
        self._digest = hashlib.sha256()
        self._hashing: asyncio.Future[None] | None = None

    async def add(self, piece: bytes) -> None:
        """Begin to hash the next piece, when the one before is hashed."""
        await self._settle()
        self._hashing = asyncio.get_running_loop().run_in_executor(None, self._digest.update, piece)

    async def finish(self) -> None:
        """Return when all is hashed and good. Raise ContentFlippedError: the last piece must not be sent then."""
        await self._settle()
        if self._digest.digest() != self._sha256:
            raise ContentFlippedError
        self._verified.note(self._sha256)

    async def _settle(self) -> None:
        if self._hashing is not None:
            hashing, self._hashing = self._hashing, None
            await hashing
