"""The reports: true totals, real children, every finding with its evidence, nothing fetched from outside."""

import signal
import xml.etree.ElementTree as ET
from collections.abc import Callable
from html.parser import HTMLParser

import pytest

from conformance.judging.plugin import Listener
from conformance.judging.verdicts import Verdict
from tests.conformance.conftest import Ran
from tests.support.toy_registry import Toy

Run = Callable[..., Ran]


@pytest.fixture
def ran(run: Run, toy: Toy) -> Ran:
    toy.overrides["POST", "/deploy_tokens"] = (400, {"message": "<b>no & never</b>"})
    return run("--only", "authentication.*", "--only", "publish.a*")


def test_junit_counts_its_children_and_has_one_for_every_verdict(ran: Ran) -> None:
    root = ET.parse(ran.out / "junit.xml").getroot()
    totals = ran.results.totals
    assert int(root.attrib["tests"]) == len(list(root.iter("testcase"))) == len(ran.results.requirements)
    assert int(root.attrib["failures"]) == len(list(root.iter("failure"))) == totals["fail"] > 0
    assert int(root.attrib["skipped"]) == len(list(root.iter("skipped"))) == totals["untestable"] > 0
    assert int(root.attrib["errors"]) == len(list(root.iter("error"))) == 0
    for name in ("tests", "failures", "skipped", "errors"):
        assert int(root.attrib[name]) == sum(int(suite.attrib[name]) for suite in root)


class Page(HTMLParser):
    """Collects the ids, the links to elsewhere and the text of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.links: list[str] = []
        self.text = ""

    def handle_starttag(self, _tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name == "id":
                self.ids.append(value or "")
            if name in {"src", "href"} and not (value or "").startswith("#"):
                self.links.append(value or "")

    def handle_data(self, data: str) -> None:
        self.text += data


def page_of(ran: Ran) -> Page:
    page = Page()
    page.feed((ran.out / "report.html").read_text(encoding="utf-8"))
    return page


def test_the_page_has_every_requirement_and_needs_nothing_from_elsewhere(ran: Ran) -> None:
    page = page_of(ran)
    assert page.ids == [entry.id for entry in ran.results.requirements]
    assert page.links == []
    assert "@import" not in page.text


def test_the_page_shows_the_evidence_of_every_finding_and_escapes_it(ran: Ran) -> None:
    page = page_of(ran)
    for entry in ran.results.requirements:
        if entry.verdict is Verdict.FAIL and entry.failure is not None:
            assert entry.failure.actual in page.text
            assert str(entry.failure.curl) in page.text
    assert "<b>no & never</b>" in page.text
    assert "<b>no" not in (ran.out / "report.html").read_text(encoding="utf-8")


def test_controls_that_failed_in_different_ways_stay_apart(run: Run) -> None:
    ran = run("--only", "authentication.unauthorized-body", "--only", "validation.refusal-names-the-parameter")
    reasons = {entry.reason for entry in ran.results.requirements}
    assert reasons == {"the control failed: refused status"}
    assert [len(alike) for alike in ran.results.findings()] == [1, 1]


def test_every_line_of_a_received_body_is_marked_as_such(run: Run, toy: Toy) -> None:
    toy.overrides["PUT", "-1/1.0.0/file.bin"] = (200, {})
    toy.raw = b"<html>\n<h1>fine</h1>\n</html>\n"
    output = run("--only", "publish.answers-created").output
    assert "    < <html>\n    < <h1>fine</h1>\n    < </html>\n" in output


def test_nothing_that_a_registry_says_is_markup_in_the_summary(run: Run, toy: Toy) -> None:
    toy.overrides["PUT", "-1/1.0.0/file.bin"] = (200, {"message": "<b>|# [x](http://y) `z` *w*"})
    summary = (run("--only", "publish.answers-created").out / "summary.md").read_text(encoding="utf-8")
    prose = "".join(summary.split("```")[::2])
    assert r"&lt;b&gt;\|\# \[x\](http\://y) \`z\` \*w\*" in prose
    assert "<b>" not in prose


def test_a_run_that_did_not_reach_its_end_is_red_in_junit(run: Run, toy: Toy, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Listener, "begins", lambda *_: signal.raise_signal(signal.SIGINT))
    root = ET.parse(run("--only", "publish.a*").out / "junit.xml").getroot()
    assert int(root.attrib["errors"]) == 1
    (error,) = root.iter("error")
    assert error.attrib["message"] == f"interrupted after 0 of {len(list(root.iter('skipped')))} requirements"
