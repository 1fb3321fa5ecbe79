"""How the acquittal matrix is shown: a line for each lawful registry, and beneath it what convicts it."""

from __future__ import annotations

from collections.abc import Mapping

from rich.console import Console
from rich.text import Text

from conformance.selftest.lawful.registry import LawfulRegistry
from conformance.selftest.lawful.runs import Convictions

SHOWN = 5


def show(console: Console, convictions: Convictions, rows: Mapping[str, LawfulRegistry]) -> None:
    """Print of each lawful registry whether it is acquitted, else the first things that convict it."""
    width = max(map(len, convictions), default=0)
    for name, held in convictions.items():
        verdict = Text("convicted" if held else "acquitted", style="red" if held else "green")
        console.print(verdict.append(f"  {name:{width}}  {rows[name].difference}", style="default"), soft_wrap=True)
        for sentence in held[:SHOWN]:
            console.print(Text(f"    {sentence}"), soft_wrap=True)
        if len(held) > SHOWN:
            console.print(Text(f"    and {len(held) - SHOWN} more"), soft_wrap=True)
