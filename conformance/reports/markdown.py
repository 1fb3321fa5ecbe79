"""The Markdown summary: what fits into the summary of a CI job, totals first, then what is not a pass."""

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from conformance.judging.results import Judgement, Results
from conformance.judging.verdicts import Verdict
from conformance.reports.characters import visible
from conformance.reports.wording import INTRODUCTION, counted, meaning, measured_by, preparation

SHOWN_FINDINGS = 100  # a job summary holds 1 MiB
SHOWN_LETTERS = 1000  # of what a registry or a command line says in one place
# what begins emphasis, code, a link, a table's cell, a mention or a heading, and at the start a list or a line
SPECIAL = re.compile(r"([\\`*_{}\[\]#|~@]|:(?=//)|(?<=www)\.|^[-+=])")
ENTITIES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})
BACKTICKS = re.compile("`+")


def write_markdown(results: Results, titles: Mapping[str, str], path: Path) -> None:
    """Write the results as Markdown; nothing that a registry said is markup in it."""
    path.write_text(visible("\n".join([*_head(results), *_table(results, titles), *_findings(results), ""])), "utf-8")


def _head(results: Results) -> Iterator[str]:
    run = results.run
    yield f"## Generic packages API: {results.outcome}"
    yield ""
    yield f"{_plain(run.target)} is {results.outcome}{_plain(meaning(results))}"
    facts = [measured_by(run), counted(len(results.requirements)), f"{run.seconds:.1f} s"]
    facts += [f"suite {run.suite_version}", run.started_at]
    yield f"({_plain(', '.join(facts))})."
    yield ""


def _table(results: Results, titles: Mapping[str, str]) -> Iterator[str]:
    shown = [verdict for verdict in Verdict if verdict is Verdict.PASS or results.totals[verdict.value]]
    yield _row("section", *(verdict.value for verdict in shown))
    yield _row("---", *("--:" for _ in shown))
    for section, title in titles.items():
        verdicts = [entry.verdict for entry in results.requirements if entry.section == section]
        if verdicts:
            yield _row(_plain(title), *(str(verdicts.count(verdict) or "·") for verdict in shown))
    yield _row("**together**", *(f"**{results.totals[verdict.value]}**" for verdict in shown))
    yield ""


def _findings(results: Results) -> Iterator[str]:
    findings = results.findings()
    for alike in findings[:SHOWN_FINDINGS]:
        yield from _finding(alike)
    if len(findings) > SHOWN_FINDINGS:
        yield f"{len(findings) - SHOWN_FINDINGS} further findings are in report.html."
        yield ""
    lines = preparation(results)
    if lines and any(alike[0].failure for alike in findings):
        yield _plain(INTRODUCTION)
        yield ""
        yield from _code("\n".join(lines))
    for leftover in results.leftovers:
        yield f"Left behind: {_plain(leftover)}"
        yield ""


def _finding(alike: Sequence[Judgement]) -> Iterator[str]:
    first = alike[0]
    for entry in alike:
        yield f"- **{entry.verdict}** {entry.level.upper()} `{entry.id}`"
    yield ""
    if len(alike) == 1:
        yield _plain(first.sentence)
        yield ""
    if first.reason:
        yield _plain(first.reason)
        yield ""
    if first.failure:
        failure = first.failure
        yield f"{_plain(failure.failed_expectation)}: expected {_plain(failure.expected)}, got {_plain(failure.actual)}"
        yield ""
        if failure.curl and len(failure.curl) <= SHOWN_LETTERS:
            yield from _code(failure.curl)


def _row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"


def _plain(text: str) -> str:
    """Return text that Markdown shows as it is, in one line."""
    cut = text if len(text) <= SHOWN_LETTERS else text[:SHOWN_LETTERS] + " …"
    return SPECIAL.sub(r"\\\1", " ".join(cut.split())).translate(ENTITIES)


def _code(text: str) -> Iterator[str]:
    fence = "`" * max(3, 1 + max(map(len, BACKTICKS.findall(text)), default=0))
    yield f"{fence}sh"
    yield text
    yield fence
    yield ""
