"""The command: makes the faults one after another, and prints the table of what was expected and what was seen."""

from __future__ import annotations

import argparse
import fnmatch
import shutil
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from tests.fault_table.rows import ROWS, Row, run_row

_WIDTH = 160


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return 0 when everything was as expected and nothing lost, 1 otherwise, 2 on wrong usage."""
    told = _parser().parse_args(arguments)
    faults = [fault for fault in ROWS if fnmatch.fnmatchcase(fault.name, told.fault)]
    if not faults:
        sys.stderr.write("fault-table: no such fault; there are\n" + "".join(f"  {fault.name}\n" for fault in ROWS))
        return 2
    console = Console(width=_WIDTH, highlight=False)
    folder = Path(tempfile.mkdtemp(prefix="fault-table-", dir=told.folder))
    began = time.monotonic()
    rows = []
    for number, fault in enumerate(faults, 1):
        below = folder / str(number)
        below.mkdir()
        row = run_row(fault, below)
        rows.append(row)
        console.print(f"{number} of {len(faults)}: {fault.name}: {_verdict(row)}", style="dim", markup=False)
        if row.sound or row.lacking:
            shutil.rmtree(below)
    _show(console, rows)
    console.print(f"{time.monotonic() - began:.0f} s")
    if all(row.sound for row in rows):
        shutil.rmtree(folder)
        return 0
    console.print(f"the data and the logs of what failed stay in {folder}")
    return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="tools/fault-table",
        description="Let what surrounds a server fail, one thing after another, and compare what it does about it.",
    )
    parser.add_argument("--fault", default="*", metavar="PATTERN", help="only these, as in 'disk full*'")
    parser.add_argument("--folder", type=Path, metavar="DIR", help="put the data here (default: the system's place)")
    return parser


def _verdict(row: Row) -> str:
    if row.lacking:
        return f"not run: needs {' and '.join(need.value for need in row.lacking)}"
    return "as expected" if row.sound else "NOT as expected"


def _show(console: Console, rows: Sequence[Row]) -> None:
    table = Table()
    for column in ("fault", "expected", "seen"):
        table.add_column(column)
    table.add_column("lost", justify="right")
    for row in rows:
        seen = row.seen if not row.lacking else _verdict(row)
        table.add_row(
            *(escape(text) for text in (row.fault.name, row.fault.expected, "as expected" if row.sound else seen)),
            "-" if row.lacking else str(len(row.lost)),
            style=None if row.sound else "red",
        )
    table.add_section()
    sound = sum(row.sound for row in rows)
    table.add_row(f"all {len(rows)}", "", f"{sound} as expected", str(sum(len(row.lost) for row in rows)))
    console.print(table)


if __name__ == "__main__":
    sys.exit(main())
