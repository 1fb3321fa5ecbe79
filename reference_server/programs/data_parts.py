"""The two parts of the data, metadata and volume, belong together: a start on parts that do not must lose nothing.

With the metadata gone or emptied, all content on the volume would count as nobody's and be swept; with the volume gone
or not mounted, every large file would be lost without a word. Both hold one identity, written at first start.
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from reference_server.programs.refusals import StartRefusedError
from reference_server.storage.blobs.local_disk import sync_directory
from reference_server.storage.metadata.sqlite.database import SqliteDatabase
from reference_server.storage.metadata.sqlite.volume_identity import record_identity, recorded_identity

METADATA = "metadata.sqlite3"
"""The file of the metadata in a data directory."""

VOLUME = "volume"
"""The folder of the volume in a data directory, which may be a mount point."""

_IDENTITY_FILE = "identity"
_IDENTITY_BYTES = 16
_REMEDY = "restore both from the same backup"


def check_volume(metadata: Path, volume: Path) -> None:
    """Refuse to start on metadata whose volume is missing altogether."""
    if metadata.exists() and not volume.exists():
        raise StartRefusedError(
            f"{volume} is missing, and {metadata} is there: mount it, or {_REMEDY}; "
            f"to go on without the large files, make an empty folder {volume}"
        )


def check_new_metadata(metadata: Path, volume: Path) -> None:
    """Refuse to start with metadata that is new, or empty, on a volume that holds content."""
    if any(volume.glob("blobs/*/*/*")):
        raise StartRefusedError(
            f"{metadata} is missing or empty, and {volume} holds content: {_REMEDY}, or choose an empty data directory"
        )


def bind(database: SqliteDatabase, volume: Path) -> None:
    """Compare the identities of metadata and volume; write one where neither has any yet.

    Raise StartRefusedError when they differ, or when the volume has lost its own.
    """
    recorded, found = recorded_identity(database), _identity_of(volume)
    if recorded is None:
        record_identity(database, found or write_identity(volume, secrets.token_hex(_IDENTITY_BYTES)))
    else:
        _compare(recorded, found, volume)


def check_bound(database: SqliteDatabase, volume: Path) -> None:
    """Compare the identities, and write nothing. Raise StartRefusedError when they differ."""
    recorded = recorded_identity(database)
    if recorded is not None:
        _compare(recorded, _identity_of(volume), volume)


def _compare(recorded: str, found: str | None, volume: Path) -> None:
    if found is None:
        raise StartRefusedError(
            f"{volume} is not the volume of this metadata, but empty or another file system: mount it, or {_REMEDY}; "
            f"to go on without its large files, write {recorded} to {volume / _IDENTITY_FILE}"
        )
    if found != recorded:
        raise StartRefusedError(f"{volume} belongs to other metadata ({found}, not {recorded}): {_REMEDY}")


def _identity_of(volume: Path) -> str | None:
    try:
        return (volume / _IDENTITY_FILE).read_text(encoding="ascii", errors="replace").strip()
    except FileNotFoundError:
        return None


def write_identity(volume: Path, identity: str) -> str:
    """Give a volume an identity, on stable storage; return it."""
    fresh = volume / f"{_IDENTITY_FILE}.new"
    with fresh.open("w", encoding="ascii") as file:
        file.write(f"{identity}\n")
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(volume / _IDENTITY_FILE)
    sync_directory(volume)
    return identity
