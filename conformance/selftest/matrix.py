"""The kill matrix: what the suite found against each broken registry, what it should have found, and the difference.

Everything here is a pure function of outcomes; running the suite is elsewhere. An expectation is written
`requirement-id#label`; a requirement that became untestable is written with the label of the control that failed,
or as the bare id when something else was missing.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

FILE = Path(__file__).with_name("matrix.toml")


@dataclass(frozen=True, slots=True)
class Kills:
    """What one fault does to the suite: the expectations that fail and the requirements that cannot be judged."""

    red: frozenset[str] = frozenset()
    untestable: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Observed:
    """What one fault did in a run.

    `bent` counts the exchanges it touched; `errors` are sentences on what failed in the suite or the proxy itself.
    """

    kills: Kills
    bent: int
    errors: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Baseline:
    """What a run against the good registry evaluated: every expectation, and the ids of level MUST."""

    expectations: frozenset[str] = frozenset()
    musts: frozenset[str] = frozenset()


class Kind(StrEnum):
    """The kinds of difference that make a self-test fail."""

    NOT_RED = "expected red, but is not"
    RED = "red, but not expected"
    NOT_UNTESTABLE = "expected untestable, but is not"
    UNTESTABLE = "untestable, but not expected"
    BROKEN = "the run itself failed"
    NO_ROW = "the fault has no row in the matrix"
    NO_FAULT = "the matrix has a row for a fault that does not exist"
    UNCONSUMED = "the fault never bent an exchange"
    HARMLESS = "the fault turns no requirement red"
    UNKILLED_MUST = "no fault turns this MUST red"
    UNKILLED_EXPECTATION = "no fault makes this expectation the failing one"


@dataclass(frozen=True, slots=True, order=True)
class Difference:
    """One reason why a self-test fails: the fault, empty when none is concerned, the kind, and what it is about."""

    fault: str
    kind: Kind
    subject: str


def requirement_of(expectation: str) -> str:
    """Return the requirement id of `requirement-id#label`, or of a bare id."""
    return expectation.partition("#")[0]


def requirements_of(matrix: Mapping[str, Kills]) -> dict[str, tuple[str, ...]]:
    """Return the ids of the requirements in each row."""
    subjects = {name: kills.red | kills.untestable for name, kills in matrix.items()}
    return {name: tuple(sorted({requirement_of(one) for one in row})) for name, row in subjects.items()}


def compare(name: str, expected: Kills | None, observed: Observed) -> list[Difference]:
    """Return how a run against the fault `name` differs from its row; `expected` is None for a missing row."""
    kills = observed.kills
    row = expected if expected is not None else kills
    found = [(Kind.NO_ROW, "")] if expected is None else []
    found += [(Kind.BROKEN, error) for error in observed.errors]
    found += [(Kind.UNCONSUMED, "")] if not observed.bent else []
    found += [(Kind.HARMLESS, "")] if not kills.red else []
    found += [(Kind.NOT_RED, subject) for subject in row.red - kills.red]
    found += [(Kind.RED, subject) for subject in kills.red - row.red]
    found += [(Kind.NOT_UNTESTABLE, subject) for subject in row.untestable - kills.untestable]
    found += [(Kind.UNTESTABLE, subject) for subject in kills.untestable - row.untestable]
    return sorted(Difference(name, kind, subject) for kind, subject in found)


def coverage(baseline: Baseline, kills: Iterable[Kills]) -> list[Difference]:
    """Return every MUST that no fault turns red and every expectation that no fault makes the failing one."""
    every = list(kills)
    red = frozenset().union(*(each.red for each in every))
    blind = frozenset().union(*(each.untestable for each in every))
    musts = baseline.musts - {requirement_of(expectation) for expectation in red}
    missed = baseline.expectations - red - blind
    found = [(Kind.UNKILLED_MUST, must) for must in musts]
    found += [(Kind.UNKILLED_EXPECTATION, expectation) for expectation in missed]
    return sorted(Difference("", kind, subject) for kind, subject in found)


def together(baselines: Iterable[Baseline]) -> Baseline:
    """Return what runs against several good registries, one for each edition, evaluated together."""
    every = list(baselines)
    expectations = frozenset().union(*(each.expectations for each in every))
    return Baseline(expectations, frozenset().union(*(each.musts for each in every)))


def orphans(matrix: Mapping[str, Kills], names: Iterable[str]) -> list[Difference]:
    """Return the rows of the matrix whose fault is not among `names`."""
    return [Difference(name, Kind.NO_FAULT, "") for name in sorted(set(matrix) - set(names))]


def load(path: Path = FILE) -> dict[str, Kills]:
    """Read the matrix from its file; an absent file is an empty matrix."""
    if not path.exists():
        return {}
    rows = tomllib.loads(path.read_text(encoding="utf-8"))
    return {name: Kills(frozenset(row["red"]), frozenset(row["untestable"])) for name, row in rows.items()}


def save(matrix: Mapping[str, Kills], path: Path = FILE) -> None:
    """Write the matrix sorted, one expectation a line, so that a review shows what has changed."""
    head = (
        "# Written by `selftest --update`: what the suite must find against each broken registry. Review every line.\n"
    )
    path.write_text(head + "".join(_row(name, matrix[name]) for name in sorted(matrix)), encoding="utf-8")


def _row(name: str, kills: Kills) -> str:
    return f'\n["{name}"]\nred = {_array(kills.red)}\nuntestable = {_array(kills.untestable)}\n'


def _array(subjects: frozenset[str]) -> str:
    if not subjects:
        return "[]"
    return "[\n" + "".join(f"    {_string(subject)},\n" for subject in sorted(subjects)) + "]"


def _string(subject: str) -> str:
    escaped = subject.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
