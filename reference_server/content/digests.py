"""The digests of content."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ContentSummary:
    """Size in bytes and binary digests of content; MD5 and SHA-1 are None where the registry does not compute them."""

    size: int
    sha256: bytes
    md5: bytes | None = None
    sha1: bytes | None = None


class Digests:
    """Hash content that comes in pieces: SHA-256 always, MD5 and SHA-1 on request."""

    def __init__(self, *, legacy: bool) -> None:
        self._size = 0
        self._hashes = [hashlib.sha256()]
        if legacy:
            self._hashes += [hashlib.md5(usedforsecurity=False), hashlib.sha1(usedforsecurity=False)]

    def update(self, piece: bytes) -> None:
        """Hash the next piece; hashlib lets go of the interpreter lock meanwhile."""
        self._size += len(piece)
        for digest in self._hashes:
            digest.update(piece)

    def summary(self) -> ContentSummary:
        """Return the size and the digests of the pieces so far."""
        return ContentSummary(self._size, *(digest.digest() for digest in self._hashes))


def summarize(content: bytes, *, legacy: bool) -> ContentSummary:
    """Return the size and the digests of whole content."""
    digests = Digests(legacy=legacy)
    digests.update(content)
    return digests.summary()
