"""Files of the blob volume, for whoever sees it, and what it means when the volume takes no more."""

from __future__ import annotations

import contextlib
import errno
import os
from collections.abc import Iterator
from pathlib import Path

from reference_server.contract.failure import Failure, Reason


class _File:
    """A file open by a descriptor that is its own; used after `close` it raises OSError, never touching another one."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    def close(self) -> None:
        """Let go of the file; safe to call twice."""
        if self._descriptor >= 0:
            descriptor, self._descriptor = self._descriptor, -1
            os.close(descriptor)


class StagedFile(_File):
    """A staging file open for writing; one thread writes, another one syncs. It stays staged when it is closed."""

    def write(self, piece: bytes) -> None:
        """Append a piece. Raises VOLUME_FULL, OSError."""
        rest = memoryview(piece)
        with full_volume_refused():
            while rest:
                rest = rest[os.write(self._descriptor, rest) :]

    def sync(self) -> None:
        """Bring what was written to stable storage; slow. Raises VOLUME_FULL, OSError."""
        with full_volume_refused():
            os.fdatasync(self._descriptor)


class StoredFile(_File):
    """A blob file open for reading, which stays readable when it is removed meanwhile; `size` is in bytes."""

    def __init__(self, descriptor: int) -> None:
        super().__init__(descriptor)
        self.size = os.fstat(descriptor).st_size

    def read(self, offset: int, length: int) -> bytes:
        """Read a span; shorter than `length` only at the end. Raises OSError."""
        return os.pread(self._descriptor, length, offset)


def free_bytes(directory: Path) -> int:
    """Return how many bytes the directory's file system has left for this user."""
    volume = os.statvfs(directory)
    return volume.f_bavail * volume.f_frsize


@contextlib.contextmanager
def full_volume_refused() -> Iterator[None]:
    """Raise VOLUME_FULL where the file system says that there is no room."""
    try:
        yield
    except OSError as error:
        if error.errno in {errno.ENOSPC, errno.EDQUOT}:
            raise Failure(Reason.VOLUME_FULL, "the volume has no room for the content") from None
        raise
