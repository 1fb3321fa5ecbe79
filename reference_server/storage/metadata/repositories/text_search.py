"""The search for a text in columns of names."""

from __future__ import annotations

import functools
import operator

from peewee import ColumnBase, Field

_LONGEST_CHARACTERS = 10_000  # no column that is searched holds more, and an engine may refuse a pattern that is longer


def any_contains(text: str, *columns: Field) -> ColumnBase:
    """Return the condition that some of the columns contains the text, in whatever case."""
    if len(text) > _LONGEST_CHARACTERS:
        return columns[0].in_([])
    return functools.reduce(operator.or_, (column.contains(text) for column in columns))
