"""A data directory open for a command: its metadata and its content, as a server leaves or uses them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from reference_server.programs.admin.progress import ProgressLines
from reference_server.programs.data_directory import DATA, check_kind
from reference_server.programs.data_parts import METADATA, VOLUME, check_bound, check_volume
from reference_server.programs.refusals import StartRefusedError
from reference_server.storage.blobs.local_disk import LocalDisk
from reference_server.storage.blobs.store import BlobStore
from reference_server.storage.metadata.metadata import Metadata
from reference_server.storage.metadata.sqlite.database import SqliteDatabase, damage_explained
from reference_server.storage.metadata.sqlite.migrations import check_current


@dataclass(frozen=True, slots=True)
class OpenedData:
    """The metadata and the store of a data directory."""

    metadata: Metadata
    store: BlobStore


@contextmanager
def opened(data: Path) -> Iterator[OpenedData]:
    """Open the parts of a data directory that belong together; neither of them is made.

    Raise StartRefusedError, DatabaseUnusableError, SchemaTooNewError, SchemaTooOldError.
    """
    check_kind(data, DATA)
    metadata, volume = data / METADATA, data / VOLUME
    check_volume(metadata, volume)
    if not metadata.exists():
        raise StartRefusedError(f"{metadata} is missing: restore the data from a backup, or start the server first")
    with damage_explained(metadata), closing(SqliteDatabase(metadata)) as database:
        check_current(database)
        check_bound(database, volume)
        yield OpenedData(Metadata(database), LocalDisk(volume))


def progress_over(task: str, metadata: Metadata) -> ProgressLines:
    """Return the progress of a task that does something with every content."""
    return ProgressLines(task, *metadata.blobs.totals())
