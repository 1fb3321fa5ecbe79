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
        self._sha256 = hashlib.sha256()
        self._md5 = hashlib.md5(usedforsecurity=False) if legacy else None
        self._sha1 = hashlib.sha1(usedforsecurity=False) if legacy else None

    def update(self, piece: bytes) -> None:
        """Hash the next piece; hashlib lets go of the interpreter lock meanwhile."""
        self._size += len(piece)
        for digest in (self._sha256, self._md5, self._sha1):
            if digest is not None:
                digest.update(piece)

    def summary(self) -> ContentSummary:
        """Return the size and the digests of the pieces so far."""
        md5 = None if self._md5 is None else self._md5.digest()
        sha1 = None if self._sha1 is None else self._sha1.digest()
        return ContentSummary(self._size, self._sha256.digest(), md5, sha1)


def summarize(content: bytes, *, legacy: bool) -> ContentSummary:
    """Return the size and the digests of whole content."""
    digests = Digests(legacy=legacy)
    digests.update(content)
    return digests.summary()
