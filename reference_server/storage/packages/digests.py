"""Digests of content: SHA-256 always, MD5 and SHA-1 where the registry was told to compute them."""

from __future__ import annotations

import hashlib


class Digests:
    """Digests of content that comes in pieces."""

    def __init__(self, *, legacy: bool) -> None:
        self._sha256 = hashlib.sha256()
        self._md5 = hashlib.md5(usedforsecurity=False) if legacy else None
        self._sha1 = hashlib.sha1(usedforsecurity=False) if legacy else None

    def update(self, piece: bytes) -> None:
        """Take the next piece."""
        for digest in (self._sha256, self._md5, self._sha1):
            if digest is not None:
                digest.update(piece)

    @property
    def sha256(self) -> bytes:
        """The SHA-256, 32 bytes."""
        return self._sha256.digest()

    @property
    def md5(self) -> bytes | None:
        """The MD5, 16 bytes, if wanted."""
        return None if self._md5 is None else self._md5.digest()

    @property
    def sha1(self) -> bytes | None:
        """The SHA-1, 20 bytes, if wanted."""
        return None if self._sha1 is None else self._sha1.digest()

    @staticmethod
    def legacy_of(content: bytes) -> tuple[bytes, bytes]:
        """Give the MD5 and the SHA-1 of whole content."""
        md5 = hashlib.md5(content, usedforsecurity=False).digest()
        return md5, hashlib.sha1(content, usedforsecurity=False).digest()
