"""The SQLite database: opening it, running statements and transactions on it."""

from __future__ import annotations

import contextlib
import itertools
import json
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import peewee

from reference_server.storage.metadata.database import Database, Outcome, Parameters, TransactionFailedError
from reference_server.storage.metadata.sqlite.statements import STATEMENTS

_NEW_PRAGMAS = (("auto_vacuum", "incremental"),)  # must come before all else, and writes each time that it is set
_PRAGMAS = (
    ("journal_mode", "wal"),
    ("synchronous", "full"),  # a commit is answered only when it is on stable storage
    ("foreign_keys", "on"),
    ("cache_size", -16_000),  # KiB
    ("wal_autocheckpoint", 4_000),  # pages: 16 MiB, so that a checkpoint's syncs are shared by many commits
    ("journal_size_limit", 64 * 1024 * 1024),
    ("temp_store", "memory"),
)

_PRIMARY_CODE = 0xFF  # the rest of an error's code says more of the same
_UNUSABLE = frozenset(
    {
        sqlite3.SQLITE_READONLY,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_CORRUPT,
        sqlite3.SQLITE_NOTADB,
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_PROTOCOL,
    }
)
_DEFECTS = 100  # more say no more


class DatabaseUnusableError(Exception):
    """The file is no database, or cannot be opened."""


@contextlib.contextmanager
def damage_explained(path: Path) -> Iterator[None]:
    """Turn what SQLite says of a file that it cannot use into DatabaseUnusableError."""
    try:
        yield
    except (peewee.PeeweeException, sqlite3.Error) as error:
        message = f"{path}: {error}; restore it from a backup, or name another data folder"
        raise DatabaseUnusableError(message) from error


class SqliteDatabase(Database):
    """One connection to the database file, which is created when it does not exist. Raise DatabaseUnusableError."""

    def __init__(self, path: Path) -> None:
        new = not path.is_file() or path.stat().st_size == 0
        pragmas = (*_NEW_PRAGMAS, *_PRAGMAS) if new else _PRAGMAS
        database = peewee.SqliteDatabase(
            str(path), pragmas=pragmas, thread_safe=False, check_same_thread=False, autoconnect=False
        )
        super().__init__(database, STATEMENTS)
        with damage_explained(path):
            database.connect()
        self._connection: sqlite3.Connection = database.connection()  # type: ignore[no-untyped-call]  # peewee's stubs
        self._waits = True

    def run(self, statement: str, parameters: Parameters = ()) -> sqlite3.Cursor:
        return self._connection.execute(statement, parameters)

    def run_to_end(self, statement: str) -> None:
        """Run a statement that has no columns but many steps: the module sqlite3 would execute its first step alone."""
        self._connection.executescript(statement)

    def copy(self, copy: Callable[[sqlite3.Connection], None]) -> None:
        """Let SQLite's own interface for copies read from this connection."""
        copy(self._connection)

    def one(self, statement: str, parameters: Parameters = ()) -> Sequence[Any] | None:
        row: Sequence[Any] | None = self._connection.execute(statement, parameters).fetchone()
        return row

    def insert(self, statement: str, parameters: Parameters) -> int | None:
        try:
            return self._connection.execute(statement, parameters).lastrowid
        except sqlite3.IntegrityError:
            return None

    def each_of(self, values: Sequence[int]) -> peewee.SQL:
        return peewee.SQL("(SELECT value FROM json_each(?))", [json.dumps(values)])

    @contextlib.contextmanager
    def transaction(self) -> Iterator[None]:
        self.run("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self.roll_back()
            raise
        self.run("COMMIT")

    def begin(self) -> bool:
        try:
            if self._waits:
                self.run("PRAGMA busy_timeout = 0")
                self._waits = False
            self.run("BEGIN IMMEDIATE")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode == sqlite3.SQLITE_BUSY:
                return False
            raise TransactionFailedError from error
        return True

    def attempt(self, change: Callable[[], Outcome]) -> Outcome:
        self._control("SAVEPOINT change")
        try:
            outcome = change()
        except Exception:
            self._control("ROLLBACK TO change")
            self._control("RELEASE change")
            raise
        self._control("RELEASE change")
        return outcome

    def commit(self) -> None:
        self._control("COMMIT")

    def roll_back(self) -> None:
        if self._connection.in_transaction:
            self.run("ROLLBACK")

    def defects(self) -> list[str]:
        found = [str(line) for (line,) in self.run(f"PRAGMA integrity_check({_DEFECTS})") if line != "ok"]
        dangling = itertools.islice(self.run("PRAGMA foreign_key_check"), _DEFECTS)
        return found + [f"row {row} of {table} refers to no row of {parent}" for table, row, parent, _ in dangling]

    def reports_full_volume(self, error: BaseException) -> bool:
        return getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_FULL

    def reports_unusable_file(self, error: BaseException) -> bool:
        return getattr(error, "sqlite_errorcode", 0) & _PRIMARY_CODE in _UNUSABLE

    def _control(self, statement: str) -> None:
        try:
            self.run(statement)
        except sqlite3.Error as error:
            raise TransactionFailedError from error
