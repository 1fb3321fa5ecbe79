"""Reading a list to its end, page by page."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Final, TypeVar

Row = TypeVar("Row")

ROWS: Final = 100
"""How many rows a page has: the most that the storage gives."""


async def every_row(read: Callable[[int], Awaitable[tuple[Sequence[Row], int]]]) -> list[Row]:
    """Read all pages. `read` takes a page's number and gives its rows, and how many there are on all pages."""
    rows: list[Row] = []
    number = 1
    while True:
        part, total = await read(number)
        rows += part
        if not part or len(rows) >= total:
            return rows
        number += 1
