"""Examining a data directory: one line for each thing that can be wrong, with what to do about it."""

from __future__ import annotations

import argparse
import os
import resource
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from reference_server.content.files import free_bytes
from reference_server.contract.limits import MIB
from reference_server.programs.admin.opened_data import OpenedData, opened
from reference_server.programs.admin.progress import readable
from reference_server.programs.admin.report import Report
from reference_server.programs.data_directory import DATA, check_kind, in_use
from reference_server.programs.data_parts import METADATA, VOLUME
from reference_server.programs.refusals import StartRefusedError
from reference_server.storage.maintenance.reading import all_rows
from reference_server.storage.metadata.sqlite.database import DatabaseUnusableError
from reference_server.storage.metadata.sqlite.migrations import SchemaTooNewError, SchemaTooOldError
from reference_server.storage.wiring import RESERVE_BYTES

_LOW_SHARE = 20  # a file system with less than one byte in so many left is nearly full
_LARGE_LOG_BYTES = 256 * MIB
_FEW_DESCRIPTORS = 4096
_STALE_SECONDS = 24 * 60 * 60
_OTHERS = 0o077
_REFUSALS = (StartRefusedError, DatabaseUnusableError, SchemaTooNewError, SchemaTooOldError)


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """What was seen of one subject; `remedy` is what to do, None when nothing is. `wrong` is more than a notice."""

    subject: str
    seen: str
    remedy: str | None = None
    wrong: bool = False


def examine(given: argparse.Namespace) -> Report:
    """Look at everything that is quickly seen; only the length of content is compared. Raise StartRefusedError."""
    check_kind(given.data, DATA)
    found = [*_around(given.data), *_inside(given.data)]
    rows = [
        {
            "subject": each.subject,
            "state": "WRONG" if each.wrong else "notice" if each.remedy else "ok",
            "seen": each.seen,
            "what_to_do": each.remedy,
        }
        for each in found
    ]
    wrong, notices = (sum(row["state"] == state for row in rows) for state in ("WRONG", "notice"))
    sentence = f"{wrong} wrong, {notices} to be noticed" if wrong or notices else "nothing is wrong"
    return Report(wrong == 0, sentence, rows, {"wrong": wrong, "notices": notices})


def _around(data: Path) -> Iterator[Diagnosis]:
    """Look at what the data stand on."""
    yield Diagnosis("server", "runs" if in_use(data) else "does not run")
    for name, folder in (("metadata's disk", data), ("volume's disk", data / VOLUME)):
        if folder.is_dir():
            yield _room(name, folder)
    yield _log(data / f"{METADATA}-wal")
    yield _access(data)
    yield _descriptors()


def _inside(data: Path) -> Iterator[Diagnosis]:
    """Look at the data themselves, unless they cannot be opened."""
    try:
        with opened(data) as parts:
            yield Diagnosis("data", "metadata and volume belong together")
            for look in _LOOKS:
                yield look(parts)
    except _REFUSALS as refusal:
        yield Diagnosis("data", "cannot be used", str(refusal), wrong=True)


def _room(subject: str, folder: Path) -> Diagnosis:
    free, volume = free_bytes(folder), os.statvfs(folder)
    seen = f"{readable(free)} free"
    if free < RESERVE_BYTES:
        remedy = "publishing is refused: delete packages, empty the trash (sweep --trash-days 0), or enlarge it"
        return Diagnosis(subject, seen, remedy, wrong=True)
    if free * _LOW_SHARE < volume.f_blocks * volume.f_frsize:
        return Diagnosis(subject, seen, f"nearly full; publishing stops at {readable(RESERVE_BYTES)}")
    return Diagnosis(subject, seen)


def _log(path: Path) -> Diagnosis:
    size = path.stat().st_size if path.exists() else 0
    remedy = "some program reads the metadata for long: a backup, or a shell that was left open"
    return Diagnosis("metadata's log", readable(size), remedy if size > _LARGE_LOG_BYTES else None)


def _access(data: Path) -> Diagnosis:
    mode = data.stat().st_mode
    seen = f"mode {mode & 0o777:o}"
    return Diagnosis("access", seen, f"others may enter: chmod 700 {data}" if mode & _OTHERS else None)


def _descriptors() -> Diagnosis:
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    few = most != resource.RLIM_INFINITY and most < _FEW_DESCRIPTORS
    seen = "unlimited" if most == resource.RLIM_INFINITY else f"{most} for this user"
    return Diagnosis("descriptors", seen, f"raise the limit to {_FEW_DESCRIPTORS} or more" if few else None)


def _content(parts: OpenedData) -> Diagnosis:
    rows = [
        row for row in all_rows(parts.metadata.blobs) if row.on_volume and not parts.store.holds(row.sha256, row.size)
    ]
    lost = [row for row in rows if parts.metadata.blobs.exists(row.sha256)]
    contents, size = parts.metadata.blobs.totals()
    if lost:
        remedy = "verify names the files; verify --repair --from BACKUP brings them back"
        return Diagnosis("content", f"{len(lost)} of {contents} missing or of wrong length", remedy, wrong=True)
    return Diagnosis("content", f"{contents} contents, {readable(size)}, all there; verify reads them")


def _trash(parts: OpenedData) -> Diagnosis:
    content = list(parts.store.set_aside_content())
    known = sum(parts.metadata.blobs.exists(sha256) for sha256, _ in content)
    if known:
        return Diagnosis("trash", f"{known} of {len(content)} are recorded", "a start, or sweep, brings them back")
    return Diagnosis("trash", f"{len(content)} contents")


def _damaged(parts: OpenedData) -> Diagnosis:
    contents = sum(1 for _ in parts.store.damaged_content())
    remedy = "nothing reads them: remove the volume's folder damaged/ when you have looked at them"
    return Diagnosis("set aside", f"{contents} damaged contents", remedy if contents else None)


def _uploads(parts: OpenedData) -> Diagnosis:
    now, stale, uploads = time.time(), 0, list(parts.store.staged())
    for upload_id in uploads:
        try:
            stale += now - parts.store.last_staged(upload_id) > _STALE_SECONDS
        except KeyError:
            continue
    remedy = "a server that runs, or sweep, removes them" if stale else None
    return Diagnosis("uploads", f"{len(uploads)} unfinished, {stale} of them for more than a day", remedy)


_LOOKS: Final[tuple[Callable[[OpenedData], Diagnosis], ...]] = (_content, _trash, _damaged, _uploads)
