"""Printing what was created or listed: a table for people, JSON for programs."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

Cell = str | int | bool | list[str] | None
Row = Mapping[str, Cell]


def as_json(rows: Sequence[Row], *, single: bool) -> str:
    """Write rows as a JSON array, or a single one as an object."""
    return json.dumps(dict(rows[0]) if single else [dict(row) for row in rows], indent=2) + "\n"


def as_table(rows: Sequence[Row]) -> str:
    """Write rows below the names of their columns, each column as wide as its widest cell; nothing for no rows."""
    if not rows:
        return ""
    lines = [[name.upper() for name in rows[0]], *([_text(cell) for cell in row.values()] for row in rows)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    padded = ("  ".join(map(str.ljust, line, widths)).rstrip() for line in lines)
    return "".join(f"{line}\n" for line in padded)


def _text(cell: Cell) -> str:
    """Write a cell; control characters are escaped, so that no name can write to the terminal as it likes."""
    if cell is None:
        return "-"
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    text = ",".join(cell) if isinstance(cell, list) else str(cell)
    return text if text.isprintable() else text.encode("unicode_escape").decode()
