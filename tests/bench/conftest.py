"""What the benchmarks share: one place on disk, interleaved rounds, and the table of ratios at the end.

Each measurement is one benchmark of one round, so that the peers take turns and the machine's moods hit them alike. The
table pairs them by round. A ratio is the median over rounds of our rate / the peer's, so that 1.0 is as fast as it
and 0.5 half as fast; those of p99 and of processor time are ours / the peer's, so that 0.5 is half as much. What the
processor does for one request depends least on what else the machine does.
"""

import statistics
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from tests.bench.peers import Peer

ROUNDS = 5
OURS = "reference server"


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a fresh folder: many deletions shortly before make new files slow."""
    return tmp_path_factory.mktemp("bench")


@dataclass(frozen=True, slots=True)
class Measurement:
    """What one benchmark found: how long one peer took in one round for an amount of bytes or requests.

    Where they were measured, `p99` is the 99th percentile of the requests' latency in milliseconds, `processor` the
    server's processor time for one of them in microseconds.
    """

    peer: str
    round: int
    amount: float
    unit: str
    seconds: float
    p99: float | None = None
    processor: float | None = None

    @property
    def rate(self) -> float:
        return self.amount / self.seconds


def describe(
    benchmark: BenchmarkFixture, group: str, peer: Peer, number: int, unit: str, amount: float | None = None
) -> None:
    """Tell the report what is measured; an amount that shows only then comes later."""
    benchmark.group = group
    benchmark.extra_info = {"peer": peer.name, "round": number, "amount": amount, "unit": unit}


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Print for each operation how fast each peer was, and how fast we were against it."""
    session = getattr(config, "_benchmarksession", None)
    groups: dict[str, list[Measurement]] = defaultdict(list)
    for bench in session.benchmarks if session else ():
        if not bench.extra_info:  # it failed
            continue
        groups[bench.group].append(Measurement(**bench.extra_info, seconds=bench.stats.median))
    for group, measurements in groups.items():
        terminalreporter.section(group)
        for peer in dict.fromkeys(measurement.peer for measurement in measurements):
            terminalreporter.write_line(_row(peer, measurements))


def _row(peer: str, measurements: list[Measurement]) -> str:
    of_peer = [measurement for measurement in measurements if measurement.peer == peer]
    ours = {measurement.round: measurement for measurement in measurements if measurement.peer == OURS}
    pairs = [(ours[measurement.round], measurement) for measurement in of_peer if measurement.round in ours]
    row = f"{peer:32} {statistics.median(measurement.rate for measurement in of_peer):12,.0f} {of_peer[0].unit}"
    for measure, unit in (("p99", "ms"), ("processor", "us")):
        values = [getattr(measurement, measure) for measurement in of_peer]
        if None not in values:
            row += f"   {measure} {statistics.median(values):,.1f} {unit}"
    if peer == OURS or not pairs:
        return row
    row += f"   {OURS} at {_ratios(pairs, 'rate')} of it"
    for measure in ("p99", "processor"):
        if getattr(of_peer[0], measure) is not None:
            row += f", {measure} at {_ratios(pairs, measure)}"
    return row


def _ratios(pairs: list[tuple[Measurement, Measurement]], measure: str) -> str:
    ratios = [getattr(ours, measure) / getattr(theirs, measure) for ours, theirs in pairs]
    return f"{statistics.median(ratios):.2f} ({min(ratios):.2f} to {max(ratios):.2f})"
