"""The command: lets clients act for minutes, and prints what the server held before, meanwhile and afterwards."""

from __future__ import annotations

import argparse
import functools
import shutil
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table

from tests.soak.clients import Client, Tally, acting
from tests.soak.samples import Sample, grown, is_bounded, take
from tests.support.front_end import Served
from tests.support.server_process import Registry, running_registry

_SAMPLES = 90
_SETTLING_SECONDS = 30.0
_WIDTH = 110
_MIB = 1 << 20


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return 0 when all stayed bounded and nothing went wrong, 1 otherwise, 2 on wrong usage."""
    told = _parser().parse_args(arguments)
    if told.minutes <= 0 or told.clients < 1:
        sys.stderr.write("soak: there is nothing to do\n")
        return 2
    console = Console(width=_WIDTH, highlight=False)
    folder = Path(tempfile.mkdtemp(prefix="soak-", dir=told.folder))
    # Its clients share an address, from which refused credentials come nearly as often as is allowed.
    with running_registry(folder, "--failed-authentications", "0") as registry:
        tally = Tally()
        _warm_descriptors(registry, tally)
        before = take(registry.process.pid, folder / "data", 0)
        one = functools.partial(Client, _root(registry), registry.project, tally=tally, seed=told.seed)
        clients = [one(number) for number in range(told.clients)]
        samples = _soak(registry, folder / "data", clients, told.minutes * 60, console)
        after = _settled(registry, folder / "data", before)
    sound = _show(console, before, samples, after, tally)
    if sound:
        shutil.rmtree(folder)
        return 0
    console.print(f"the data and the log stay in {folder}")
    return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="tools/soak", description="Let clients act for minutes, and compare what the server holds."
    )
    parser.add_argument("--minutes", type=float, default=15, metavar="N", help="how long (default 15)")
    parser.add_argument("--clients", type=int, default=32, metavar="N", help="at a time (default 32)")
    parser.add_argument("--seed", default="1", help="what decides contents and requests (default 1)")
    parser.add_argument("--folder", type=Path, metavar="DIR", help="put the data here (default: the system's place)")
    return parser


def _root(registry: Registry) -> Served:
    """Return the server as somebody uses it who may delete packages too."""
    return Served(registry.served.port, registry.root_token)


def _warm_descriptors(registry: Registry, tally: Tally) -> None:
    """Have each process open what it opens once: its counts, its channels."""
    for number in range(4):
        client = Client(_root(registry), registry.project, -1 - number, tally, "before")
        for _ in range(30):
            client.act()
        client.close()


def _soak(registry: Registry, data: Path, clients: list[Client], seconds: float, console: Console) -> list[Sample]:
    samples = []
    began = time.monotonic()
    with acting(clients):
        for number in range(1, _SAMPLES + 1):
            time.sleep(max(0.0, began + number * seconds / _SAMPLES - time.monotonic()))
            samples.append(take(registry.process.pid, data, time.monotonic() - began))
            if number % (_SAMPLES // 6) == 0:
                sample = samples[-1]
                memory = ", ".join(f"{name} {size // _MIB} MiB" for name, size in sample.memory.items())
                console.print(f"{sample.at:.0f} s: {memory}", style="dim")
    return samples


def _settled(registry: Registry, data: Path, before: Sample) -> Sample:
    """Return what is held when everything that was under way has had time to end."""
    deadline = time.monotonic() + _SETTLING_SECONDS
    while True:
        sample = take(registry.process.pid, data, 0)
        over = sample.staged <= before.staged and _descriptors_back(before, sample)
        if over or time.monotonic() > deadline:
            return sample
        time.sleep(0.2)


def _descriptors_back(before: Sample, after: Sample) -> bool:
    return all(count <= before.descriptors.get(name, 0) for name, count in after.descriptors.items())


def _show(console: Console, before: Sample, samples: Sequence[Sample], after: Sample, tally: Tally) -> bool:
    """Print the table and what went wrong; return whether nothing did."""
    table = Table()
    table.add_column("process")
    for column in ("MiB after warm-up", "MiB at the end", "growth", "descriptors before", "at most", "after"):
        table.add_column(column, justify="right")
    memory = grown(samples)
    for name, (early, late) in memory.items():
        table.add_row(
            name,
            f"{early / _MIB:.1f}",
            f"{late / _MIB:.1f}",
            f"{100 * (late / early - 1):+.1f} %",
            str(before.descriptors.get(name, 0)),
            str(max(sample.descriptors.get(name, 0) for sample in samples)),
            str(after.descriptors[name]),
        )
    console.print(table)
    most = max(sample.staged for sample in samples)
    console.print(f"staged files: {before.staged} before, {most} at most, {after.staged} after")
    console.print("requests: " + ", ".join(f"{kind} {count}" for kind, count in sorted(tally.requests.items())))
    for error, count in sorted(tally.errors.items()):
        console.print(f"{error}: {count} times", style="red", markup=False)
    bounded = all(is_bounded(early, late) for early, late in memory.values())
    return bounded and _descriptors_back(before, after) and after.staged <= before.staged and not tally.errors


if __name__ == "__main__":
    sys.exit(main())
