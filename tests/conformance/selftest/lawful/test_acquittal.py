"""What convicts a lawful registry, and what does not."""

from __future__ import annotations

from dataclasses import replace

import pytest

from conformance.judging.verdicts import Outcome
from conformance.selftest.findings import Baseline, Findings, Kills
from conformance.selftest.lawful.acquittal import convictions
from conformance.selftest.lawful.registry import Exemption, LawfulRegistry, giving_up

PLAIN = LawfulRegistry("It differs.", "RFC 9110")
EXEMPT = replace(PLAIN, exemptions=giving_up("a.should", "b.*", why="it cannot"))
BASELINE = Baseline(
    expectations=frozenset({"a.must#status", "a.should#status"}),
    controls=frozenset({"b.must#stored"}),
    musts=frozenset({"a.must", "b.must"}),
)
GOOD = Findings(baseline=BASELINE, outcome=Outcome.CONFORMANT)


def finding(*, red: str = "", untestable: str = "") -> Findings:
    kills = Kills(frozenset({red} if red else ()), frozenset({untestable} if untestable else ()))
    return replace(GOOD, kills=kills)


def test_a_registry_in_which_nothing_is_found_is_acquitted() -> None:
    assert convictions(PLAIN, GOOD, 1) == ()


@pytest.mark.parametrize(
    ("findings", "sentence"),
    [
        (finding(red="a.must#status"), "fails a.must#status"),
        (finding(red="a.should#status"), "fails a.should#status"),
        (finding(untestable="b.must#stored"), "untestable b.must#stored"),
        (replace(GOOD, errors=("it broke",)), "it broke"),
        (replace(GOOD, outcome=Outcome.INCOMPLETE), "the outcome is incomplete"),
        (Findings(refusal="no token"), "the run was refused: no token"),
    ],
)
def test_whatever_the_suite_holds_against_a_registry_convicts_it(findings: Findings, sentence: str) -> None:
    assert convictions(PLAIN, findings, 1) == (sentence,)


def test_a_must_that_fails_convicts_whatever_the_row_gives_up() -> None:
    row = replace(PLAIN, exemptions=(Exemption(("a.must",), "it would like to", always=False),))
    assert convictions(row, finding(red="a.must#status"), 1) == ("fails a.must#status",)


def test_what_a_row_gives_up_does_not_convict_it() -> None:
    findings = replace(GOOD, kills=Kills(frozenset({"a.should#status"}), frozenset({"b.must#stored"})))
    assert convictions(EXEMPT, findings, 1) == ()


def test_an_exemption_that_nothing_needs_convicts() -> None:
    assert convictions(EXEMPT, finding(red="a.should#status"), 1) == ("nothing needs the exemption of b.*",)


def test_an_exemption_of_what_is_not_judged_is_no_matter() -> None:
    row = replace(PLAIN, exemptions=giving_up("later.version", why="it cannot"))
    assert convictions(row, GOOD, 1) == ()


def test_a_mutation_that_changed_nothing_convicts() -> None:
    assert convictions(PLAIN, GOOD, 0) == ("the proxy changed nothing",)
    assert convictions(replace(PLAIN, without=(("publish", "nobody asks"),)), GOOD, 0) == ()
    assert convictions(replace(PLAIN, server_options=("--emulate", "slow")), GOOD, 0) == ()


def test_what_a_check_found_not_to_apply_convicts_unless_the_row_gives_it_up() -> None:
    findings = replace(GOOD, not_applicable=frozenset({"b.must"}))
    assert convictions(PLAIN, findings, 1) == ("not applicable b.must",)
    row = replace(PLAIN, exemptions=giving_up("b.*", why="it cannot"))
    assert convictions(row, findings, 1) == ()
