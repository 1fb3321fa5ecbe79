"""Cursors: a place in an ordered list, written as text that is safe in a URL."""

from __future__ import annotations

import base64
import binascii
import json
from dataclasses import dataclass

from reference_server.contract.failure import Failure, Reason

_LONGEST = 2048  # characters
_HIGHEST = 2**63  # SQLite's integers end here


@dataclass(frozen=True, slots=True)
class Place:
    """A row's place: its value in what the list is ordered by, and its id."""

    value: int | str
    id: int


def write_cursor(place: Place, order_by: str, *, descending: bool) -> str:
    """Write the place of a row in a list of this order."""
    text = json.dumps([order_by, descending, place.value, place.id], separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def read_cursor(cursor: str, order_by: str, *, descending: bool) -> Place:
    """Read the place that a cursor names in a list of this order. Raises PARAMETER_INVALID for any other text."""
    match _parsed(cursor):
        case [order, direction, int() | str() as value, int() as row_id] if (order, direction) == (
            order_by,
            descending,
        ):
            if _storable(value) and _storable(row_id):
                return Place(value, row_id)
    raise Failure(Reason.PARAMETER_INVALID, "the cursor is none of this list's", parameter="cursor")


def _parsed(cursor: str) -> object:
    if len(cursor) > _LONGEST or not cursor.isascii():
        return None
    try:
        return json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (binascii.Error, ValueError, RecursionError):
        return None


def _storable(value: int | str) -> bool:
    """Say whether the database can compare with a value: no such number, and no such text, was ever written."""
    return value.isascii() if isinstance(value, str) else -_HIGHEST <= value < _HIGHEST
