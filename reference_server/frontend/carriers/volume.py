"""The proof, at start, that this process and the storage see the same blob volume."""

from __future__ import annotations

import hmac
from pathlib import Path, PurePosixPath

from generic_packages.storage.v1.content_pb2 import DescribeVolumeResponse


def shared_root(volume: DescribeVolumeResponse) -> Path | None:
    """Give the volume's root when the storage's nonce can be read below it, None when the volume is not shared."""
    nonce_path = PurePosixPath(volume.nonce_path)
    root = Path(volume.root)
    if not volume.nonce or not root.is_absolute() or nonce_path.is_absolute() or ".." in nonce_path.parts:
        return None
    try:
        with (root / nonce_path).open("rb") as file:
            found = file.read(len(volume.nonce) + 1)
    except OSError:
        return None
    return root if hmac.compare_digest(found, volume.nonce) else None
