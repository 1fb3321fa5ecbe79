"""What the metadata needs of a database engine; each engine has a folder of its own, which implements this."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Protocol, TypeVar

import peewee

from reference_server.storage.metadata.statements import Statements

Parameters = Sequence[object] | Mapping[str, object]
Outcome = TypeVar("Outcome")


class TransactionFailedError(Exception):
    """A transaction could not be begun, run on or committed: nothing that was changed in it remains."""


class Database(Protocol):
    """One connection to the database, which one thread at a time may use."""

    @property
    def statements(self) -> Statements:
        """The statements of the hot paths, in this engine's SQL."""

    def run(self, statement: str, parameters: Parameters = ()) -> Iterable[Sequence[Any]]:
        """Run a statement written in SQL and return its rows."""

    def one(self, statement: str, parameters: Parameters = ()) -> Sequence[Any] | None:
        """Run a statement written in SQL and return its first row, or None."""

    def insert(self, statement: str, parameters: Parameters) -> int | None:
        """Insert one row and return its id, or None when a constraint of the schema forbids the row."""

    def rows(self, query: peewee.BaseQuery) -> list[Any]:
        """Run a query of models and return what it selects. Raise peewee.PeeweeException, as the next two."""

    def first(self, query: peewee.BaseQuery) -> Any:  # noqa: ANN401 -- peewee does not type what a query selects
        """Run a query of models and return the first of what it selects, or None."""

    def change(self, query: peewee.BaseQuery) -> int:
        """Insert and return the new id, or update or delete and return the number of rows."""

    def each_of(self, values: Sequence[int]) -> peewee.Node:
        """Return a subquery that selects these values, however many they are."""

    def snapshot(self) -> contextlib.AbstractContextManager[None]:
        """Let everything that is read inside see one state of the database."""

    def transaction(self) -> contextlib.AbstractContextManager[None]:
        """Commit what is changed inside, or undo it when it raises. Wait for another program that changes something."""

    def begin(self) -> bool:
        """Begin to change; False, at once, while another program does. Raise TransactionFailedError."""

    def attempt(self, change: Callable[[], Outcome]) -> Outcome:
        """Run a change inside a transaction; what it raises undoes it alone. Raise TransactionFailedError."""

    def commit(self) -> None:
        """Bring the transaction to stable storage. Raise TransactionFailedError."""

    def roll_back(self) -> None:
        """Undo the transaction, if one is open."""

    def reports_full_volume(self, error: BaseException) -> bool:
        """Return whether an error of this engine says that the volume has no room left."""

    def close(self) -> None:
        """Close the connection."""
