"""What backup and restore share: a copy's content filled up, and read again to the last byte."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from reference_server.programs.admin.opened_data import progress_over
from reference_server.programs.admin.progress import readable
from reference_server.programs.admin.report import Report, finding_row
from reference_server.programs.admin.verify import defects_of
from reference_server.programs.refusals import StartRefusedError
from reference_server.storage.maintenance.copying import ContentCopy
from reference_server.storage.maintenance.verification import Finding, Verification

Judge = Callable[[Iterable[Finding]], list[Finding]]


@dataclass(frozen=True, slots=True)
class FilledCopy:
    """A copy that was read again, and what lies in it although its metadata do not record it."""

    report: Report
    orphans: list[bytes]


def fill(copy: ContentCopy, done: str, judge: Judge) -> FilledCopy:
    """Copy what is missing, and read the whole copy; what is damaged there is copied once more.

    `done` says what was made, `judge` returns which findings count. Raise StartRefusedError, Failure, OSError.
    """
    missing = copy.missing_bytes()
    if not copy.target.has_room_for(missing):
        raise StartRefusedError(f"there is no room for the {readable(missing)} that are to be copied: make some, go on")
    copying = progress_over("copy", copy.metadata)
    copy.fill(copying)
    copying.tell()
    verification = Verification(copy.metadata, copy.target, copy.pace)
    verifying = progress_over("verify the copy", copy.metadata)
    findings = judge(copy.fill_again(verification.findings(verifying)))
    findings = judge(copy.fill_again(findings))  # what was deleted and published again meanwhile
    verifying.tell()
    rows = [*map(finding_row, findings), *defects_of(copy.metadata)]
    contents, size = copy.metadata.blobs.totals()
    sentence = f"{done}: {contents} contents, {size} bytes"
    if rows:
        sentence += f"; {len(findings)} of them are damaged and not in the copy: see verify"
    counts = {"contents": contents, "bytes": size, "damaged": len(findings)}
    return FilledCopy(Report(not rows, sentence, rows, counts), verification.orphans())
