"""What the reports say of two stored results, word for word.

Set UPDATE_SNAPSHOTS=1 to write the files anew, and review the difference.
"""

import io
import os
from html.parser import HTMLParser
from pathlib import Path

import pytest
from rich.console import Console

from conformance.judging.results import load
from conformance.reports.badge import write_badge
from conformance.reports.console import print_results, print_verdicts
from conformance.reports.junit import write_junit
from conformance.reports.markdown import write_markdown
from conformance.reports.page import write_page

SNAPSHOTS = Path(__file__).with_name("snapshots")
TITLES = {"publish": "Publishing", "download": "Downloading", "authentication": "Authentication"}
RUNS = pytest.mark.parametrize("name", ["conformant", "nonconformant"])


def same_as_snapshot(name: str, text: str) -> None:
    path = SNAPSHOTS / name
    if os.environ.get("UPDATE_SNAPSHOTS"):
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8")


@RUNS
def test_the_console(name: str) -> None:
    console = Console(file=io.StringIO(), width=110)
    results = load(SNAPSHOTS / f"{name}.json")
    print_verdicts(results, console)
    print_results(results, TITLES, console)
    assert isinstance(console.file, io.StringIO)
    same_as_snapshot(f"{name}.console.txt", console.file.getvalue())


@RUNS
def test_junit(name: str, tmp_path: Path) -> None:
    write_junit(load(SNAPSHOTS / f"{name}.json"), TITLES, tmp_path / "junit.xml")
    same_as_snapshot(f"{name}.junit.xml", (tmp_path / "junit.xml").read_text(encoding="utf-8") + "\n")


@RUNS
def test_the_markdown_summary(name: str, tmp_path: Path) -> None:
    write_markdown(load(SNAPSHOTS / f"{name}.json"), TITLES, tmp_path / "summary.md")
    same_as_snapshot(f"{name}.summary.md", (tmp_path / "summary.md").read_text(encoding="utf-8"))


@RUNS
def test_the_badge(name: str, tmp_path: Path) -> None:
    write_badge(load(SNAPSHOTS / f"{name}.json"), tmp_path / "badge.svg")
    same_as_snapshot(f"{name}.badge.svg", (tmp_path / "badge.svg").read_text(encoding="utf-8"))


class PageText(HTMLParser):
    """The words of a page, a line for each piece of text, without style and script."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []

    def handle_data(self, data: str) -> None:
        if self.get_starttag_text() not in {"<style>", "<script>"}:
            self.lines += [line.strip() for line in data.splitlines() if line.strip()]


@RUNS
def test_the_page(name: str, tmp_path: Path) -> None:
    write_page(load(SNAPSHOTS / f"{name}.json"), TITLES, tmp_path / "report.html")
    text = PageText()
    text.feed((tmp_path / "report.html").read_text(encoding="utf-8"))
    same_as_snapshot(f"{name}.page.txt", "\n".join([*text.lines, ""]))
