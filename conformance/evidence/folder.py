"""The folder of a run: results.json, the reports that are made of it, and the manifest over all of them."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from conformance.evidence.chain import chained
from conformance.evidence.manifest import MANIFEST, edits, write_manifest
from conformance.judging.results import FILE_NAME, OWN_WORDS, Results, load
from conformance.reports.badge import write_badge
from conformance.reports.junit import write_junit
from conformance.reports.markdown import write_markdown
from conformance.reports.page import write_page
from conformance.transport.redaction import Redactor

PAGE, JUNIT, MARKDOWN, BADGE = "report.html", "junit.xml", "summary.md", "badge.svg"
REPORTS = (PAGE, JUNIT, MARKDOWN, BADGE, FILE_NAME)
FILES = (*REPORTS, MANIFEST)


class EvidenceError(Exception):
    """A folder or file holds no evidence of a run that can be read; the message says why."""


def write_evidence(results: Results, folder: Path, titles: Mapping[str, str], redactor: Redactor) -> Results:
    """Write results.json without secrets, every report of it and the manifest; return the results as they are there."""
    document = redactor.document(results.as_document(), OWN_WORDS)
    assert isinstance(document, dict)  # noqa: S101 - it was one
    (folder / FILE_NAME).write_text(json.dumps(chained(document), indent=1), encoding="utf-8")
    written = load(folder / FILE_NAME)
    write_reports(written, folder, titles)
    return written


def write_reports(results: Results, folder: Path, titles: Mapping[str, str]) -> None:
    """Write the reports of results that lie in the folder already, and the manifest."""
    write_junit(results, titles, folder / JUNIT)
    write_page(results, titles, folder / PAGE)
    write_markdown(results, titles, folder / MARKDOWN)
    write_badge(results, folder / BADGE)
    write_manifest(folder, REPORTS)


def read_evidence(path: Path) -> Results:
    """Return the results of a run by its folder, or by the file itself.

    Raises EvidenceError.
    """
    file = path / FILE_NAME if path.is_dir() else path
    try:
        return load(file)
    except OSError as error:
        raise EvidenceError(f"{file} cannot be read: {error.strerror}; give the folder of a run") from error
    except ValueError as error:
        raise EvidenceError(f"{file} cannot be used: {error}") from error


def edits_in(folder: Path, names: Sequence[str] = REPORTS) -> list[str]:
    """Return a sentence for every file of a run, or every one of these and the manifest, that was edited since.

    Raises EvidenceError when the folder is of no run.
    """
    if not any((folder / name).is_file() for name in (FILE_NAME, MANIFEST)):
        raise EvidenceError(f"{folder} holds neither {FILE_NAME} nor {MANIFEST}; give the folder of a run")
    return edits(folder, names, FILE_NAME)
