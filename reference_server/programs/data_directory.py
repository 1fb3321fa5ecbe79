"""The folders of this program: the one that holds all data, and what backups are; marked, and used by one at a time."""

from __future__ import annotations

import fcntl
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from reference_server.programs.refusals import StartRefusedError
from reference_server.storage.blobs.local_disk import sync_directory

MARKER = "REGISTRY"
"""The file that says that a folder is a registry's, and of which format."""

FORMAT = 1
"""The format that this program reads and writes."""


@dataclass(frozen=True, slots=True)
class Kind:
    """What a folder is: the file that marks it, what it is called, what uses it, and the marker's line."""

    marker: str
    name: str
    user: str
    line: str


DATA = Kind(MARKER, "data directory", "server", "generic-packages-registry format {}\n")
BACKUP = Kind("BACKUP", "backup", "backup", "generic-packages-backup format {}\n")
RESTORE = Kind("RESTORE", "data directory", "restore", "generic-packages-restore format {}\n")
"""A data directory that is not restored to the end: no server starts on it."""


@contextmanager
def claimed(folder: Path, kind: Kind = DATA) -> Iterator[None]:
    """Make the folder ours until the block ends. Raise StartRefusedError when it cannot be."""
    try:
        _prepare(folder, kind)
        descriptor = os.open(folder / kind.marker, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        reason = error.strerror or error
        raise StartRefusedError(f"{kind.name} {folder}: {reason}; choose one that this user can write") from None
    try:
        _lock(descriptor, folder, kind)
        _check_format(descriptor, folder, kind)
        yield
    finally:
        os.close(descriptor)


def check_kind(folder: Path, kind: Kind) -> None:
    """Let a folder pass that is marked as of this kind; nothing is written. Raise StartRefusedError."""
    try:
        written = (folder / kind.marker).read_text(encoding="utf-8", errors="replace")
    except OSError as error:
        reason = "no such folder" if not folder.exists() else f"{kind.marker}: {error.strerror}"
        raise StartRefusedError(f"{folder} is no {kind.name} of this program ({reason})") from None
    _check_line(written, folder, kind)


def finish_restore(folder: Path) -> None:
    """Make a folder that is restored to the end a data directory on which a server starts, on stable storage."""
    with (folder / DATA.marker).open("w", encoding="utf-8") as file:
        file.write(DATA.line.format(FORMAT))
        file.flush()
        os.fsync(file.fileno())
    sync_directory(folder)
    (folder / RESTORE.marker).unlink()
    sync_directory(folder)


def in_use(folder: Path, kind: Kind = DATA) -> bool:
    """Return whether another process has claimed the folder. Raise OSError."""
    descriptor = os.open(folder / kind.marker, os.O_RDONLY | os.O_CLOEXEC)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False


def _prepare(folder: Path, kind: Kind) -> None:
    """Make the folder, or see that it is ours or empty."""
    _make(folder)
    if kind == DATA and (folder / RESTORE.marker).exists() and not (folder / DATA.marker).exists():
        raise StartRefusedError(f"{folder} is not restored to the end: run the command that restores it again")
    if not (folder / kind.marker).exists() and any(folder.iterdir()):
        raise StartRefusedError(
            f"{kind.name} {folder} holds other files and no {kind.marker} marker: choose an empty or a new one"
        )


def _make(folder: Path) -> None:
    """Make the folder and those above it that are missing, on stable storage: what is kept in it must not be lost."""
    if folder.is_dir():
        return
    if not folder.parent.exists():
        _make(folder.parent)
    folder.mkdir(mode=0o700, exist_ok=True)
    sync_directory(folder.parent)


def _lock(descriptor: int, folder: Path, kind: Kind) -> None:
    """Keep a second user out; the system lets go of the lock when this process ends, however it does."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        sentence = f"{kind.name} {folder} is in use by another {kind.user}: stop that one first"
        raise StartRefusedError(sentence) from None


def _check_format(descriptor: int, folder: Path, kind: Kind) -> None:
    """Mark a new folder; refuse a format that this program does not know."""
    written = os.read(descriptor, 200).decode("utf-8", "replace")
    if written:
        _check_line(written, folder, kind)
        return
    os.write(descriptor, kind.line.format(FORMAT).encode())
    os.fsync(descriptor)
    sync_directory(folder)


def _check_line(written: str, folder: Path, kind: Kind) -> None:
    match = re.fullmatch(kind.line.format("([0-9]+)"), written)
    if match is None:
        raise StartRefusedError(f"{kind.name} {folder}: its {kind.marker} file is not this program's; choose another")
    if int(match[1]) > FORMAT:
        raise StartRefusedError(
            f"{kind.name} {folder} has format {match[1]}, newer than this program's {FORMAT}: start the newer one"
        )
