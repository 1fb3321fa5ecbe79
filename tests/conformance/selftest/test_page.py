"""The page of a self-test holds both matrices, and nothing of theirs is markup in it."""

from __future__ import annotations

from conformance.requirements.gitlab_version import NEWEST, Measure
from conformance.selftest.differences import Difference, Kind
from conformance.selftest.faults.catalogue import every_fault
from conformance.selftest.findings import Baseline, Kills, Observed
from conformance.selftest.lawful.registry import LawfulRegistry
from conformance.selftest.lawful.selection import Trial
from conformance.selftest.page import page
from conformance.selftest.result import SelfTestResult

FAULT = min(every_fault())
RESULT = SelfTestResult(
    {FAULT: Observed(Kills(frozenset({"a.must#status"})), 1)}, Baseline(), frozenset({FAULT}), is_complete=False
)
ROWS = {"a.one": LawfulRegistry("It is <slow>.", "RFC 9110")}
TRIAL = Trial("a.one", Measure(NEWEST))


def test_both_matrices_are_on_the_page() -> None:
    text = page(RESULT, [], {TRIAL: ()}, ROWS)
    assert "The self-test passed" in text
    assert [text.count(part) for part in ("It is &lt;slow&gt;.", "RFC 9110", FAULT, "a.must#status")] == [1, 1, 1, 1]


def test_what_differs_is_said_beside_its_registry() -> None:
    text = page(RESULT, [Difference(FAULT, Kind.NOT_RED, "b.must#body")], {TRIAL: ("fails <x>",)}, ROWS)
    assert "The self-test failed" in text
    assert f"GitLab {NEWEST}: fails &lt;x&gt;" in text
    assert "expected red, but is not: b.must#body" in text


def test_a_matrix_that_was_not_run_is_left_out() -> None:
    assert "Broken registries" not in page(None, [], {TRIAL: ()}, ROWS)
    assert "Lawful registries" not in page(RESULT, [], {}, {})
