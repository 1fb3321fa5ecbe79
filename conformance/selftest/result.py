"""The result of a self-test: what it has found, compared with the kill matrix as a whole."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from conformance.selftest.differences import Difference, compare, compare_listed, coverage, orphans
from conformance.selftest.findings import Baseline, Observed
from conformance.selftest.folding import updated
from conformance.selftest.matrix import Matrix


@dataclass(frozen=True, slots=True)
class SelfTestResult:
    """What the suite found against the faults that were run, and the names of all `known` faults.

    `baseline` is what it evaluates against the good registries. `is_complete` is false when faults for one of them
    were left out, so that coverage cannot be judged.
    """

    observed: Mapping[str, Observed]
    baseline: Baseline
    known: frozenset[str]
    is_complete: bool

    def differences(self, matrix: Matrix) -> list[Difference]:
        """Return every difference from the matrix, what concerns all faults together last."""
        found = [each for name, seen in self.observed.items() for each in compare(name, matrix.rows.get(name), seen)]
        found += orphans(matrix.rows, self.known)
        found += compare_listed(self.baseline, matrix)
        return found + (coverage(self.baseline, self.observed.values()) if self.is_complete else [])

    def updated(self, matrix: Matrix) -> Matrix:
        """Return the matrix with new rows for the faults that were run and without rows of faults that are unknown."""
        found = {name: seen.kills for name, seen in self.observed.items()}
        return updated(matrix, found, self.baseline, self.known)
