"""What the storage asks of whatever keeps large content. Small content lives in the metadata and never comes here."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from reference_server.content.files import StagedFile


class StoredContent(Protocol):
    """Content that is kept, open for reading. It stays readable when it is removed meanwhile."""

    @property
    def size(self) -> int:
        """The content's length in bytes."""

    def read(self, offset: int, length: int) -> bytes:
        """Read a span; shorter than `length` only at the end."""

    def close(self) -> None:
        """Let go of the content."""


class BlobStore(Protocol):
    """Keeps content under its SHA-256, as 32 bytes. Methods that are said to be slow wait for the disk."""

    def stage(self, upload_id: str) -> None:
        """Make an empty staging file. Raise VOLUME_FULL."""

    def write_staged(self, upload_id: str) -> StagedFile:
        """Open the staging file for writing. Raise KeyError when there is none."""

    def staging_path(self, upload_id: str) -> str:
        """Return the path of the staging file for whoever shares the volume."""

    def staged_size(self, upload_id: str) -> int:
        """Return how many bytes are staged. Raise KeyError when there is no staging file."""

    def last_staged(self, upload_id: str) -> float:
        """Return when the staging file was last written, in seconds since 1970. Raise KeyError as above."""

    def read_staged(self, upload_id: str) -> bytes:
        """Read everything that is staged, for content that is known to be small. Raise KeyError as above."""

    def keep(self, upload_id: str, sha256: bytes) -> None:
        """Make staged content the content of this digest, on stable storage; slow. Raise KeyError, VOLUME_FULL."""

    def discard(self, upload_id: str) -> None:
        """Remove a staging file, if there is one."""

    def open(self, sha256: bytes) -> StoredContent:
        """Open content. Raise KeyError when there is none."""

    def holds(self, sha256: bytes, size: int) -> bool:
        """Return whether there is content under this digest, of this size in bytes. Cheap: the bytes are not read."""

    def path(self, sha256: bytes) -> str:
        """Return the path of the file of kept content for whoever shares the volume."""

    def remove(self, sha256: bytes) -> None:
        """Remove content, if there is any."""

    def set_aside(self, sha256: bytes) -> None:
        """Move content, if there is any, to the trash."""

    def bring_back(self, sha256: bytes) -> None:
        """Move content from the trash to where it was, unless it is there. Raise KeyError."""

    def set_aside_content(self) -> Iterator[tuple[bytes, float]]:
        """Yield the digests of all content in the trash, and when it came there in seconds since 1970; slow."""

    def set_damaged_aside(self, sha256: bytes) -> None:
        """Move content whose bytes are wrong, if there is any, to where nothing brings it back from."""

    def damaged_content(self) -> Iterator[bytes]:
        """Yield the digests of all content that was set aside as damaged; slow."""

    def forget(self, sha256: bytes) -> None:
        """Remove content from the trash, if there is any."""

    def kept(self) -> Iterator[bytes]:
        """Yield the digests of all content that is kept; slow."""

    def staged(self) -> Iterator[str]:
        """Yield the upload ids of all staging files; slow."""

    def has_room_for(self, size: int) -> bool:
        """Return whether the volume has room for so many bytes at present, and a reserve besides them."""
