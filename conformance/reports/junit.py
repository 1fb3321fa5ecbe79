"""The JUnit report: one test case a requirement, one suite a section, totals that are counted."""

import xml.etree.ElementTree as ET
from collections.abc import Mapping
from pathlib import Path

from conformance.judging.results import Judgement, Results
from conformance.judging.verdicts import Ending, Verdict
from conformance.reports.characters import visible
from conformance.reports.wording import INTRODUCTION, meaning, preparation

CHILDREN = {
    Verdict.FAIL: "failure",
    Verdict.STALE: "failure",
    Verdict.ERROR: "error",
    Verdict.UNTESTABLE: "skipped",
    Verdict.NOT_APPLICABLE: "skipped",
    Verdict.EXPECTED_FAILURE: "skipped",
}
COUNTS = {"failures": "failure", "errors": "error", "skipped": "skipped"}


def write_junit(results: Results, titles: Mapping[str, str], path: Path) -> None:
    """Write the results as JUnit XML."""
    root = ET.Element("testsuites", name=f"conformance of {results.run.target}")
    for section, title in titles.items():
        entries = [entry for entry in results.requirements if entry.section == section]
        if entries:
            suite = ET.SubElement(root, "testsuite", name=title, timestamp=results.run.started_at)
            suite.extend(_case(entry) for entry in entries)
            _count(suite)
    _add_early_end(results, root)
    _add_preparation(results, root)
    _count(root)
    ET.indent(root)
    ET.ElementTree(root).write(path, encoding="utf-8", xml_declaration=True)


def _add_early_end(results: Results, root: ET.Element) -> None:
    """Add a case that is in error when the run did not reach its end, so that nobody takes the file for a good one."""
    if results.run.ending is not Ending.COMPLETE:
        suite = ET.SubElement(root, "testsuite", name="The run", timestamp=results.run.started_at)
        case = ET.SubElement(suite, "testcase", classname="run", name="reaches its end", time="0")
        ET.SubElement(case, "error", type=results.outcome.value, message=f"{results.outcome}{meaning(results)}")
        _count(suite)


def _add_preparation(results: Results, root: ET.Element) -> None:
    suite = next((suite for suite in root if suite.find("testcase/failure") is not None), None)
    lines = preparation(results)
    if suite is not None and lines:
        ET.SubElement(suite, "system-out").text = visible("\n".join([INTRODUCTION, *lines]))


def _case(entry: Judgement) -> ET.Element:
    case = ET.Element("testcase", classname=entry.section, name=entry.id, time=f"{entry.seconds:.3f}")
    kind = CHILDREN.get(entry.verdict)
    if kind:
        child = ET.SubElement(case, kind, type=f"{entry.level} {entry.verdict}", message=visible(_message(entry)))
        child.text = visible("\n".join(_details(entry)))
    return case


def _message(entry: Judgement) -> str:
    if entry.reason:
        return entry.reason
    failure = entry.failure
    return f"{failure.failed_expectation}: expected {failure.expected}, got {failure.actual}" if failure else ""


def _details(entry: Judgement) -> list[str]:
    details = [entry.sentence, f"{entry.provenance}: {entry.source}"]
    if entry.failure:
        details += [f"expected {entry.failure.expected}", f"got {entry.failure.actual}", entry.failure.curl or ""]
    return details


def _count(element: ET.Element) -> None:
    cases = list(element.iter("testcase"))
    element.set("tests", str(len(cases)))
    for name, child in COUNTS.items():
        element.set(name, str(sum(case.find(child) is not None for case in cases)))
    element.set("time", f"{sum(float(case.get('time', '0')) for case in cases):.3f}")
