"""A run of the suite becomes findings, and findings become differences, the matrix and what is printed."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from conformance.judging.results import Evaluation, FailureDetails, Judgement
from conformance.judging.verdicts import Verdict
from conformance.selftest.differences import Difference, Kind
from conformance.selftest.findings import Baseline, Kills, Observed, findings_of
from conformance.selftest.matrix import Matrix, Row
from conformance.selftest.report import show
from conformance.selftest.result import SelfTestResult

KILLS = Kills(red=frozenset({"a.one#status"}))
ROW = Row(red=KILLS.red)
BASELINE = Baseline(frozenset({"a.one#status"}), frozenset(), frozenset({"a.one"}))
KNOWN = frozenset({"f", "g"})


def judgement(identifier: str, verdict: Verdict, label: str | None = None, reason: str | None = None) -> Judgement:
    failure = FailureDetails(label, control=False, expected="", actual="", exchange=None, curl=None) if label else None
    return Judgement(
        id=identifier,
        section="a",
        level="must",
        condition="every version",
        sentence="",
        provenance="documented",
        source="",
        capability="publish",
        verdict=verdict,
        reason=reason,
        expectations=(Evaluation("status", control=False, held=label is None),),
        failure=failure,
        exchanges=(),
        seconds=0.0,
    )


@pytest.mark.parametrize(
    ("judged", "kills", "errors"),
    [
        (judgement("a.one", Verdict.PASS), Kills(), ()),
        (judgement("a.one", Verdict.FAIL, "status"), Kills(red=frozenset({"a.one#status"})), ()),
        (judgement("a.one", Verdict.UNTESTABLE, "status"), Kills(untestable=frozenset({"a.one#status"})), ()),
        (judgement("a.one", Verdict.UNTESTABLE), Kills(untestable=frozenset({"a.one"})), ()),
        (judgement("a.one", Verdict.ERROR, reason="it broke"), Kills(), ("a.one: it broke",)),
    ],
)
def test_each_verdict_has_its_place_in_the_findings(judged: Judgement, kills: Kills, errors: tuple[str, ...]) -> None:
    findings = findings_of((judged,))
    assert (findings.kills, findings.errors, findings.baseline) == (kills, errors, BASELINE)


def test_a_complete_run_is_asked_for_coverage() -> None:
    uncovered = Baseline(BASELINE.expectations, frozenset(), frozenset({"a.two"}))
    result = SelfTestResult({"f": Observed(KILLS, 1)}, uncovered, KNOWN, is_complete=True)
    assert result.differences(Matrix({"f": ROW})) == [Difference("", Kind.UNKILLED_MUST, "a.two")]


def test_a_part_of_a_run_is_not_asked_for_coverage() -> None:
    uncovered = Baseline(BASELINE.expectations, frozenset(), frozenset({"a.two"}))
    result = SelfTestResult({"f": Observed(KILLS, 1)}, uncovered, KNOWN, is_complete=False)
    assert result.differences(Matrix({"f": ROW})) == []


def test_differences_are_printed_under_their_fault_and_its_sentence() -> None:
    console = Console(file=io.StringIO(), width=40)
    differences = [Difference("f", Kind.RED, "a.one#body"), Difference("", Kind.UNKILLED_MUST, "a.two")]
    show(console, differences, {"f": "It is broken."})
    assert isinstance(console.file, io.StringIO)
    lines = [re_spaced(line) for line in console.file.getvalue().splitlines()]
    assert lines == [
        "all broken registries together",
        "no fault turns this MUST red a.two",
        "f: It is broken.",
        "red, but not expected a.one#body",
    ]


def re_spaced(line: str) -> str:
    return " ".join(line.split())
