"""From what runs have found to the rows of the kill matrix: what a fault pins, and into what its collateral folds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import groupby

from conformance.selftest.findings import Baseline, Kills, requirement_of
from conformance.selftest.matrix import Matrix, Row

FEW = 2


def updated(matrix: Matrix, found: Mapping[str, Kills], baseline: Baseline, known: Iterable[str]) -> Matrix:
    """Return the matrix with new rows for the faults in `found`, and without rows of faults that are not `known`.

    What a row pinned before stays pinned while it is still red. Faults with few kills choose first.
    """
    rows = {name: row for name, row in matrix.rows.items() if name in set(known)}
    pinned = Matrix({name: row for name, row in rows.items() if name not in found}).red
    for name in sorted(found, key=lambda name: (len(found[name].red) + len(found[name].untestable), name)):
        rows[name] = _row(name, found[name], rows.get(name, Row()).red, pinned)
        pinned |= rows[name].red
    judged = {requirement_of(each) for each in baseline.expectations}
    kept = {control for control in matrix.controls if requirement_of(control) not in judged}
    return Matrix(rows, frozenset(kept | baseline.controls))


def _row(name: str, kills: Kills, before: frozenset[str], pinned: frozenset[str]) -> Row:
    section = name.partition(".")[0]
    by_intent = sorted(kills.red, key=lambda red: (not red.startswith(f"{section}."), red))
    red = (kills.red & before) | (kills.red - pinned) or frozenset(by_intent[:1])
    red = kills.red if len(kills.red) <= FEW else red
    return Row(red, _folded(kills.red - red), _folded(kills.untestable))


def _folded(subjects: Iterable[str]) -> tuple[str, ...]:
    """Return globs for requirements: the ids of a section that has few, the whole of one that has more."""
    globs: list[str] = []
    for section, ids in groupby(sorted({requirement_of(one) for one in subjects}), lambda one: one.partition(".")[0]):
        named = list(ids)
        globs += named if len(named) <= FEW else [f"{section}.*"]
    return tuple(globs)
