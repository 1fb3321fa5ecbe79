"""The SQLite database: opening it, running statements, queries and transactions on it."""

from __future__ import annotations

import contextlib
import json
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, TypeVar

import peewee

from reference_server.storage.metadata.database import Parameters, TransactionFailedError
from reference_server.storage.metadata.sqlite.statements import STATEMENTS

Outcome = TypeVar("Outcome")
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
    except (peewee.PeeweeException, sqlite3.Error) as error:
        message = f"{path}: {error}; restore it from a backup, or name another data folder"
        raise DatabaseUnusableError(message) from error


class SqliteDatabase:
    """One connection to the database file, which is created when it does not exist. Raise DatabaseUnusableError.

    Statements go past peewee, whose part would cost as much as SQLite's; they raise sqlite3.Error.
    """

    def __init__(self, path: Path) -> None:
        self.statements = STATEMENTS
        self._waits = True
        self._database = peewee.SqliteDatabase(
            str(path), pragmas=_PRAGMAS, thread_safe=False, check_same_thread=False, autoconnect=False
        )
        with damage_explained(path):
            self._database.connect()
        self._connection: sqlite3.Connection = self._database.connection()  # type: ignore[no-untyped-call]  # peewee's stubs

    def run(self, statement: str, parameters: Parameters = ()) -> sqlite3.Cursor:
        """Run a statement written in SQL and return its rows."""
        return self._connection.execute(statement, parameters)

    def one(self, statement: str, parameters: Parameters = ()) -> Sequence[Any] | None:
        """Run a statement written in SQL and return its first row, or None."""
        row: Sequence[Any] | None = self._connection.execute(statement, parameters).fetchone()
        return row

    def insert(self, statement: str, parameters: Parameters) -> int | None:
        """Insert one row and return its id, or None when a constraint of the schema forbids the row."""
        try:
            return self._connection.execute(statement, parameters).lastrowid
        except sqlite3.IntegrityError:
            return None

    def rows(self, query: peewee.BaseQuery) -> list[Any]:
        """Run a query of models and return what it selects: model instances, or what the query makes of them."""
        return list(query.execute(self._database))

    def first(self, query: peewee.BaseQuery) -> Any:  # noqa: ANN401 -- peewee does not type what a query selects
        """Run a query of models and return the first of what it selects, or None."""
        return next(iter(self.rows(query)), None)

    def change(self, query: peewee.BaseQuery) -> int:
        """Insert and return the new id, or update or delete and return the number of rows."""
        return int(query.execute(self._database))

    def each_of(self, values: Sequence[int]) -> peewee.SQL:
        """Return a subquery that selects these values, as one parameter, however many they are."""
        return peewee.SQL("(SELECT value FROM json_each(?))", [json.dumps(values)])

    @contextlib.contextmanager
    def snapshot(self) -> Iterator[None]:
        """Let everything that is read inside see one state of the database."""
        self.run("BEGIN")
        try:
            yield
        finally:
            self.run("ROLLBACK")

    @contextlib.contextmanager
    def transaction(self) -> Iterator[None]:
        """Commit what is changed inside, or undo it when it raises. Wait for another program that changes something."""
        self.run("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self.roll_back()
            raise
        self.run("COMMIT")

    def begin(self) -> bool:
        """Begin to change; False, at once, while another program does. Raise TransactionFailedError."""
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
        """Run a change inside a transaction; what it raises undoes it alone. Raise TransactionFailedError."""
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
        """Bring the transaction to stable storage. Raise TransactionFailedError."""
        self._control("COMMIT")

    def roll_back(self) -> None:
        """Undo the transaction that is open, unless SQLite has done so already for what it met."""
        if self._connection.in_transaction:
            self.run("ROLLBACK")

    def reports_full_volume(self, error: BaseException) -> bool:
        """Return whether SQLite met a full volume."""
        return getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_FULL

    def close(self) -> None:
        """Close the connection."""
        self._database.close()

    def _control(self, statement: str) -> None:
        try:
            self.run(statement)
        except sqlite3.Error as error:
            raise TransactionFailedError from error
