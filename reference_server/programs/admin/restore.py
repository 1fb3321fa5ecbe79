"""Restoring a backup to a new data directory."""

from __future__ import annotations

import argparse
from pathlib import Path

from reference_server.programs.admin.copies import fill
from reference_server.programs.admin.progress import MetadataProgress
from reference_server.programs.admin.report import Report
from reference_server.programs.data_directory import BACKUP, MARKER, RESTORE, check_kind, claimed, finish_restore
from reference_server.programs.data_parts import METADATA, VOLUME, write_identity
from reference_server.programs.refusals import StartRefusedError
from reference_server.storage.blobs.local_disk import LocalDisk, sync_directory
from reference_server.storage.maintenance.copying import ContentCopy
from reference_server.storage.maintenance.reading import Pace
from reference_server.storage.metadata.metadata import Metadata
from reference_server.storage.metadata.sqlite.copies import closing_copy, copy_kept, remove_copy
from reference_server.storage.metadata.sqlite.database import SqliteDatabase, damage_explained
from reference_server.storage.metadata.sqlite.migrations import migrate
from reference_server.storage.metadata.sqlite.volume_identity import recorded_identity

_FRESH = "metadata.new"


def restore(given: argparse.Namespace) -> Report:
    """Make a data directory of a backup; its volume keeps its identity. Raise StartRefusedError."""
    data, backup = given.data, given.folder
    check_kind(backup, BACKUP)
    if not (backup / METADATA).exists():
        raise StartRefusedError(f"the backup {backup} is not finished: run the command that makes it again")
    if (data / MARKER).exists():
        raise StartRefusedError(f"data directory {data} holds a registry already: choose an empty or a new one")
    with claimed(data, RESTORE):
        fresh = data / _FRESH
        remove_copy(fresh)
        copy_kept(backup / METADATA, fresh, MetadataProgress())
        report = _fill(backup, fresh, Pace(given.throttle))
        fresh.replace(data / METADATA)
        sync_directory(data)
        finish_restore(data)
    return report


def _fill(backup: Path, fresh: Path, pace: Pace) -> Report:
    volume = fresh.parent / VOLUME
    with damage_explained(fresh), closing_copy(SqliteDatabase(fresh)) as database:
        migrate(database)
        store = LocalDisk(volume)
        if (identity := recorded_identity(database)) is not None:
            write_identity(volume, identity)
        copy = ContentCopy(Metadata(database), LocalDisk(backup / VOLUME), store, pace)
        return fill(copy, f"restored to {fresh.parent}", list).report
