"""The acquittal matrix as it is printed."""

from __future__ import annotations

import io

from rich.console import Console

from conformance.requirements.gitlab_version import NEWEST, GitLabVersion, Measure
from conformance.selftest.lawful.registry import LawfulRegistry
from conformance.selftest.lawful.report import SHOWN, conclusion, show
from conformance.selftest.lawful.selection import Trial


def test_each_row_is_acquitted_or_followed_by_what_convicts_it() -> None:
    written = io.StringIO()
    rows = {"a.one": LawfulRegistry("It is slow.", "RFC"), "a.longer": LawfulRegistry("It is odd.", "RFC")}
    held = tuple(f"fails x.{number}" for number in range(SHOWN + 2))
    newest, older = Measure(NEWEST), Measure(GitLabVersion(16, 8))
    found = {Trial("a.one", newest): (), Trial("a.longer", newest): (), Trial("a.longer", older): held}
    show(Console(file=written, width=40), found, rows)
    assert written.getvalue().splitlines() == [
        "acquitted  a.one     It is slow. (19.0)",
        "convicted  a.longer  It is odd. (19.0, 16.8)",
        *(f"    16.8: fails x.{number}" for number in range(SHOWN)),
        "    and 2 more",
    ]
    assert conclusion(found) == "the acquittal matrix: 2 lawful registries in 3 runs, 1 convicted: a.longer"
