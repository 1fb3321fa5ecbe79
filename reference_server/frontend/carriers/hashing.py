"""Hashing off the event loop, one piece behind the bytes."""

from __future__ import annotations

import asyncio
import hashlib
from concurrent.futures import Executor


class HashPipeline:
    """Hashes pieces in a worker thread while the next piece is on its way; at most one piece waits.

    SHA-256 always; MD5 and SHA-1 when the storage asks for them.
    """

    def __init__(self, executor: Executor, *, legacy_digests: bool) -> None:
        self._executor = executor
        self._sha256 = hashlib.sha256()
        legacy = (hashlib.md5(usedforsecurity=False), hashlib.sha1(usedforsecurity=False))
        self._legacy = legacy if legacy_digests else ()
        self._running: asyncio.Future[None] | None = None

    async def add(self, piece: bytes) -> None:
        """Hash a piece; returns when the piece before it is done."""
        await self.settle()
        self._running = asyncio.get_running_loop().run_in_executor(self._executor, self._update, piece)

    async def settle(self) -> None:
        """Wait until everything added is hashed."""
        if self._running is not None:
            running, self._running = self._running, None
            await running

    def _update(self, piece: bytes) -> None:
        """Run in a worker thread; hashlib lets go of the interpreter lock meanwhile."""
        self._sha256.update(piece)
        for digest in self._legacy:
            digest.update(piece)

    @property
    def sha256(self) -> bytes:
        """The SHA-256 of what is settled."""
        return self._sha256.digest()

    @property
    def legacy(self) -> tuple[bytes, bytes] | None:
        """MD5 and SHA-1 of what is settled, when they were asked for."""
        if not self._legacy:
            return None
        md5, sha1 = self._legacy
        return md5.digest(), sha1.digest()
