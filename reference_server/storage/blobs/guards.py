"""Guards that keep two tasks from deciding about one content at a time."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator


class DigestGuards:
    """One lock for each digest that somebody decides about at present.

    Publishing holds it from looking whether the content is kept until its row is committed; the garbage collector
    holds it from looking whether a row refers to the content until the file is gone. So neither acts on what the other
    has changed.
    """

    def __init__(self) -> None:
        self._locks: dict[bytes, tuple[asyncio.Lock, int]] = {}

    @contextlib.asynccontextmanager
    async def hold(self, sha256: bytes) -> AsyncIterator[None]:
        """Wait to be the only one that decides about this content, for as long as the context lasts."""
        lock, users = self._locks.get(sha256, (asyncio.Lock(), 0))
        self._locks[sha256] = (lock, users + 1)
        try:
            async with lock:
                yield
        finally:
            lock, users = self._locks.pop(sha256)
            if users > 1:
                self._locks[sha256] = (lock, users - 1)
