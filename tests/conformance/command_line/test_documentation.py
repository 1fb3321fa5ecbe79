"""The command lines in the documentation are ones that the program takes."""

import re
import shlex
from pathlib import Path

import pytest

from conformance.command_line.program import parser
from conformance.evidence.folder import FILES

ROOT = Path(__file__).parents[3]
COMMAND = re.compile(r"python -m conformance ([^`|#\n]+)")
PAGES = [
    page
    for page in [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
    if page.name != "operating.md"  # the server's
]


def commands(page: Path) -> list[str]:
    return [found.strip() for found in COMMAND.findall(page.read_text())]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_command_of_a_page_is_one(page: Path) -> None:
    found = [line for line in commands(page) if "--help" not in line]
    assert found
    for line in found:
        _, unknown = parser().parse_known_args(shlex.split(line))
        assert unknown == [], line


def test_an_option_that_is_none_would_be_noticed() -> None:
    assert parser().parse_known_args(["list", "--odd"])[1] == ["--odd"]


def test_the_page_on_ci_names_every_file_of_a_report() -> None:
    text = (ROOT / "docs" / "judge-in-ci.md").read_text()
    assert [name for name in FILES if f"`{name}`" not in text] == []
