"""What the metadata needs of a database engine; each engine has a folder of its own, which implements this."""

from __future__ import annotations

import abc
import contextlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

import peewee

from reference_server.storage.metadata.statements import Statements

Parameters = Sequence[object] | Mapping[str, object]
Outcome = TypeVar("Outcome")


class TransactionFailedError(Exception):
    """A transaction could not be begun, run on or committed: nothing that was changed in it remains."""


class Database(abc.ABC):
    """One connection to the database, which one thread at a time may use.

    Statements are written in the engine's SQL and go past peewee; they raise the engine's errors. Queries are peewee's,
    and raise peewee.PeeweeException. `statements` are those of the hot paths.
    """

    def __init__(self, connected: peewee.Database, statements: Statements) -> None:
        self.statements = statements
        self._peewee = connected

    def rows(self, query: peewee.BaseQuery) -> list[Any]:
        """Run a query and return what it selects: model instances, or what the query makes of them."""
        return list(query.execute(self._peewee))

    def first(self, query: peewee.BaseQuery) -> Any:  # noqa: ANN401 -- peewee does not type what a query selects
        """Run a query and return the first of what it selects, or None."""
        return next(iter(self.rows(query)), None)

    def change(self, query: peewee.BaseQuery) -> int:
        """Insert and return the new id, or update or delete and return the number of rows."""
        return int(query.execute(self._peewee))

    @contextlib.contextmanager
    def snapshot(self) -> Iterator[None]:
        """Let everything that is read inside see one state of the database."""
        self.run("BEGIN")
        try:
            yield
        finally:
            self.run("ROLLBACK")

    def close(self) -> None:
        """Close the connection."""
        self._peewee.close()

    @abc.abstractmethod
    def run(self, statement: str, parameters: Parameters = ()) -> Iterable[Sequence[Any]]:
        """Run a statement and return its rows."""

    @abc.abstractmethod
    def one(self, statement: str, parameters: Parameters = ()) -> Sequence[Any] | None:
        """Run a statement and return its first row, or None."""

    @abc.abstractmethod
    def insert(self, statement: str, parameters: Parameters) -> int | None:
        """Insert one row and return its id, or None when a constraint of the schema forbids the row."""

    @abc.abstractmethod
    def each_of(self, values: Sequence[int]) -> peewee.Node:
        """Return a subquery that selects these values, however many they are."""

    @abc.abstractmethod
    def transaction(self) -> contextlib.AbstractContextManager[None]:
        """Commit what is changed inside, or undo it when it raises. Wait for another program that changes something."""

    @abc.abstractmethod
    def begin(self) -> bool:
        """Begin to change; False, at once, while another program does. Raise TransactionFailedError."""

    @abc.abstractmethod
    def attempt(self, change: Callable[[], Outcome]) -> Outcome:
        """Run a change inside a transaction; what it raises undoes it alone. Raise TransactionFailedError."""

    @abc.abstractmethod
    def commit(self) -> None:
        """Bring the transaction to stable storage. Raise TransactionFailedError."""

    @abc.abstractmethod
    def roll_back(self) -> None:
        """Undo the transaction, if one is open."""

    @abc.abstractmethod
    def reports_full_volume(self, error: BaseException) -> bool:
        """Return whether an error of this engine says that the volume has no room left."""
