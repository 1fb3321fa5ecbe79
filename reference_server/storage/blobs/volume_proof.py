"""The file by which a front end proves that it shares the volume."""

from __future__ import annotations

import errno
import os
import secrets
from dataclasses import dataclass
from pathlib import Path

_NONCE_PATH = "nonce"
_NONCE_BYTES = 32


@dataclass(frozen=True, slots=True)
class VolumeProof:
    """Where the nonce file lies and what it holds."""

    root: Path
    nonce_path: str
    nonce: bytes

    def is_there(self) -> bool:
        """Return whether the volume is still the one that was proved: mounted, readable, no other. Slow.

        Raise OSError where this process, not the volume, is why it cannot be told.
        """
        try:
            return (self.root / self.nonce_path).read_bytes() == self.nonce
        except OSError as error:
            if error.errno in {errno.EMFILE, errno.ENFILE}:
                raise
            return False


def write_proof(root: Path) -> VolumeProof:
    """Write the nonce file of a volume anew; in place, because that needs no room on a full volume."""
    nonce = secrets.token_bytes(_NONCE_BYTES)
    descriptor = os.open(root / _NONCE_PATH, os.O_WRONLY | os.O_CREAT, 0o640)
    with os.fdopen(descriptor, "wb") as file:
        file.write(nonce)
    return VolumeProof(root.resolve(), _NONCE_PATH, nonce)
