"""The folder that holds all data: marked as ours, and used by one server at a time."""

from __future__ import annotations

import fcntl
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from reference_server.programs.refusals import StartRefusedError
from reference_server.storage.blobs.local_disk import sync_directory

MARKER = "REGISTRY"
"""The file that says that a folder is a registry's, and of which format."""

FORMAT = 1
"""The format that this program reads and writes."""

_LINE = "generic-packages-registry format {}\n"


@contextmanager
def claimed(folder: Path) -> Iterator[None]:
    """Make the folder ours until the block ends. Raises StartRefusedError when it cannot be."""
    try:
        _prepare(folder)
        descriptor = os.open(folder / MARKER, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        reason = error.strerror or error
        raise StartRefusedError(f"data directory {folder}: {reason}; choose one that this user can write") from None
    try:
        _lock(descriptor, folder)
        _check_format(descriptor, folder)
        yield
    finally:
        os.close(descriptor)


def _prepare(folder: Path) -> None:
    """Make the folder, or see that it is ours or empty."""
    _make(folder)
    if not (folder / MARKER).exists() and any(folder.iterdir()):
        raise StartRefusedError(
            f"data directory {folder} holds other files and no {MARKER} marker: choose an empty or a new one"
        )


def _make(folder: Path) -> None:
    """Make the folder and those above it that are missing, on stable storage: what is kept in it must not be lost."""
    if folder.is_dir():
        return
    if not folder.parent.exists():
        _make(folder.parent)
    folder.mkdir(mode=0o700, exist_ok=True)
    sync_directory(folder.parent)


def _lock(descriptor: int, folder: Path) -> None:
    """Keep a second server out; the system lets go of the lock when this process ends, however it does."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise StartRefusedError(f"data directory {folder} is in use by another server: stop that one first") from None


def _check_format(descriptor: int, folder: Path) -> None:
    """Mark a new folder; refuse a format that this program does not know."""
    written = os.read(descriptor, 200).decode("utf-8", "replace")
    if not written:
        os.write(descriptor, _LINE.format(FORMAT).encode())
        os.fsync(descriptor)
        sync_directory(folder)
        return
    match = re.fullmatch(_LINE.format("([0-9]+)"), written)
    if match is None:
        raise StartRefusedError(f"data directory {folder}: its {MARKER} file is not this program's; choose another")
    if int(match[1]) > FORMAT:
        raise StartRefusedError(
            f"data directory {folder} has format {match[1]}, newer than this program's {FORMAT}: start the newer one"
        )
