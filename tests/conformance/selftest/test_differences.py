"""The comparison reports every way in which a run can differ from the matrix, and nothing when it does not."""

from __future__ import annotations

from dataclasses import replace

import pytest

from conformance.selftest.differences import Difference, Kind, compare, compare_listed, coverage, orphans
from conformance.selftest.findings import Baseline, Kills, Observed
from conformance.selftest.matrix import Matrix, Row

ROW = Row(frozenset({"a.one#status"}), also_red=("b.*",), untestable=("c.two",))
KILLS = Kills(frozenset({"a.one#status", "b.five#body"}), frozenset({"c.two#control status"}))
SAME = Observed(KILLS, mutated=3)
BASELINE = Baseline(
    expectations=frozenset({"a.one#status", "b.five#body"}),
    controls=frozenset({"c.two#control status"}),
    musts=frozenset({"a.one"}),
)


def red(*expectations: str) -> Observed:
    """Return the same run with other expectations red."""
    return replace(SAME, kills=Kills(frozenset(expectations), KILLS.untestable))


def untestable(*subjects: str) -> Observed:
    """Return the same run with other requirements untestable."""
    return replace(SAME, kills=Kills(KILLS.red, frozenset(subjects)))


def test_a_run_that_is_as_expected_differs_in_nothing() -> None:
    assert compare("f", ROW, SAME) == []


def test_which_requirements_of_the_collateral_suffer_is_no_difference() -> None:
    observed = Observed(Kills(KILLS.red | {"b.six#status"}, frozenset({"c.two"})), mutated=3)
    assert compare("f", ROW, observed) == []


@pytest.mark.parametrize(
    ("row", "observed", "difference"),
    [
        (ROW, red("b.five#body"), Difference("f", Kind.NOT_RED, "a.one#status")),
        (ROW, red(*KILLS.red, "a.three#body"), Difference("f", Kind.RED, "a.three#body")),
        (ROW, red(*KILLS.red, "c.two#status"), Difference("f", Kind.RED, "c.two#status")),
        (ROW, untestable(*KILLS.untestable, "b.four"), Difference("f", Kind.UNTESTABLE, "b.four")),
        (ROW, red("a.one#status"), Difference("f", Kind.NO_COLLATERAL, "b.*")),
        (ROW, untestable(), Difference("f", Kind.NO_COLLATERAL, "c.two")),
        (ROW, replace(SAME, mutated=0), Difference("f", Kind.UNCONSUMED, "")),
        (replace(ROW, red=frozenset(), also_red=()), red(), Difference("f", Kind.HARMLESS, "")),
        (ROW, replace(SAME, errors=("it broke",)), Difference("f", Kind.BROKEN, "it broke")),
        (ROW, replace(SAME, overlooked=frozenset({"b.five#body"})), Difference("f", Kind.OVERLOOKED, "b.five#body")),
        (None, SAME, Difference("f", Kind.NO_ROW, "")),
    ],
)
def test_each_way_to_differ_from_a_row_is_reported(row: Row | None, observed: Observed, difference: Difference) -> None:
    assert compare("f", row, observed) == [difference]


def test_another_label_of_a_pinned_requirement_is_a_difference() -> None:
    assert compare("f", ROW, red("a.one#body", "b.five#body")) == [
        Difference("f", Kind.NOT_RED, "a.one#status"),
        Difference("f", Kind.RED, "a.one#body"),
    ]


def test_a_part_of_the_suite_shows_no_collateral() -> None:
    assert compare("f", ROW, Observed(Kills(ROW.red), mutated=3, is_whole=False)) == []


def test_what_every_fault_together_kills_covers_the_baseline() -> None:
    assert coverage(BASELINE, [SAME]) == []


def test_a_must_that_is_only_made_untestable_is_not_killed() -> None:
    blind = Observed(Kills(frozenset({"b.five#body"}), frozenset({"a.one#status", *KILLS.untestable})), mutated=3)
    assert coverage(BASELINE, [blind]) == [
        Difference("", Kind.UNKILLED_EXPECTATION, "a.one#status"),
        Difference("", Kind.UNKILLED_MUST, "a.one"),
    ]


def test_an_expectation_that_never_fails_is_reported() -> None:
    assert coverage(BASELINE, [red("a.one#status")]) == [Difference("", Kind.UNKILLED_EXPECTATION, "b.five#body")]


def test_a_control_that_stops_nothing_is_reported_when_whole_suites_were_run() -> None:
    expected = [Difference("", Kind.UNKILLED_EXPECTATION, "c.two#control status")]
    assert coverage(BASELINE, [untestable()]) == expected
    assert coverage(BASELINE, [replace(untestable(), is_whole=False)]) == []


def test_a_control_that_the_matrix_does_not_list_is_reported() -> None:
    listed = Matrix({"f": ROW}, frozenset())
    assert compare_listed(BASELINE, listed) == [Difference("", Kind.UNLISTED, "c.two#control status")]


@pytest.mark.parametrize("lost", ["a.one#body", "c.two#other status"])
def test_an_expectation_or_control_that_the_suite_has_lost_is_reported(lost: str) -> None:
    listed = Matrix({"f": ROW, "g": Row(frozenset({"a.one#body"}))}, BASELINE.controls | {"c.two#other status"})
    assert Difference("", Kind.NOT_EVALUATED, lost) in compare_listed(BASELINE, listed)


def test_what_belongs_to_a_version_that_was_not_run_is_not_missed() -> None:
    listed = Matrix({"f": ROW, "g": Row(frozenset({"d.only-in-15#status"}))}, BASELINE.controls)
    assert compare_listed(BASELINE, listed) == []


def test_a_row_without_a_fault_is_reported() -> None:
    assert orphans(["f", "gone"], ["f"]) == [Difference("gone", Kind.NO_FAULT, "")]


def test_baselines_of_several_versions_add_up() -> None:
    other = Baseline(frozenset({"b.one#status"}), frozenset({"b.one#etag"}), frozenset({"b.one"}))
    both = BASELINE | other
    assert both.expectations == BASELINE.expectations | {"b.one#status"}
    assert both.controls == BASELINE.controls | {"b.one#etag"}
    assert both.musts == {"a.one", "b.one"}
