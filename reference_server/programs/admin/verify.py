"""Verifying: every record against its bytes, and repairing what can be."""

from __future__ import annotations

import argparse
import functools
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

from reference_server.programs.admin.opened_data import OpenedData, opened, progress_over
from reference_server.programs.admin.output import Row
from reference_server.programs.admin.report import Report, defect_row, finding_row
from reference_server.programs.data_directory import BACKUP, DATA, check_kind, claimed
from reference_server.programs.data_parts import METADATA, VOLUME
from reference_server.programs.refusals import UsageRefusedError
from reference_server.storage.blobs.local_disk import LocalDisk
from reference_server.storage.maintenance.reading import Pace
from reference_server.storage.maintenance.repair import BackupContent, Remedy, Repair
from reference_server.storage.maintenance.verification import Verification
from reference_server.storage.metadata.metadata import Metadata
from reference_server.storage.metadata.sqlite.copies import kept_content

_MENDED = {Remedy.FROM_TRASH, Remedy.FROM_BACKUP}


def verify(given: argparse.Namespace) -> Report:
    """Compare all content with its records, and repair it when that is asked for. Raise UsageRefusedError."""
    if given.backup is not None and not given.repair:
        raise UsageRefusedError("--from DIR is for --repair")
    check_kind(given.data, DATA)
    with ExitStack() as stack:
        if given.repair:
            stack.enter_context(claimed(given.data))
        data = stack.enter_context(opened(given.data))
        verification = Verification(data.metadata, data.store, Pace(given.throttle))
        damaged, rows = _verified(given, verification)
        defects = list(defects_of(data.metadata))
        orphans = verification.orphans()
        rows += [*defects, *(_orphan(data, sha256, repair=given.repair) for sha256 in orphans)]
        contents, size = data.metadata.blobs.totals()
    remaining = damaged + len(defects)
    sentence = f"{contents} contents, {size} bytes: {damaged} damaged, {len(orphans)} recorded by nothing"
    sentence += f", {len(defects)} defects of the metadata" if defects else ""
    counts = {"contents": contents, "bytes": size, "damaged": damaged, "orphans": len(orphans)}
    return Report(remaining == 0, sentence, rows, counts)


def defects_of(metadata: Metadata) -> Iterator[Row]:
    """Yield what is wrong with the metadata themselves."""
    for defect in metadata.database.defects():
        yield defect_row("defect", defect)
    if others := metadata.package_files.count_of_other_size():
        yield defect_row("defect", f"{others} package files have another size than their content")


def _verified(given: argparse.Namespace, verification: Verification) -> tuple[int, list[Row]]:
    """Return how many contents are damaged and stay so, and a row for each that was found."""
    repair = Repair(verification, None if given.backup is None else _backup_in(given.backup))
    progress = progress_over("verify", verification.metadata)
    damaged, rows = 0, list[Row]()
    for finding in verification.findings(progress):
        remedy = repair.mend(finding) if given.repair else None
        damaged += remedy not in _MENDED
        rows.append(finding_row(finding, None if remedy is None else str(remedy)))
    progress.tell()
    return damaged, rows


def _backup_in(folder: Path) -> BackupContent:
    check_kind(folder, BACKUP)
    return BackupContent(LocalDisk(folder / VOLUME), functools.partial(kept_content, folder / METADATA))


def _orphan(data: OpenedData, sha256: bytes, *, repair: bool) -> Row:
    if repair:
        data.store.set_aside(sha256)
    return defect_row("orphan", sha256.hex(), "moved to the trash" if repair else None)
