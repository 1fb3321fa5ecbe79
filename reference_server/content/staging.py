"""Staging files on a volume that this process sees, and what it means when the volume takes no more."""

from __future__ import annotations

import contextlib
import errno
import os
from collections.abc import Iterator

from reference_server.contract.failure import Failure, Reason

_CLOSED = -1


class LocalStagedFile:
    """A staging file open for writing, by a descriptor that is its own.

    Used after `close` it raises OSError: the number of a closed descriptor may be another file's.
    """

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    def write(self, piece: bytes) -> None:
        """Append a piece. Raises VOLUME_FULL, OSError."""
        rest = memoryview(piece)
        with full_volume_refused():
            while rest:
                rest = rest[os.write(self._descriptor, rest) :]

    def sync(self) -> None:
        """Bring what was written to stable storage. Raises VOLUME_FULL, OSError."""
        with full_volume_refused():
            os.fdatasync(self._descriptor)

    def close(self) -> None:
        """Close the descriptor; safe to call twice."""
        if self._descriptor != _CLOSED:
            descriptor, self._descriptor = self._descriptor, _CLOSED
            os.close(descriptor)


@contextlib.contextmanager
def full_volume_refused() -> Iterator[None]:
    """Raise VOLUME_FULL where the file system says that there is no room."""
    try:
        yield
    except OSError as error:
        if error.errno in {errno.ENOSPC, errno.EDQUOT}:
            raise Failure(Reason.VOLUME_FULL, "the volume has no room for the content") from None
        raise
