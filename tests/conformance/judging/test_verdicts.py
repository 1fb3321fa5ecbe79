"""Outcomes: which verdict outweighs which."""

import pytest

from conformance.judging.verdicts import EXIT_CODES, Ending, Outcome, Verdict, outcome_of

PASS, FAIL, UNTESTABLE = Verdict.PASS, Verdict.FAIL, Verdict.UNTESTABLE


@pytest.mark.parametrize(
    ("judged", "outcome"),
    [
        ([("must", PASS), ("should", PASS)], Outcome.CONFORMANT),
        ([("must", PASS), ("should", FAIL), ("may", FAIL)], Outcome.CONFORMANT),
        ([("must", PASS), ("must", Verdict.EXPECTED_FAILURE)], Outcome.CONFORMANT),
        ([("must", PASS), ("must", Verdict.NOT_APPLICABLE)], Outcome.CONFORMANT),
        ([("must", FAIL), ("must", UNTESTABLE)], Outcome.NONCONFORMANT),
        ([("may", Verdict.STALE), ("must", PASS)], Outcome.NONCONFORMANT),
        ([("must", PASS), ("must", UNTESTABLE)], Outcome.INCOMPLETE),
        ([("must", PASS), ("should", UNTESTABLE), ("may", UNTESTABLE)], Outcome.CONFORMANT),
        ([("should", UNTESTABLE)], Outcome.INCOMPLETE),
        ([("must", Verdict.NOT_APPLICABLE)], Outcome.INCOMPLETE),
        ([], Outcome.INCOMPLETE),
        ([("must", FAIL), ("may", Verdict.ERROR)], Outcome.ERROR),
    ],
)
def test_the_weightiest_verdict_decides(judged: list[tuple[str, Verdict]], outcome: Outcome) -> None:
    assert outcome_of(judged) is outcome


@pytest.mark.parametrize("verdict", [PASS, FAIL, UNTESTABLE])
def test_a_run_that_did_not_reach_its_end_says_so_whatever_was_judged(verdict: Verdict) -> None:
    assert outcome_of([("must", verdict)], Ending.INTERRUPTED) is Outcome.INTERRUPTED
    assert outcome_of([("must", verdict)], Ending.GONE) is Outcome.GONE


def test_every_outcome_has_its_own_exit_code() -> None:
    assert {outcome: int(code) for outcome, code in EXIT_CODES.items()} == {
        Outcome.CONFORMANT: 0,
        Outcome.NONCONFORMANT: 1,
        Outcome.INCOMPLETE: 3,
        Outcome.INTERRUPTED: 3,
        Outcome.GONE: 4,
        Outcome.ERROR: 5,
    }
