"""What the metadata needs of a database engine; each engine has a folder of its own, which implements this."""

from __future__ import annotations

import abc
import contextlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Protocol, TypeVar

import peewee

from reference_server.contract.failure import Failure
from reference_server.storage.metadata.statements import Statements

Parameters = Sequence[object] | Mapping[str, object]
Outcome = TypeVar("Outcome")
Row = TypeVar("Row")


class TransactionFailedError(Exception):
    """A transaction could not be begun, run on or committed: nothing that was changed in it remains."""


class DatabaseSpace(Protocol):
    """The room that the database takes on its file system; both methods are slow."""

    def keep_reserve(self) -> None:
        """Make the reserve that is given up when the database has no room, unless it is there."""

    def give_back(self) -> int:
        """Give unused pages back to the file system, a bounded number at a time; return how many."""


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

    def get(self, kind: type[Row], query: peewee.BaseQuery, missing: Failure) -> Row:
        """Run a query and return the first of what it selects, of this kind. Raise `missing` where there is none."""
        found = self.first(query)
        if not isinstance(found, kind):
            raise missing
        return found

    def exists(self, query: peewee.ModelSelect[Any]) -> bool:
        """Return whether a query selects anything."""
        return self.first(query.limit(1).tuples()) is not None

    def read(self, make: Callable[..., Row], statement: str, parameters: Parameters) -> Row | None:
        """Run a statement and return its first row as a record, or None."""
        row = self.one(statement, parameters)
        return None if row is None else make(*row)

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
    def defects(self) -> list[str]:
        """Return what is wrong with the database itself, in the engine's words; slow."""

    @abc.abstractmethod
    def reports_full_volume(self, error: BaseException) -> bool:
        """Return whether an error of this engine says that the volume has no room left."""

    @abc.abstractmethod
    def reports_unusable_file(self, error: BaseException) -> bool:
        """Return whether an error of this engine says that the database's file cannot be read or written at present."""
