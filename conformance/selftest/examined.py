"""What a self-test has seen, compared with the matrix as a whole."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from conformance.selftest.matrix import Baseline, Difference, Kills, Observed, compare, coverage, orphans


@dataclass(frozen=True, slots=True)
class Examined:
    """What the suite found against the faults that were examined, and the names of all `known` faults.

    `baseline` is None when faults of its edition were left out, so that coverage cannot be said.
    """

    observed: Mapping[str, Observed]
    baseline: Baseline | None
    known: frozenset[str]

    def differences(self, matrix: Mapping[str, Kills]) -> list[Difference]:
        """Return every difference from the matrix, what concerns all faults together last."""
        found = [each for name, seen in self.observed.items() for each in compare(name, matrix.get(name), seen)]
        found += orphans(matrix, self.known)
        if self.baseline is not None:
            found += coverage(self.baseline, [seen.kills for seen in self.observed.values()])
        return found

    def merged(self, matrix: Mapping[str, Kills]) -> dict[str, Kills]:
        """Return the matrix with the rows that were seen and without rows of faults that no longer exist."""
        kept = {name: row for name, row in matrix.items() if name in self.known}
        return kept | {name: seen.kills for name, seen in self.observed.items()}
