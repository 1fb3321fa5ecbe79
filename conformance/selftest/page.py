"""The page of a self-test: the acquittal matrix and the kill matrix in one file that needs nothing but a browser."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from conformance.html_templates import html_template
from conformance.selftest.differences import Difference
from conformance.selftest.faults.catalogue import every_fault
from conformance.selftest.lawful.registry import LawfulRegistry
from conformance.selftest.lawful.report import by_name
from conformance.selftest.lawful.runs import Convictions
from conformance.selftest.result import SelfTestResult

TEMPLATE = "page.html.j2"


@dataclass(frozen=True, slots=True)
class Line:
    """One registry: its name and sentence, whether the suite judges it rightly, a few facts, and what is wrong."""

    name: str
    sentence: str
    holds: bool
    facts: tuple[str, ...]
    wrong: tuple[str, ...]


def page(
    result: SelfTestResult | None,
    differences: Sequence[Difference],
    convictions: Convictions,
    rows: Mapping[str, LawfulRegistry],
) -> str:
    """Return both matrices as HTML; a matrix that was not run is left out."""
    matrices = {
        "Lawful registries, to be acquitted": _acquittals(convictions, rows),
        "Broken registries, to be killed": _kills(result, differences) if result else [],
    }
    together = [f"{one.kind.value}: {one.subject}" for one in differences if not one.fault]
    return html_template(__package__, TEMPLATE).render(
        matrices={title: lines for title, lines in matrices.items() if lines},
        together=together,
        holds=not together and all(line.holds for lines in matrices.values() for line in lines),
    )


def _acquittals(convictions: Convictions, rows: Mapping[str, LawfulRegistry]) -> list[Line]:
    lines = []
    for name, of_versions in by_name(convictions).items():
        row = rows[name]
        held = tuple(f"GitLab {version}: {one}" for version, found in of_versions.items() for one in found)
        given_up = [f"gives up {', '.join(one.requirements)}: {one.why}" for one in row.exemptions]
        given_up += [f"declares {capability} off: {why}" for capability, why in row.without]
        facts = (f"GitLab {', '.join(of_versions)}", row.source, *given_up)
        lines.append(Line(name, row.difference, not held, facts, held))
    return lines


def _kills(result: SelfTestResult, differences: Sequence[Difference]) -> list[Line]:
    sentences = {name: fault.wrong for name, fault in every_fault().items()}
    lines = []
    for name, observed in sorted(result.observed.items()):
        wrong = tuple(f"{one.kind.value}: {one.subject}" for one in differences if one.fault == name)
        lines.append(Line(name, sentences[name], not wrong, tuple(sorted(observed.kills.red)), wrong))
    return lines
