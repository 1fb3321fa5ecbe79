"""The SQLite database: opening it, and running statements and queries on it."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from peewee import BaseQuery, PeeweeException, SqliteDatabase

Parameters = Sequence[object] | Mapping[str, object]

_PRAGMAS = (
    ("journal_mode", "wal"),
    ("synchronous", "full"),  # a commit is answered only when it is on stable storage
    ("foreign_keys", "on"),
    ("cache_size", -16_000),  # KiB
    ("wal_autocheckpoint", 4_000),  # pages: 16 MiB, so that a checkpoint's syncs are shared by many commits
    ("journal_size_limit", 64 * 1024 * 1024),
    ("temp_store", "memory"),
)


class DatabaseUnusableError(Exception):
    """The file is no database, or cannot be opened."""


@contextlib.contextmanager
def damage_explained(path: Path) -> Iterator[None]:
    """Turn what SQLite says of a file that it cannot use into DatabaseUnusableError."""
    try:
        yield
    except (PeeweeException, sqlite3.Error) as error:
        message = f"{path}: {error}; restore it from a backup, or name another data folder"
        raise DatabaseUnusableError(message) from error


class Database:
    """One connection to the database, which is created when it does not exist. Raises DatabaseUnusableError.

    Whoever opens it sees to it that only one thread at a time uses it.
    """

    def __init__(self, path: Path) -> None:
        self._database = SqliteDatabase(
            str(path), pragmas=_PRAGMAS, thread_safe=False, check_same_thread=False, autoconnect=False
        )
        with damage_explained(path):
            self._database.connect()
        self._connection: sqlite3.Connection = self._database.connection()  # type: ignore[no-untyped-call]  # peewee's stubs

    def run(self, statement: str, parameters: Parameters = ()) -> sqlite3.Cursor:
        """Run one statement written in SQL. It goes past peewee, whose part would cost as much as SQLite's.

        Raises sqlite3.Error.
        """
        return self._connection.execute(statement, parameters)

    def one(self, statement: str, parameters: Parameters = ()) -> Sequence[Any] | None:
        """Run one statement written in SQL and give its first row, or None. Raises sqlite3.Error."""
        row: Sequence[Any] | None = self._connection.execute(statement, parameters).fetchone()
        return row

    def rows(self, query: BaseQuery) -> list[Any]:
        """Run a query of models, and give what it selects: model instances, or tuples if it says so.

        Raises peewee.PeeweeException, as the other queries of models.
        """
        return list(query.execute(self._database))

    def first(self, query: BaseQuery) -> Any:  # noqa: ANN401 -- peewee does not type what a query gives
        """Run a query of models, and give the first of what it selects, or None."""
        return next(iter(self.rows(query)), None)

    def change(self, query: BaseQuery) -> int:
        """Run a query that inserts (and give the new id), or updates or deletes (and give the number of rows)."""
        return int(query.execute(self._database))

    @contextlib.contextmanager
    def snapshot(self) -> Iterator[None]:
        """Let everything that is read inside see one state of the database."""
        self.run("BEGIN")
        try:
            yield
        finally:
            self.run("ROLLBACK")

    def roll_back(self) -> None:
        """Undo the transaction that is open, unless SQLite has done so already for what it met."""
        if self._connection.in_transaction:
            self.run("ROLLBACK")

    def close(self) -> None:
        """Close the connection."""
        self._database.close()
