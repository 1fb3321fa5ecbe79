"""The differences between what runs have found and the kill matrix: the reasons why a self-test fails.

Everything here is a pure function of findings and matrix.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from conformance.selftest.findings import Baseline, Kills, Observed, requirement_of
from conformance.selftest.matrix import Matrix, Row, matches


class Kind(StrEnum):
    """The kinds of difference that make a self-test fail."""

    NOT_RED = "expected red, but is not"
    RED = "red, but not expected"
    UNTESTABLE = "untestable, but not expected"
    NO_COLLATERAL = "expected as collateral, but is not"
    OVERLOOKED = "found by the whole suite, but out of the fault's reach"
    BROKEN = "the run itself failed"
    NO_ROW = "the fault has no row in the matrix"
    NO_FAULT = "the matrix has a row for a fault that does not exist"
    UNCONSUMED = "the fault never changed a request or response"
    HARMLESS = "the fault turns no requirement red"
    UNKILLED_MUST = "no fault turns this MUST red"
    UNKILLED_EXPECTATION = "no fault makes this expectation the failing one"
    UNLISTED = "the suite evaluates it, but the matrix has it nowhere"
    NOT_EVALUATED = "expected by the matrix, but is not evaluated"


@dataclass(frozen=True, slots=True, order=True)
class Difference:
    """One reason why a self-test fails: the fault, empty when none is concerned, the kind, and what it is about."""

    fault: str
    kind: Kind
    subject: str


def compare(name: str, row: Row | None, observed: Observed) -> list[Difference]:
    """Return how a run against the fault `name` differs from its row; `row` is None for a missing one."""
    kills = observed.kills
    found = [(Kind.NO_ROW, "")] if row is None else _from_row(row, kills)
    found += [(Kind.NO_COLLATERAL, glob) for glob in _idle_globs(row or Row(), kills)] if observed.is_whole else []
    found += [(Kind.OVERLOOKED, subject) for subject in observed.overlooked]
    found += [(Kind.BROKEN, error) for error in observed.errors]
    found += [(Kind.UNCONSUMED, "")] if not observed.mutated else []
    found += [(Kind.HARMLESS, "")] if not kills.red else []
    return sorted(Difference(name, kind, subject) for kind, subject in found)


def _from_row(row: Row, kills: Kills) -> list[tuple[Kind, str]]:
    found = [(Kind.NOT_RED, subject) for subject in row.red - kills.red]
    found += [(Kind.RED, subject) for subject in kills.red - row.red if not matches(subject, row.also_red)]
    found += [(Kind.UNTESTABLE, subject) for subject in kills.untestable if not matches(subject, row.untestable)]
    return found


def _idle_globs(row: Row, kills: Kills) -> list[str]:
    idle = [glob for glob in row.also_red if not any(matches(subject, [glob]) for subject in kills.red - row.red)]
    return idle + [glob for glob in row.untestable if not any(matches(one, [glob]) for one in kills.untestable)]


def compare_listed(baseline: Baseline, matrix: Matrix) -> list[Difference]:
    """Return what the suite evaluates against good registries and the matrix lacks, and the other way round."""
    evaluated = baseline.expectations | baseline.controls
    judged = {requirement_of(each) for each in evaluated}
    listed = {each for each in matrix.red | matrix.controls if requirement_of(each) in judged}
    found = [(Kind.UNLISTED, each) for each in baseline.controls - listed]
    found += [(Kind.NOT_EVALUATED, each) for each in listed - evaluated]
    return sorted(Difference("", kind, subject) for kind, subject in found)


def coverage(baseline: Baseline, observed: Iterable[Observed]) -> list[Difference]:
    """Return every MUST and expectation that no fault turns red, and every control that stops nothing.

    Controls are left out when only parts of the suite were run.
    """
    every = list(observed)
    red = frozenset[str]().union(*(each.kills.red for each in every))
    untestable = frozenset[str]().union(*(each.kills.untestable for each in every))
    musts = baseline.musts - {requirement_of(expectation) for expectation in red}
    missed = baseline.expectations - red
    missed |= baseline.controls - untestable if all(each.is_whole for each in every) else frozenset()
    found = [(Kind.UNKILLED_MUST, must) for must in musts]
    found += [(Kind.UNKILLED_EXPECTATION, expectation) for expectation in missed]
    return sorted(Difference("", kind, subject) for kind, subject in found)


def orphans(rows: Iterable[str], faults: Iterable[str]) -> list[Difference]:
    """Return the rows whose fault does not exist."""
    return [Difference(name, Kind.NO_FAULT, "") for name in sorted(set(rows) - set(faults))]
