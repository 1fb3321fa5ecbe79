"""The room that a database takes: a reserve for when its file system is full, and giving back what is unused."""

from __future__ import annotations

import contextlib
import os
import sqlite3
from pathlib import Path

import structlog

from reference_server.content.files import free_bytes
from reference_server.storage.metadata.database import DatabaseSpace
from reference_server.storage.metadata.sqlite.database import SqliteDatabase

_RESERVE_BYTES = 8 * 1024 * 1024  # the log of some thousand deletions, and SQLite's own files at a start
_KEPT_FREE_PAGES = 1024  # 4 MiB that publications use again soon
_PAGES_A_STEP = 512  # 2 MiB: nobody writes while a step runs


class SqliteSpace(DatabaseSpace):
    """The reserve file beside a database, and the database's unused pages.

    The reserve is given up when the database cannot be written for want of room, so that deleting goes on.
    """

    def __init__(self, database: Path) -> None:
        self._database = database
        self._reserve = database.with_suffix(".reserve")

    def release_when_full(self) -> None:
        """Give the reserve up at a start if there is less room than it takes, before the database is opened."""
        if free_bytes(self._database.parent) < _RESERVE_BYTES:
            self.release()

    def release(self) -> bool:
        """Give the reserve up; return whether there was one."""
        try:
            self._reserve.unlink()
        except FileNotFoundError:
            return False
        structlog.get_logger().warning("the file system is full: the metadata's reserve was given up")
        return True

    def keep_reserve(self) -> None:
        """Make the reserve if it is not there and there is more room than it takes."""
        if self._reserve.exists() or free_bytes(self._database.parent) < 2 * _RESERVE_BYTES:
            return
        fresh = self._reserve.with_suffix(".reserve.new")
        try:
            with fresh.open("wb") as file:
                os.posix_fallocate(file.fileno(), 0, _RESERVE_BYTES)
            fresh.replace(self._reserve)
        except OSError:
            fresh.unlink(missing_ok=True)
            raise

    def give_back(self) -> int:
        """Shrink the database by a step if many of its pages are unused; return by how many pages. Slow.

        A database of an earlier version does not shrink until it is rebuilt by `PRAGMA auto_vacuum = 2; VACUUM`.
        """
        with contextlib.closing(SqliteDatabase(self._database)) as database:
            before = _number(database, "freelist_count")
            pages = min(before - _KEPT_FREE_PAGES, _PAGES_A_STEP)
            if pages <= 0 or _number(database, "auto_vacuum") == 0:
                return 0
            try:
                database.run_to_end(f"PRAGMA incremental_vacuum({pages})")
                list(database.run("PRAGMA wal_checkpoint(PASSIVE)"))
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode == sqlite3.SQLITE_BUSY:
                    return 0
                raise
            return before - _number(database, "freelist_count")


def _number(database: SqliteDatabase, pragma: str) -> int:
    row = database.one(f"PRAGMA {pragma}")
    return 0 if row is None else int(row[0])
