"""Sweeping at once, without a server."""

from __future__ import annotations

import argparse
import asyncio

from reference_server.programs.admin.opened_data import opened
from reference_server.programs.admin.report import Report
from reference_server.programs.data_directory import DATA, check_kind, claimed
from reference_server.storage.blobs.garbage_collector import GarbageCollector
from reference_server.storage.blobs.guards import DigestGuards

_DAY_SECONDS = 24 * 60 * 60


def sweep(given: argparse.Namespace) -> Report:
    """Put the volume in order, and tell what was moved and removed. Raise StartRefusedError while a server runs."""
    check_kind(given.data, DATA)
    with claimed(given.data), opened(given.data) as data:
        seconds = given.trash_days * _DAY_SECONDS
        collector = GarbageCollector(data.store, DigestGuards(), data.metadata.blobs, seconds)
        back = collector.bring_back()
        uploads = list(data.store.staged())
        for upload_id in uploads:
            data.store.discard(upload_id)
        moved = asyncio.run(collector.sweep())
        removed = asyncio.run(collector.empty_trash())
    counts = {"brought_back": back, "uploads": len(uploads), "moved": moved, "removed": removed}
    sentence = (
        f"{moved} contents moved to the trash, {removed} removed from it, {back} brought back from it; "
        f"{len(uploads)} unfinished uploads removed"
    )
    return Report(sound=True, sentence=sentence, counts=counts)
