"""The file by which a front end proves that it shares the volume."""

from __future__ import annotations

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


def write_proof(root: Path) -> VolumeProof:
    """Write the nonce file of a volume anew."""
    nonce = secrets.token_bytes(_NONCE_BYTES)
    fresh = root / f"{_NONCE_PATH}.new"
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o640)
    with os.fdopen(descriptor, "wb") as file:
        file.write(nonce)
    fresh.replace(root / _NONCE_PATH)
    return VolumeProof(root.resolve(), _NONCE_PATH, nonce)
