"""Backing up: the metadata as they are when it begins, then the content that they record."""

from __future__ import annotations

import argparse
from pathlib import Path

from reference_server.programs.admin.copies import FilledCopy, fill
from reference_server.programs.admin.opened_data import OpenedData, opened
from reference_server.programs.admin.progress import MetadataProgress
from reference_server.programs.admin.report import Report
from reference_server.programs.data_directory import BACKUP, claimed
from reference_server.programs.data_parts import METADATA, VOLUME, write_identity
from reference_server.programs.refusals import UsageRefusedError
from reference_server.storage.blobs.local_disk import LocalDisk, sync_directory
from reference_server.storage.maintenance.copying import ContentCopy, leave_out_deleted
from reference_server.storage.maintenance.reading import Pace
from reference_server.storage.metadata.metadata import Metadata
from reference_server.storage.metadata.sqlite.copies import closing_copy, copy_in_use, remove_copy
from reference_server.storage.metadata.sqlite.database import SqliteDatabase, damage_explained
from reference_server.storage.metadata.sqlite.volume_identity import recorded_identity

_FRESH = "metadata.new"


def back_up(given: argparse.Namespace) -> Report:
    """Copy all data to a folder; a backup that is there stays whole until the new one is. Raise UsageRefusedError."""
    data, folder = given.data, given.folder
    if folder.resolve().is_relative_to(data.resolve()):
        raise UsageRefusedError(f"{folder} is inside the data directory: choose a folder elsewhere")
    with opened(data) as live, claimed(folder, BACKUP):
        fresh = folder / _FRESH
        remove_copy(fresh)
        copy_in_use(data / METADATA, fresh, MetadataProgress())
        store = LocalDisk(folder / VOLUME)
        filled = _fill(live, fresh, store, Pace(given.throttle))
        fresh.replace(folder / METADATA)
        sync_directory(folder)
        for sha256 in filled.orphans:
            store.remove(sha256)
    return filled.report


def _fill(live: OpenedData, fresh: Path, store: LocalDisk, pace: Pace) -> FilledCopy:
    with damage_explained(fresh), closing_copy(SqliteDatabase(fresh)) as database:
        if (identity := recorded_identity(database)) is not None:
            write_identity(fresh.parent / VOLUME, identity)
        metadata = Metadata(database)
        copy = ContentCopy(metadata, live.store, store, pace)
        return fill(
            copy, f"backed up to {fresh.parent}", lambda findings: leave_out_deleted(findings, metadata, live.metadata)
        )
