"""The comparison reports every way in which a run can differ from the matrix, and nothing when it does not."""

from __future__ import annotations

from pathlib import Path

import pytest

from conformance.selftest.matrix import (
    Baseline,
    Difference,
    Kills,
    Kind,
    Observed,
    compare,
    coverage,
    load,
    orphans,
    save,
    together,
)

ROW = Kills(red=frozenset({"a.one#status"}), untestable=frozenset({"a.two#control status"}))
SAME = Observed(ROW, bent=3)
BASELINE = Baseline(expectations=frozenset({"a.one#status", "a.two#control status"}), musts=frozenset({"a.one"}))


def test_a_run_that_is_as_expected_differs_in_nothing() -> None:
    assert compare("f", ROW, SAME) == []


@pytest.mark.parametrize(
    ("expected", "observed", "difference"),
    [
        (
            Kills(ROW.red | {"a.three#body"}, ROW.untestable),
            SAME,
            Difference("f", Kind.NOT_RED, "a.three#body"),
        ),
        (
            ROW,
            Observed(Kills(ROW.red | {"a.three#body"}, ROW.untestable), bent=3),
            Difference("f", Kind.RED, "a.three#body"),
        ),
        (
            Kills(ROW.red, ROW.untestable | {"a.four"}),
            SAME,
            Difference("f", Kind.NOT_UNTESTABLE, "a.four"),
        ),
        (
            ROW,
            Observed(Kills(ROW.red, ROW.untestable | {"a.four"}), bent=3),
            Difference("f", Kind.UNTESTABLE, "a.four"),
        ),
        (ROW, Observed(ROW, bent=0), Difference("f", Kind.UNCONSUMED, "")),
        (
            Kills(untestable=ROW.untestable),
            Observed(Kills(untestable=ROW.untestable), bent=3),
            Difference("f", Kind.HARMLESS, ""),
        ),
        (ROW, Observed(ROW, bent=3, errors=("it broke",)), Difference("f", Kind.BROKEN, "it broke")),
        (None, SAME, Difference("f", Kind.NO_ROW, "")),
    ],
)
def test_each_way_to_differ_from_a_row_is_reported(
    expected: Kills | None, observed: Observed, difference: Difference
) -> None:
    assert compare("f", expected, observed) == [difference]


def test_another_label_of_the_same_requirement_is_a_difference() -> None:
    other = Observed(Kills(frozenset({"a.one#body"}), ROW.untestable), bent=3)
    assert compare("f", ROW, other) == [
        Difference("f", Kind.NOT_RED, "a.one#status"),
        Difference("f", Kind.RED, "a.one#body"),
    ]


def test_what_every_fault_together_kills_covers_the_baseline() -> None:
    assert coverage(BASELINE, [ROW]) == []


def test_a_must_that_is_only_made_untestable_is_not_killed() -> None:
    blind = Kills(untestable=frozenset({"a.one#status", "a.two#control status"}))
    assert coverage(BASELINE, [blind]) == [Difference("", Kind.UNKILLED_MUST, "a.one")]


def test_an_expectation_that_never_fails_is_reported() -> None:
    only = Kills(red=ROW.red)
    assert coverage(BASELINE, [only]) == [Difference("", Kind.UNKILLED_EXPECTATION, "a.two#control status")]


def test_a_row_without_a_fault_is_reported() -> None:
    assert orphans({"f": ROW, "gone": ROW}, ["f"]) == [Difference("gone", Kind.NO_FAULT, "")]


def test_baselines_of_several_editions_add_up() -> None:
    other = Baseline(frozenset({"b.one#status"}), frozenset({"b.one"}))
    assert together([BASELINE, other]) == Baseline(
        BASELINE.expectations | {"b.one#status"}, frozenset({"a.one", "b.one"})
    )


def test_a_saved_matrix_loads_as_the_same_one(tmp_path: Path) -> None:
    matrix = {"f.b": ROW, "f.a": Kills(red=frozenset({'a.one#key "x\\y"'}))}
    save(matrix, tmp_path / "matrix.toml")
    assert load(tmp_path / "matrix.toml") == matrix


def test_saving_again_changes_nothing(tmp_path: Path) -> None:
    save({"f.b": ROW, "f.a": ROW}, tmp_path / "one.toml")
    save(load(tmp_path / "one.toml"), tmp_path / "two.toml")
    assert (tmp_path / "one.toml").read_text() == (tmp_path / "two.toml").read_text()


def test_an_absent_matrix_is_empty(tmp_path: Path) -> None:
    assert load(tmp_path / "matrix.toml") == {}
