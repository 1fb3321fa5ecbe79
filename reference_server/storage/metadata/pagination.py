"""Lists cut into pages: numbered ones, or those that follow a row (keyset pagination).

A numbered page is counted from the beginning each time, so it shifts when rows before it come and go. What follows a
row is found by the row's place in the order, which a cursor holds: text that is safe in a URL.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Generic, TypeVar

from peewee import Field, ModelSelect, Tuple, fn

from reference_server.contract.failure import Failure, Reason
from reference_server.storage.metadata.database import Database

_DEFAULT_ROWS = 20
_MOST_ROWS = 100
_LONGEST_CURSOR = 2048  # characters
_HIGHEST_INTEGER = 2**63  # of a database
_DIRECTIONS = ("asc", "desc")
Row = TypeVar("Row")
Other = TypeVar("Other")


@dataclass(frozen=True, slots=True)
class PageRequest:
    """Which page of a list a client asks for, in its own words; None for what it did not say."""

    order_by: str | None = None
    sort: str | None = None
    page: int | None = None
    per_page: int | None = None
    keyset: bool = False
    cursor: str | None = None


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """One page of a list; `total` and `page` are 0 with keyset, `next_cursor` is None when nothing follows."""

    rows: Sequence[Row]
    page: int
    per_page: int
    total: int
    next_cursor: str | None = None

    def of(self, rows: Sequence[Other]) -> Page[Other]:
        """Return the same page with other rows in it."""
        return Page(rows, self.page, self.per_page, self.total, self.next_cursor)


@dataclass(frozen=True, slots=True)
class Place:
    """A row's place in an order: its value in what the list is ordered by, and its id."""

    value: int | str
    id: int


@dataclass(frozen=True, slots=True)
class Selection:
    """A page request that was checked. `page` counts from 1; `after` is where to go on when `keyset` is set."""

    order_by: str
    descending: bool
    page: int
    per_page: int
    keyset: bool
    after: Place | None


@dataclass(frozen=True, slots=True)
class Ordering:
    """What a list can be ordered by, each with its column; rows that are equal in it are ordered by `id`."""

    columns: Mapping[str, Field]
    id: Field
    default: str
    default_sort: str = "asc"

    def select(self, request: PageRequest) -> Selection:
        """Check a request. Raise PARAMETER_VALUE_UNKNOWN, or PARAMETER_INVALID for the cursor."""
        order_by = _one_of(self.columns, request.order_by, self.default, "order_by")
        descending = _one_of(_DIRECTIONS, request.sort, self.default_sort, "sort") == "desc"
        page, per_page = _numbers(request)
        after = None
        if request.keyset and request.cursor is not None:
            after = read_cursor(request.cursor, order_by, descending=descending)
        return Selection(order_by, descending, page, per_page, request.keyset, after)

    def apply(self, query: ModelSelect[Any], selection: Selection) -> ModelSelect[Any]:
        """Order a query."""
        columns = (self.columns[selection.order_by], self.id)
        return query.order_by(*(column.desc() if selection.descending else column.asc() for column in columns))


def read_page(
    database: Database, query: ModelSelect[Any], make: Callable[..., Row], ordering: Ordering, selection: Selection
) -> Page[Row]:
    """Run an unordered query for one page. `make` takes the selected columns by name; its rows have an `id`."""
    if selection.keyset:
        return _read_following(database, query, make, ordering, selection)
    with database.snapshot():
        total = int(database.first(query.columns(fn.COUNT(ordering.id)).tuples())[0])
        rows = _read_numbered(database, query, make, ordering, selection, total)
    return Page(rows, selection.page, selection.per_page, total)


def read_numbered_page(database: Database, query: ModelSelect[Any], request: PageRequest) -> Page[Any]:
    """Run a query that has an order of its own for one numbered page; its rows are what the query makes of them.

    Raise PARAMETER_VALUE_UNKNOWN for a number below 1.
    """
    page, per_page = _numbers(request)
    counted = query.clone().order_by().alias("counted")
    total = int(database.first(ModelSelect(query.model, (fn.COUNT(1),)).from_(counted).tuples())[0])
    rows = database.rows(query.paginate(page, per_page)) if (page - 1) * per_page < total else []
    return Page(rows, page, per_page, total)


