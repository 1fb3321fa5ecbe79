"""Which volume belongs to this metadata, as the metadata records it."""

from __future__ import annotations

from reference_server.storage.metadata.sqlite.database import SqliteDatabase


def recorded_identity(database: SqliteDatabase) -> str | None:
    """Return the identity of the metadata's volume; None where none was recorded yet."""
    row = database.one("SELECT identity FROM volume_identity")
    return None if row is None else str(row[0])


def record_identity(database: SqliteDatabase, identity: str) -> None:
    """Record the identity of the metadata's volume, once and for all."""
    database.run("INSERT INTO volume_identity (identity) VALUES (?)", (identity,))
