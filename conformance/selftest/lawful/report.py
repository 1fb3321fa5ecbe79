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
    trials = by_name(convictions)
    width = max(map(len, trials), default=0)
    for name, of_versions in trials.items():
        held = [f"{version}: {sentence}" for version, sentences in of_versions.items() for sentence in sentences]
        verdict = Text("convicted" if held else "acquitted", style="red" if held else "green")
        line = f"  {name:{width}}  {rows[name].difference} ({', '.join(of_versions)})"
        console.print(verdict.append(line, style="default"), soft_wrap=True)
        for sentence in held[:SHOWN]:
            console.print(Text(f"    {sentence}"), soft_wrap=True)
        if len(held) > SHOWN:
            console.print(Text(f"    and {len(held) - SHOWN} more"), soft_wrap=True)


def by_name(convictions: Convictions) -> dict[str, dict[str, tuple[str, ...]]]:
    """Return what convicts each lawful registry, by its name and the version of GitLab."""
    named: dict[str, dict[str, tuple[str, ...]]] = {}
    for trial, held in convictions.items():
        named.setdefault(trial.name, {})[str(trial.measure.version)] = held
    return named


def conclusion(convictions: Convictions) -> str:
    """Return in one sentence how many registries were judged, and which were convicted."""
    trials = by_name(convictions)
    convicted = [name for name, of_versions in trials.items() if any(of_versions.values())]
    verdict = f"{len(convicted)} convicted: {', '.join(convicted)}" if convicted else "all acquitted"
    return f"the acquittal matrix: {len(trials)} lawful registries in {len(convictions)} runs, {verdict}"
