"""What the benchmarks share: one place on disk, interleaved rounds, and the table of ratios at the end.

Each measurement is one benchmark of one round (id "round-peer"), so that the peers take turns and the machine's moods
hit them alike. The table pairs them round by round: a ratio is the median over rounds of peer time / our time, so that
1.0 is as fast as the peer and 0.5 half as fast.
"""

from __future__ import annotations

import statistics
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

import pytest

ROUNDS = 5
OURS = "reference server"


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a fresh folder: many deletions shortly before make new files slow."""
    return tmp_path_factory.mktemp("bench")


@dataclass(frozen=True, slots=True)
class Measurement:
    """What one benchmark found: how long one peer took in one round for an amount of bytes or requests."""

    peer: str
    round: int
    amount: float
    unit: str
    seconds: float


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Print for each operation how fast each peer was, and how fast we were against it."""
    session = getattr(config, "_benchmarksession", None)
    groups: dict[str, list[Measurement]] = defaultdict(list)
    for bench in session.benchmarks if session else ():
        groups[bench.group].append(Measurement(**bench.extra_info, seconds=bench.stats.median))
    for group, measurements in groups.items():
        terminalreporter.section(group)
        for peer in dict.fromkeys(measurement.peer for measurement in measurements):
            terminalreporter.write_line(_row(peer, measurements))


def _row(peer: str, measurements: list[Measurement]) -> str:
    of_peer = [measurement for measurement in measurements if measurement.peer == peer]
    rate = statistics.median(measurement.amount / measurement.seconds for measurement in of_peer)
    row = f"{peer:32} {rate:12,.0f} {of_peer[0].unit}"
    ours = {measurement.round: measurement.seconds for measurement in measurements if measurement.peer == OURS}
    ratios = [measurement.seconds / ours[measurement.round] for measurement in of_peer if measurement.round in ours]
    if peer == OURS or not ratios:
        return row
    return f"{row}   {OURS} at {statistics.median(ratios):.2f} of it ({min(ratios):.2f} to {max(ratios):.2f})"
