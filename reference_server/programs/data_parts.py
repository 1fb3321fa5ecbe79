"""The two parts of the data: metadata and volume belong together, and a start with half of them must lose nothing.

With the metadata gone, all content on the volume would count as nobody's and be swept; with the volume gone, every
large file would be lost without a word.
"""

from __future__ import annotations

from pathlib import Path

from reference_server.programs.refusals import StartRefusedError


def check_parts(metadata: Path, volume: Path) -> None:
    """Refuse to start on metadata without its volume, or on a volume with content but without its metadata."""
    if metadata.exists() and not volume.exists():
        raise StartRefusedError(
            f"{volume} is missing, and {metadata} is there: restore both from the same backup; "
            f"to go on without the large files, make an empty folder {volume}"
        )
    if not metadata.exists() and any(volume.glob("blobs/*/*/*")):
        raise StartRefusedError(
            f"{metadata} is missing, and {volume} holds content: restore both from the same backup, "
            "or choose an empty data directory"
        )
