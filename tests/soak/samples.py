"""What a server holds at a moment: resident memory, descriptors, staged files."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.support.processes import resident_bytes, supervised

_MEMORY_GROWTH = 1.10


@dataclass(frozen=True, slots=True)
class Sample:
    """A moment, in seconds since the load began; memory is bytes, by program, descriptors are a number, by program."""

    at: float
    memory: dict[str, int]
    descriptors: dict[str, int]
    staged: int


def take(supervisor: int, data: Path, at: float) -> Sample:
    """Look at all processes of a server."""
    memory, descriptors = {}, {}
    for name, pid in _processes(supervisor):
        memory[name] = resident_bytes(pid)
        descriptors[name] = len(list(Path(f"/proc/{pid}/fd").iterdir()))
    return Sample(at, memory, descriptors, len(list((data / "volume" / "staging").iterdir())))


def grown(samples: Sequence[Sample]) -> dict[str, tuple[float, float]]:
    """Return for each program its memory after the warm-up, which is a fifth of the time, and at the end.

    Each is the median of a tenth of the samples.
    """
    count = max(1, len(samples) // 10)
    warm = len(samples) // 5
    early, late = samples[warm : warm + count], samples[-count:]
    return {
        name: (
            statistics.median(sample.memory.get(name, 0) for sample in early),
            statistics.median(sample.memory.get(name, 0) for sample in late),
        )
        for name in samples[-1].memory
    }


def is_bounded(before: float, after: float) -> bool:
    """Return whether memory is at most a tenth more than it was."""
    return after <= before * _MEMORY_GROWTH


def _processes(supervisor: int) -> list[tuple[str, int]]:
    found = [("supervisor", supervisor)]
    for number, (program, pid) in enumerate(supervised(supervisor).items()):
        found.append((program if program == "storage" else f"front end {number}", pid))
    return found
