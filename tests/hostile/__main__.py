"""The command: measures ordinary clients alone and beside hostile connections, and prints both side by side."""

from __future__ import annotations

import argparse
import fnmatch
import shutil
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table

from tests.hostile.attack import Counts, attacking
from tests.hostile.clients import CLIENTS, Measured, Ordinary, measured
from tests.hostile.manners import MANNERS, Attacked
from tests.support.front_end import Served
from tests.support.rest_packages import new_project
from tests.support.server_process import running_registry

_WIDTH = 120
_SHOWN = 20
_TOKENS = 4
_MOST_TIMES = 3.0
_WARM_UP_SECONDS = 2.0
_PUBLIC_BYTES = 16 * 1024 * 1024


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return 0 when no ordinary client saw an error and p99 is at most three times as long."""
    told = _parser().parse_args(arguments)
    names = [name for name in MANNERS if fnmatch.fnmatchcase(name, told.manner)]
    if not names or told.connections < len(names) or told.seconds <= 0 or told.times <= 0:
        known = ", ".join(MANNERS)
        sys.stderr.write(f"hostile-load: needs some time, and a connection for each manner; manners are {known}\n")
        return 2
    console = Console(width=_WIDTH, highlight=False)
    folder = Path(tempfile.mkdtemp(prefix="hostile-load-", dir=told.folder))
    options = ["--log-level", "warning", *(["--workers", str(told.workers)] if told.workers else [])]
    console.print(f"{told.connections} hostile connections in {len(names)} manners, {told.seconds:g} s, in {folder}")
    with running_registry(folder, *options) as registry:
        root = Served(registry.served.port, registry.root_token)
        ordinary = Ordinary(root.port, registry.project, _tokens(root, registry.project))
        measured(ordinary, _WARM_UP_SECONDS, "warm-up")
        used = [registry.processor_seconds()]
        alone = measured(ordinary, told.seconds, "load")
        used.append(registry.processor_seconds())
        before = sum(registry.peak_resident_bytes().values())
        with attacking(Attacked(root.port, registry.project, _public_file(root)), names, told.connections) as attack:
            used.append(registry.processor_seconds())
            beside = measured(ordinary, told.seconds, "load")
            used.append(registry.processor_seconds())
            counts = attack.stop()
        grown = sum(registry.peak_resident_bytes().values()) - before
    _show_manners(console, counts)
    console.print(
        f"the server used {used[1] - used[0]:.1f} s of processors alone, {used[3] - used[2]:.1f} s beside the attack; "
        f"its peak of resident memory grew by {grown / 2**20:.0f} MiB"
    )
    times = _show_clients(console, alone, beside)
    for sentence in (alone.errors + beside.errors)[:_SHOWN]:
        console.print(sentence, style="red", markup=False)
    if times > told.times or alone.errors or beside.errors:
        console.print(f"the data and the log stay in {folder}")
        return 1
    shutil.rmtree(folder)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="tools/hostile-load",
        description="Measure ordinary clients of a server alone, and beside hostile connections without a token.",
    )
    parser.add_argument("--connections", type=int, default=1000, metavar="N", help="hostile ones (default 1000)")
    parser.add_argument("--seconds", type=float, default=60, metavar="S", help="of each measurement (default 60)")
    parser.add_argument(
        "--times", type=float, default=_MOST_TIMES, metavar="X", help="how much longer p99 may be (default 3)"
    )
    parser.add_argument("--manner", default="*", metavar="PATTERN", help="only these manners, as in 'slow*'")
    parser.add_argument("--workers", type=int, metavar="N", help="front ends (default: one for each core)")
    parser.add_argument("--folder", type=Path, metavar="DIR", help="put the data here (default: the system's place)")
    return parser


def _tokens(root: Served, project: int) -> list[str]:
    """Make the tokens of the ordinary clients."""
    grant = {"name": "ordinary", "scopes": ["api"], "access_level": 30}
    return [str(root.post(f"/projects/{project}/access_tokens", grant).json()["token"]) for _ in range(_TOKENS)]


def _public_file(root: Served) -> str:
    """Publish a large file that everybody may download, and return its path."""
    path = f"/api/v4{new_project(root, 'public').packages}/generic/public/1.0/file.bin"
    root.send("PUT", path, bytes(_PUBLIC_BYTES))
    return path


def _show_manners(console: Console, counts: Counts) -> None:
    table = Table()
    table.add_column("manner", no_wrap=True)
    for column in ("connections", "opened", "sent", "answers"):
        table.add_column(column, justify="right", no_wrap=column != "answers")
    for name, count in counts.items():
        answers = " ".join(f"{key}:{count[key]}" for key in sorted(count) if key.isdecimal())
        table.add_row(name, *(str(count[key]) for key in ("connections", "opened", "sent")), answers)
    console.print(table)


def _show_clients(console: Console, alone: Measured, beside: Measured) -> float:
    """Print both measurements; return how many times as long p99 is beside hostile connections."""
    table = Table()
    table.add_column(f"{CLIENTS} ordinary clients", no_wrap=True)
    for column in ("requests", "errors", "p50 ms", "p99 ms", "longest ms"):
        table.add_column(column, justify="right", no_wrap=True)
    for name, result in (("alone", alone), ("beside hostile ones", beside)):
        numbers = [f"{result.percentile(share):.1f}" for share in (0.5, 0.99, 1.0)]
        table.add_row(name, str(len(result.seconds)), str(len(result.errors)), *numbers)
    ratios = [beside.percentile(share) / alone.percentile(share) for share in (0.5, 0.99, 1.0)]
    table.add_section()
    table.add_row("times as long", "", "", *(f"{ratio:.2f}" for ratio in ratios))
    console.print(table)
    return ratios[1]


if __name__ == "__main__":
    sys.exit(main())
