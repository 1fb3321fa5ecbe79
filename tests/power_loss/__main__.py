"""The command: records a server for each carrier, replays a power cut after every call, and prints what was found."""

from __future__ import annotations

import argparse
import random
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table

from tests.fault_table.fault import Need
from tests.power_loss.cuts import KINDS, power_cuts
from tests.power_loss.recording import record

_CARRIERS = ("auto", "streamed")
_COLUMNS = ("states", "lost", "partial", "returned")
_SHOWN = 20
_WIDTH = 120


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return 0 when nothing was found, 1 otherwise or without strace, 2 on wrong usage."""
    told = _parser().parse_args(arguments)
    if told.publications < 1 or told.every < 1:
        sys.stderr.write("power-loss: there is nothing to do\n")
        return 2
    if not Need.STRACE.met:
        sys.stderr.write(f"power-loss: not run: needs {Need.STRACE.value}\n")
        return 1
    console = Console(width=_WIDTH, highlight=False)
    folder = Path(tempfile.mkdtemp(prefix="power-loss-", dir=told.folder))
    began = time.monotonic()
    counts: Counter[tuple[str, str]] = Counter()
    for carrier in _CARRIERS:
        below = folder / carrier
        below.mkdir()
        recording = record(below, told.publications, told.seed, carrier)
        console.print(
            f"{carrier}: {len(recording.calls)} calls recorded, {recording.acknowledged} changes acknowledged"
        )
        for kind, findings in power_cuts(recording, below / "after", told.every, random.Random(told.seed)):
            counts[kind, "states"] += 1
            for name in _COLUMNS[1:]:
                counts[kind, name] += len(getattr(findings, name))
            for sentence in findings.sentences[:_SHOWN]:
                console.print(f"{kind}: {sentence}", style="red", markup=False)
    _show(console, counts)
    console.print(f"{time.monotonic() - began:.0f} s")
    if any(counts[kind, name] for kind in KINDS for name in _COLUMNS[1:]):
        console.print(f"the recordings stay in {folder}")
        return 1
    shutil.rmtree(folder)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="tools/power-loss",
        description="Record what a server writes and syncs, and replay a power cut after every call of the system.",
    )
    parser.add_argument("--publications", type=int, default=60, metavar="N", help="for each carrier (default 60)")
    parser.add_argument("--every", type=int, default=1, metavar="N", help="cut after every N-th change (default 1)")
    parser.add_argument("--seed", default="1", help="what decides contents and what part is lost (default 1)")
    parser.add_argument("--folder", type=Path, metavar="DIR", help="put the data here (default: the system's place)")
    return parser


def _show(console: Console, counts: Counter[tuple[str, str]]) -> None:
    table = Table()
    table.add_column("power cut after a call; of what was written since the last sync")
    for column in _COLUMNS:
        table.add_column(column, justify="right")
    for kind in KINDS:
        table.add_row(kind, *(str(counts[kind, column]) for column in _COLUMNS))
    table.add_section()
    table.add_row("all", *(str(sum(counts[kind, column] for kind in KINDS)) for column in _COLUMNS))
    console.print(table)


if __name__ == "__main__":
    sys.exit(main())
