"""What the benchmarks share: one place on disk, interleaved rounds, and the table of ratios at the end.

Each measurement is one benchmark of one round (id "round-peer"), so that the peers take turns and the machine's moods
hit them alike. The table pairs them round by round: a ratio is the median over rounds of peer time / our time, so that
1.0 is as fast as the peer and 0.5 half as fast.
"""

from __future__ import annotations

import statistics
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

ROUNDS = 5
OURS = "reference server"


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a fresh folder: many deletions shortly before make new files slow."""
    return tmp_path_factory.mktemp("bench")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Print for each operation how fast each peer was, and how fast we were against it."""
    session = getattr(config, "_benchmarksession", None)
    seconds: dict[str, dict[str, dict[int, float]]] = defaultdict(lambda: defaultdict(dict))
    for bench in session.benchmarks if session else ():
        extra: dict[str, Any] = bench.extra_info
        seconds[bench.group][extra["peer"]][extra["round"]] = bench.stats.median
        units = extra["amount"], extra["unit"]
        seconds[bench.group].setdefault("", {})[0] = units  # type: ignore[assignment]
    for group, peers in seconds.items():
        amount, unit = peers.pop("")[0]  # type: ignore[misc]
        terminalreporter.section(group)
        for line in _rows(peers, amount, unit):
            terminalreporter.write_line(line)


def _rows(peers: dict[str, dict[int, float]], amount: float, unit: str) -> Iterator[str]:
    ours = peers[OURS]
    for peer, rounds in peers.items():
        rate = amount / statistics.median(rounds.values())
        ratios = [rounds[number] / ours[number] for number in rounds if number in ours]
        against = "" if peer == OURS else f"   {OURS} at {statistics.median(ratios):.2f} of it"
        spread = "" if peer == OURS else f" ({min(ratios):.2f} to {max(ratios):.2f})"
        yield f"{peer:32} {rate:12,.0f} {unit}{against}{spread}"
