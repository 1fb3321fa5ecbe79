"""Copies of a database: one that is in use, copied beside its changes, and one that lies in a backup.

A copy is one file that nothing else belongs to, so that it can be read where nothing can be written.
"""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

from reference_server.contract.failure import Failure, Reason
from reference_server.storage.metadata.sqlite.database import SqliteDatabase, damage_explained

Report = Callable[[int, int], None]
"""Told how many pages are copied, and of how many."""

_PAGES_A_STEP = 2048  # 8 MiB


def copy_in_use(database: Path, target: Path, report: Report) -> None:
    """Write a copy of the database as it is when this begins; others go on reading and changing it.

    Raise DatabaseUnusableError, VOLUME_FULL.
    """
    with damage_explained(database), contextlib.closing(SqliteDatabase(database)) as source, source.snapshot():
        source.one("SELECT 1 FROM sqlite_master")  # the snapshot is that of the first read
        source.copy(lambda connection: _copy(connection, target, report))


def copy_kept(backup: Path, target: Path, report: Report) -> None:
    """Write a copy of a copy, and nothing beside that. Raise DatabaseUnusableError, VOLUME_FULL."""
    with damage_explained(backup), contextlib.closing(_read_only(backup)) as source:
        _copy(source, target, report)


def kept_content(backup: Path, sha256: bytes) -> bytes | None:
    """Return content that the metadata of a backup hold, None where they do not. Raise DatabaseUnusableError."""
    with damage_explained(backup), contextlib.closing(_read_only(backup)) as copy:
        row = copy.execute("SELECT content FROM blobs WHERE sha256 = ?", (sha256,)).fetchone()
    return None if row is None else row[0]


@contextlib.contextmanager
def closing_copy(database: SqliteDatabase) -> Iterator[SqliteDatabase]:
    """Close a copy at the end that was opened to change it, so that it is one file again."""
    with contextlib.closing(database):
        yield database
        list(database.run("PRAGMA journal_mode = delete"))


def remove_copy(path: Path) -> None:
    """Remove a copy that was not finished, with all that may lie beside it."""
    for suffix in ("", "-wal", "-shm", "-journal"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)


def _read_only(backup: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{backup.absolute().as_uri()}?mode=ro&immutable=1", uri=True)


def _copy(source: sqlite3.Connection, target: Path, report: Report) -> None:
    with contextlib.closing(sqlite3.connect(target, isolation_level=None)) as copy:
        try:
            copy.execute("PRAGMA synchronous = full")
            source.backup(copy, pages=_PAGES_A_STEP, progress=lambda _, left, all_: report(all_ - left, all_), sleep=0)
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode == sqlite3.SQLITE_FULL:
                raise Failure(Reason.VOLUME_FULL, f"{target.parent} has no room for the metadata") from error
            raise
