"""What a command on the data reports."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from reference_server.programs.admin.output import Row
from reference_server.storage.maintenance.verification import Finding


@dataclass(frozen=True, slots=True)
class Report:
    """What was found or done: a row for each, how many, and in a sentence; `sound` when nothing is wrong."""

    sound: bool
    sentence: str
    rows: Sequence[Row] = ()
    counts: Mapping[str, int] = field(default_factory=dict)


def finding_row(finding: Finding, remedy: str | None = None) -> Row:
    """Return the row of damaged content."""
    return {
        "finding": str(finding.damage),
        "subject": finding.row.sha256.hex(),
        "bytes": finding.row.size,
        "kept_in": "volume" if finding.row.on_volume else "metadata",
        "remedy": remedy,
        "files": finding.files,
    }


def defect_row(finding: str, subject: str, remedy: str | None = None) -> Row:
    """Return the row of something else that is wrong."""
    return {"finding": finding, "subject": subject, "bytes": None, "kept_in": None, "remedy": remedy, "files": []}
