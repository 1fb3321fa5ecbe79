"""Giving lists in parts: a numbered page, or what follows a row.

A numbered page is counted from the beginning each time, so it shifts when rows before it come and go. What follows a
row is found by the row's place in the order, which stays what it is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Generic, TypeVar

from peewee import Field, ModelSelect, Tuple, fn

from reference_server.contract.failure import Failure, Reason
from reference_server.storage.metadata.pages import Page
from reference_server.storage.metadata.sqlite.database import Database
from reference_server.storage.packages.cursors import Place, read_cursor, write_cursor

_DIRECTIONS = ("asc", "desc")
Row = TypeVar("Row")
Other = TypeVar("Other")


@dataclass(frozen=True, slots=True)
class Asked:
    """Which part of a list a client asks for, in its own words; what it did not say is None."""

    order_by: str | None = None
    sort: str | None = None
    page: int | None = None
    per_page: int | None = None
    keyset: bool = False
    cursor: str | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """Which part of a list to give. `page` counts from 1; `after` is where to go on when `keyset` is set."""

    order_by: str
    descending: bool
    page: int
    per_page: int
    keyset: bool
    after: Place | None


@dataclass(frozen=True, slots=True)
class Given(Generic[Row]):
    """One part of a list; `total` and `page` are 0 with keyset, `next_cursor` is None when nothing follows."""

    rows: Sequence[Row]
    page: int
    per_page: int
    total: int
    next_cursor: str | None

    def of(self, rows: Sequence[Other]) -> Given[Other]:
        """Give the same part with other rows in it."""
        return Given(rows, self.page, self.per_page, self.total, self.next_cursor)


@dataclass(frozen=True, slots=True)
class Orders:
    """What a list can be ordered by, each with its column; rows that are equal in it are ordered by `id`."""

    columns: Mapping[str, Field]
    id: Field
    default: str
    default_sort: str = "asc"

    def judge(self, asked: Asked) -> Part:
        """Read what a client asks for. Raises PARAMETER_VALUE_UNKNOWN, or PARAMETER_INVALID for the cursor."""
        order_by = _one_of(self.columns, asked.order_by, self.default, "order_by")
        descending = _one_of(_DIRECTIONS, asked.sort, self.default_sort, "sort") == "desc"
        page, per_page = Page(asked.page, asked.per_page).judge()
        after = None
        if asked.keyset and asked.cursor is not None:
            after = read_cursor(asked.cursor, order_by, descending=descending)
        return Part(order_by, descending, page, per_page, asked.keyset, after)


def give(
    database: Database, query: ModelSelect[Any], make: Callable[..., Row], orders: Orders, part: Part
) -> Given[Row]:
    """Run a query for one part of its rows. `make` takes the selected columns by name; its rows have an `id`."""
    if part.keyset:
        return _what_follows(database, query, make, orders, part)
    with database.snapshot():
        total = int(database.first(query.columns(fn.COUNT(orders.id)).tuples())[0])
        rows = _page(database, query, make, orders, part, total)
    return Given(rows, part.page, part.per_page, total, None)


def _page(
    database: Database, query: ModelSelect[Any], make: Callable[..., Row], orders: Orders, part: Part, total: int
) -> list[Row]:
    """Give a numbered page of `total` rows, read from the nearer end: the last costs what the first does."""
    before = (part.page - 1) * part.per_page
    if before >= total:
        return []
    count = min(part.per_page, total - before)
    behind = total - before - count
    if before <= behind:
        return database.rows(_ordered(query, orders, part).offset(before).limit(count).objects(make))
    backwards = replace(part, descending=not part.descending)
    rows: list[Row] = database.rows(_ordered(query, orders, backwards).offset(behind).limit(count).objects(make))
    return rows[::-1]


def _what_follows(
    database: Database, query: ModelSelect[Any], make: Callable[..., Row], orders: Orders, part: Part
) -> Given[Row]:
    """Give the rows that follow a place, or the first ones; one more is read to see whether any follow these."""
    if part.after is not None:
        here = Tuple(orders.columns[part.order_by], orders.id)
        there = Tuple(part.after.value, part.after.id)
        query = query.where(here < there if part.descending else here > there)
    rows = database.rows(_ordered(query, orders, part).limit(part.per_page + 1).objects(make))
    cursor = None
    if len(rows) > part.per_page:
        rows = rows[: part.per_page]
        cursor = write_cursor(_place(rows[-1], part.order_by), part.order_by, descending=part.descending)
    return Given(rows, 0, part.per_page, 0, cursor)


def _ordered(query: ModelSelect[Any], orders: Orders, part: Part) -> ModelSelect:
    columns = (orders.columns[part.order_by], orders.id)
    return query.order_by(*(column.desc() if part.descending else column.asc() for column in columns))


def _place(row: Any, order_by: str) -> Place:  # noqa: ANN401 -- rows of every list
    return Place(getattr(row, order_by), row.id)


def _one_of(known: Mapping[str, Any] | Sequence[str], text: str | None, default: str, parameter: str) -> str:
    if text is None:
        return default
    if text not in known:
        raise Failure(Reason.PARAMETER_VALUE_UNKNOWN, f"{parameter} has no such value", parameter=parameter)
    return text
