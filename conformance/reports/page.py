"""The HTML report: one file that needs nothing but a browser."""

from collections.abc import Mapping
from pathlib import Path

from conformance.html_templates import html_template
from conformance.judging.results import Results
from conformance.judging.verdicts import Verdict
from conformance.reports.characters import visible
from conformance.reports.wording import INTRODUCTION, meaning, measured_by, preparation
from conformance.requirements.model import Provenance


def write_page(results: Results, titles: Mapping[str, str], path: Path) -> None:
    """Write the results as a page; the exchanges of whatever is not a pass are in it."""
    sections = {
        title: [entry for entry in results.requirements if entry.section == section]
        for section, title in titles.items()
    }
    page = html_template(__package__, "page.html.j2").render(
        results=results,
        sections={title: entries for title, entries in sections.items() if entries},
        exchanges={exchange.number: exchange for exchange in results.exchanges},
        meaning=meaning(results),
        measured_by=measured_by(results.run),
        introduction=INTRODUCTION,
        preparation=preparation(results),
        verdicts=[verdict for verdict in Verdict if results.totals[verdict.value]],
        meanings={provenance.value: provenance.meaning for provenance in Provenance},
    )
    path.write_text(visible(page), encoding="utf-8")
