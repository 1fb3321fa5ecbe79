"""The command: runs the rounds and prints the table of points and audits."""

from __future__ import annotations

import argparse
import fnmatch
import os
import random
import shutil
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table

from tests.crash_table.halves import HalvesError
from tests.crash_table.rounds import KINDS, Round
from tests.crash_table.servers import run_rounds

_COLUMNS = ("rounds", "died there", "acknowledged", "lost", "partial", "orphans", "miscounts")
_SHOWN = 20
_PROGRESS_SECONDS = 10.0
_WIDTH = 120
_SERVERS = 2 * (os.cpu_count() or 1)  # a round mostly waits until processes have started and found each other


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return 0 when nothing was found and a half died at each point, 1 otherwise."""
    told = _parser().parse_args(arguments)
    kinds = [kind for kind in KINDS if fnmatch.fnmatchcase(kind, told.point)]
    if not kinds or told.rounds < 1 or told.servers < 1:
        sys.stderr.write(f"crash-table: nothing to do; points are {', '.join(KINDS)}\n")
        return 2
    console = Console(width=_WIDTH, highlight=False)
    folder = Path(tempfile.mkdtemp(prefix="crash-table-", dir=told.folder))
    servers = min(told.servers, told.rounds)
    console.print(f"seed {told.seed}: {told.rounds} rounds, {len(kinds)} points, {servers} servers below {folder}")
    began = time.monotonic()
    results: list[Round] = []
    complete = False
    try:
        _run(folder, told.seed, _plan(kinds, told.rounds, told.seed), servers, results, console)
        complete = True
    except HalvesError as error:
        console.print(str(error), style="red", markup=False)
    _show(console, kinds, results)
    console.print(f"{time.monotonic() - began:.0f} s")
    if not complete or any(not result.died or result.findings.sentences for result in results):
        console.print(f"the data and the logs stay in {folder}")
        return 1
    shutil.rmtree(folder)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="tools/crash-table",
        description="Kill the halves of servers at every named step, under load; start them again, and audit.",
    )
    parser.add_argument("--rounds", type=int, default=520, metavar="N", help="how many rounds in all (default 520)")
    parser.add_argument("--servers", type=int, default=_SERVERS, metavar="N", help=f"at a time (default {_SERVERS})")
    parser.add_argument("--seed", default="1", help="what decides points, moments and changes (default 1)")
    parser.add_argument("--point", default="*", metavar="PATTERN", help="only these points, as in 'storage.sweep.*'")
    parser.add_argument("--folder", type=Path, metavar="DIR", help="put the data here (default: the system's place)")
    return parser


def _plan(kinds: Sequence[str], rounds: int, seed: str) -> list[str]:
    """Give every kind its turns, in an order of the seed."""
    plan = [kinds[number % len(kinds)] for number in range(rounds)]
    random.Random(f"plan {seed}").shuffle(plan)
    return plan


def _run(folder: Path, seed: str, plan: Sequence[str], servers: int, results: list[Round], console: Console) -> None:
    """Run the rounds; say what is found at once, and from time to time how far they are."""
    said = time.monotonic()
    for result in run_rounds(folder, seed, plan, servers):
        results.append(result)
        sentences = result.findings.sentences[:_SHOWN] + ([] if result.died else ["nobody died"])
        for sentence in sentences:
            console.print(f"{result.kind}: {sentence}", style="red", markup=False)
        if time.monotonic() - said > _PROGRESS_SECONDS:
            said = time.monotonic()
            console.print(f"{len(results)} of {len(plan)} rounds", style="dim")


def _show(console: Console, kinds: Sequence[str], results: Sequence[Round]) -> None:
    table = Table()
    table.add_column("point", no_wrap=True)
    for column in _COLUMNS:
        table.add_column(column, justify="right", no_wrap=True)
    for kind in kinds:
        table.add_row(kind, *_cells([result for result in results if result.kind == kind]))
    table.add_section()
    table.add_row("all", *_cells(results))
    console.print(table)


def _cells(results: Sequence[Round]) -> list[str]:
    """Return a row's numbers."""
    numbers = [
        len(results),
        sum(result.died for result in results),
        sum(result.acknowledged for result in results),
        *(sum(len(getattr(result.findings, name)) for result in results) for name in _COLUMNS[3:]),
    ]
    return [str(number) for number in numbers]


if __name__ == "__main__":
    sys.exit(main())
