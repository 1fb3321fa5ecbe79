"""Lists that are cut into numbered pages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from peewee import ModelSelect, fn

from reference_server.contract.failure import Failure, Reason
from reference_server.storage.metadata.sqlite.database import Database

_DEFAULT_ROWS = 20
_MOST_ROWS = 100
Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class Page:
    """Which page of a list to give, counted from 1, and how many rows it has; None for what is usual."""

    number: int | None = None
    rows: int | None = None

    def judge(self) -> tuple[int, int]:
        """Give the page's number and how many rows it has at most. Raises PARAMETER_VALUE_UNKNOWN below 1."""
        number = _at_least_one("page", self.number, 1)
        return number, min(_at_least_one("per_page", self.rows, _DEFAULT_ROWS), _MOST_ROWS)


@dataclass(frozen=True, slots=True)
class Listed(Generic[Row]):
    """The rows of one page, and how many there are on all pages."""

    rows: Sequence[Row]
    total: int


def give_page(database: Database, query: ModelSelect[Any], page: Page) -> Listed[Any]:
    """Run an ordered query for one page of what it selects. Raises PARAMETER_VALUE_UNKNOWN for a number below 1."""
    number, rows = page.judge()
    counted = query.clone().order_by().alias("counted")
    total = int(database.first(ModelSelect(query.model, (fn.COUNT(1),)).from_(counted).tuples())[0])
    if (number - 1) * rows >= total:
        return Listed([], total)
    return Listed(database.rows(query.paginate(number, rows)), total)


def _at_least_one(parameter: str, number: int | None, usual: int) -> int:
    if number is not None and number < 1:
        raise Failure(Reason.PARAMETER_VALUE_UNKNOWN, f"{parameter} is at least 1", parameter=parameter)
    return usual if number is None else number
