"""An update pins what each fault is there for, folds the rest, and keeps what was pinned before."""

from __future__ import annotations

from conformance.selftest.findings import Baseline, Kills
from conformance.selftest.folding import updated
from conformance.selftest.matrix import Matrix, Row

BOTH = frozenset({"a.one#status", "a.two#status"})
MANY = BOTH | {"a.three#status", "b.one#status", "b.two#status"}
NOTHING = Baseline()
EMPTY = Matrix()


def row(kills: Kills, *, others: Matrix = EMPTY, before: Row | None = None) -> Row:
    """Return the row that an update gives the fault `a.f`."""
    rows = {**others.rows, **({"a.f": before} if before else {})}
    return updated(Matrix(rows), {"a.f": kills}, NOTHING, [*rows, "a.f"]).rows["a.f"]


def test_a_fault_with_few_kills_pins_them_all() -> None:
    assert row(Kills(BOTH), others=Matrix({"g": Row(BOTH)})) == Row(BOTH)


def test_a_fault_with_many_kills_pins_what_nothing_else_pins_and_folds_the_rest() -> None:
    folded = row(Kills(MANY), others=Matrix({"g": Row(MANY - {"a.three#status"})}))
    assert folded == Row(frozenset({"a.three#status"}), also_red=("a.one", "a.two", "b.one", "b.two"))


def test_a_fault_of_which_everything_is_pinned_elsewhere_pins_one_of_its_own_section() -> None:
    assert row(Kills(MANY), others=Matrix({"g": Row(MANY)})).red == {"a.one#status"}


def test_what_was_pinned_before_stays_while_it_is_red() -> None:
    before = Row(frozenset({"b.two#status", "b.gone#status"}))
    assert row(Kills(MANY), others=Matrix({"g": Row(MANY)}), before=before).red == {"b.two#status"}


def test_the_fault_with_fewer_kills_chooses_first() -> None:
    found = {"a.wide": Kills(MANY, frozenset({"c.one"})), "b.narrow": Kills(MANY)}
    rows = updated(Matrix(), found, NOTHING, found).rows
    assert rows["b.narrow"].red == MANY
    assert rows["a.wide"].red == {"a.one#status"}


def test_a_section_with_many_that_suffer_folds_into_a_glob() -> None:
    few, many = {"c.one#etag", "c.two"}, {f"d.{name}#etag" for name in ("one", "two", "three")}
    assert row(Kills(BOTH, frozenset(few | many))).untestable == ("c.one", "c.two", "d.*")


def test_rows_without_a_fault_are_dropped_and_others_kept() -> None:
    rows = updated(Matrix({"gone": Row(BOTH), "g": Row(BOTH)}), {}, NOTHING, ["g"]).rows
    assert rows == {"g": Row(BOTH)}


def test_controls_of_what_was_judged_are_replaced_and_others_kept() -> None:
    before = Matrix({}, frozenset({"a.one#old", "b.only-in-15#etag"}))
    baseline = Baseline(frozenset({"a.one#status"}), frozenset({"a.one#new"}))
    assert updated(before, {}, baseline, []).controls == {"a.one#new", "b.only-in-15#etag"}
