"""The kill matrix: what the suite must find against each broken registry, in the file `matrix.toml`.

The row of a fault pins what the fault is there to kill, and folds its collateral:

- `red` names the expectations that must be red. A fault that turns few red pins all of them; one that turns many pins
  those that no fault with fewer kills pins already.
- `also_red` and `untestable` are globs of requirement ids: what else may turn red, and what may become untestable.

What the matrix guarantees, together with `differences`:

- Every expectation is red in some row, so every MUST is too, and a fault never stops killing what its row pins.
- Whatever turns red or untestable outside a row fails the self-test, and so does collateral that no longer happens.
- Every control that the suite evaluates is listed, and each is what stops a requirement for some fault. A check that
  loses an expectation or a control is found by the run against the good registry alone.

What it does not say: which label of a requirement in the collateral fails, and whether each requirement of a folded
section is among those that suffer.
"""

from __future__ import annotations

import json
import tomllib
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path

from conformance.selftest.findings import requirement_of

FILE = Path(__file__).with_name("matrix.toml")
WIDTH = 120
HEAD = """\
# Written by `selftest --update`: what the suite must find against each broken registry, and the controls that each
# stop some requirement. Review every line; matrix.py says what it means.
"""


@dataclass(frozen=True, slots=True)
class Row:
    """What one fault must turn red, and globs of the requirement ids that it may turn red or make untestable."""

    red: frozenset[str] = frozenset()
    also_red: tuple[str, ...] = ()
    untestable: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Matrix:
    """The rows by the names of the faults, and every control of the suite."""

    rows: Mapping[str, Row] = field(default_factory=dict)
    controls: frozenset[str] = frozenset()

    @property
    def red(self) -> frozenset[str]:
        """Return every expectation that some row pins."""
        return frozenset[str]().union(*(row.red for row in self.rows.values()))

    def requirements_of(self, fault: str) -> tuple[str, ...]:
        """Return the ids of the requirements that the row of a fault pins."""
        row = self.rows.get(fault, Row())
        return tuple(sorted({requirement_of(expectation) for expectation in row.red}))


def matches(subject: str, globs: Iterable[str]) -> bool:
    """Return whether the requirement of an expectation matches one of the globs."""
    return any(fnmatchcase(requirement_of(subject), glob) for glob in globs)


def load(path: Path = FILE) -> Matrix:
    """Read the matrix from its file; an absent file is an empty matrix."""
    if not path.exists():
        return Matrix()
    document = tomllib.loads(path.read_text(encoding="utf-8"))
    rows = {
        f"{section}.{name}": Row(
            frozenset(row["red"]), tuple(row.get("also_red", ())), tuple(row.get("untestable", ()))
        )
        for section, faults in document.get("faults", {}).items()
        for name, row in faults.items()
    }
    controls = {
        f"{section}.{name}#{label}"
        for section, labels in document.get("controls", {}).items()
        for label, names in labels.items()
        for name in names
    }
    return Matrix(rows, frozenset(controls))


def save(matrix: Matrix, path: Path = FILE) -> None:
    """Write the matrix sorted, so that a review shows what has changed."""
    sections: defaultdict[str, list[str]] = defaultdict(list)
    for fault, row in sorted(matrix.rows.items()):
        section, _, name = fault.partition(".")
        sections[section].append(_assigned(f"{name}.red", sorted(row.red), a_line_each=True))
        sections[section] += [_assigned(f"{name}.also_red", row.also_red)] if row.also_red else []
        sections[section] += [_assigned(f"{name}.untestable", row.untestable)] if row.untestable else []
    tables = [(f"faults.{section}", lines) for section, lines in sections.items()]
    text = "".join(f"\n[{name}]\n" + "\n".join(lines) + "\n" for name, lines in [*tables, *_controls(matrix.controls)])
    path.write_text(HEAD + text, encoding="utf-8")


def _controls(controls: Iterable[str]) -> Iterable[tuple[str, list[str]]]:
    by_section: defaultdict[str, defaultdict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for control in sorted(controls):
        requirement, _, label = control.partition("#")
        section, _, name = requirement.partition(".")
        by_section[section][label].append(name)
    for section, labels in sorted(by_section.items()):
        yield f"controls.{section}", [_assigned(json.dumps(label), labels[label]) for label in sorted(labels)]


def _assigned(key: str, subjects: Iterable[str], *, a_line_each: bool = False) -> str:
    """Return an array under its key: on one line where it fits, else wrapped, or with a line for each element."""
    quoted = [json.dumps(subject, ensure_ascii=False) for subject in subjects]
    line = f"{key} = [{', '.join(quoted)}]"
    if len(line) <= WIDTH:
        return line
    lines = ["   "]
    for each in quoted:
        if (a_line_each and lines != ["   "]) or len(lines[-1]) + len(each) + 2 > WIDTH:
            lines.append("   ")
        lines[-1] += f" {each},"
    return "\n".join([f"{key} = [", *lines, "]"])