def write_cursor(place: Place, order_by: str, *, descending: bool) -> str:
    """Write the place of a row in a list of this order."""
    text = json.dumps([order_by, descending, place.value, place.id], separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def read_cursor(cursor: str, order_by: str, *, descending: bool) -> Place:
    """Return the place that a cursor names in a list of this order. Raise PARAMETER_INVALID for any other text."""
    match _parse_cursor(cursor):
        case [order, direction, int() | str() as value, int() as row_id] if (order, direction) == (
            order_by,
            descending,
        ):
            if _is_storable(value) and _is_storable(row_id):
                return Place(value, row_id)
    raise Failure(Reason.PARAMETER_INVALID, "the cursor is none of this list's", parameter="cursor")


def _read_numbered(
    database: Database,
    query: ModelSelect[Any],
    make: Callable[..., Row],
    ordering: Ordering,
    selection: Selection,
    total: int,
) -> list[Row]:
    """Return a numbered page of `total` rows, read from the nearer end: the last costs what the first does."""
    before = (selection.page - 1) * selection.per_page
    if before >= total:
        return []
    count = min(selection.per_page, total - before)
    behind = total - before - count
    if before <= behind:
        return database.rows(ordering.apply(query, selection).offset(before).limit(count).objects(make))
    backwards = replace(selection, descending=not selection.descending)
    rows: list[Row] = database.rows(ordering.apply(query, backwards).offset(behind).limit(count).objects(make))
    return rows[::-1]


def _read_following(
    database: Database, query: ModelSelect[Any], make: Callable[..., Row], ordering: Ordering, selection: Selection
) -> Page[Row]:
    """Return the rows that follow a place, or the first ones; one more is read to see whether any follow these."""
    if selection.after is not None:
        here = Tuple(ordering.columns[selection.order_by], ordering.id)
        there = Tuple(selection.after.value, selection.after.id)
        query = query.where(here < there if selection.descending else here > there)
    limited = ordering.apply(query, selection).limit(selection.per_page + 1)
    rows: list[Any] = database.rows(limited.objects(make))
    cursor = None
    if len(rows) > selection.per_page:
        rows = rows[: selection.per_page]
        last = Place(getattr(rows[-1], selection.order_by), rows[-1].id)
        cursor = write_cursor(last, selection.order_by, descending=selection.descending)
    return Page(rows, 0, selection.per_page, 0, cursor)


def _parse_cursor(cursor: str) -> object:
    if len(cursor) > _LONGEST_CURSOR or not cursor.isascii():
        return None
    try:
        return json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (binascii.Error, ValueError, RecursionError):
        return None


def _is_storable(value: int | str) -> bool:
    """Return whether the database can compare with a value: no such number, and no such text, was ever written."""
    return value.isascii() if isinstance(value, str) else -_HIGHEST_INTEGER <= value < _HIGHEST_INTEGER


def _numbers(request: PageRequest) -> tuple[int, int]:
    """Return the page's number and how many rows it has at most. Raise PARAMETER_VALUE_UNKNOWN below 1."""
    for parameter, number in (("page", request.page), ("per_page", request.per_page)):
        if number is not None and number < 1:
            raise Failure(Reason.PARAMETER_VALUE_UNKNOWN, f"{parameter} is at least 1", parameter=parameter)
    return request.page or 1, min(request.per_page or _DEFAULT_ROWS, _MOST_ROWS)


def _one_of(known: Iterable[str], text: str | None, default: str, parameter: str) -> str:
    if text is None:
        return default
    if text not in known:
        raise Failure(Reason.PARAMETER_VALUE_UNKNOWN, f"{parameter} has no such value", parameter=parameter)
    return text
