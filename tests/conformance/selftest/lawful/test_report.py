"""The acquittal matrix as it is printed."""

from __future__ import annotations

import io

from rich.console import Console

from conformance.selftest.lawful.registry import LawfulRegistry
from conformance.selftest.lawful.report import SHOWN, show


def test_each_row_is_acquitted_or_followed_by_what_convicts_it() -> None:
    written = io.StringIO()
    rows = {"a.one": LawfulRegistry("It is slow.", "RFC"), "a.longer": LawfulRegistry("It is odd.", "RFC")}
    held = tuple(f"fails x.{number}" for number in range(SHOWN + 2))
    show(Console(file=written, width=40), {"a.one": (), "a.longer": held}, rows)
    assert written.getvalue().splitlines() == [
        "acquitted  a.one     It is slow.",
        "convicted  a.longer  It is odd.",
        *(f"    fails x.{number}" for number in range(SHOWN)),
        "    and 2 more",
    ]
