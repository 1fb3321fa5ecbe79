"""A disk as a power cut may leave it: what was synced is there, of all else any part may be."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

_SECTOR_BYTES = 512

Names = dict[str, "File | None"]
"""Files and directories by their path; None stands for a directory."""


@dataclass(slots=True, eq=False)
class File:
    """A file under whatever name: what is surely in it, and the changes since its last sync, in their order.

    A change is an offset with the bytes that are written there, or a new length.
    """

    synced: bytearray = field(default_factory=bytearray)
    unsynced: list[tuple[int, bytes] | int] = field(default_factory=list)
    position: int = 0
    """Where the next write goes that says no offset."""

    def write(self, data: bytes) -> None:
        """Write where the one before ended."""
        self.unsynced.append((self.position, data))
        self.position += len(data)

    def sync(self) -> None:
        """Make sure of all that was written."""
        self.synced, self.unsynced = self.content(self.unsynced), []

    def content(self, changes: list[tuple[int, bytes] | int]) -> bytearray:
        """Return what is in the file with these changes."""
        held = bytearray(self.synced)
        for change in changes:
            if isinstance(change, int):
                held = held[:change].ljust(change, b"\0")
            else:
                offset, data = change
                held = held.ljust(offset, b"\0")
                held[offset : offset + len(data)] = data
        return held

    def partly(self, chance: random.Random) -> bytearray:
        """Return what may be in it: some of the changes, and of some of those only the first sectors."""
        kept = [change for change in self.unsynced if chance.random() < 0.5]
        return self.content([_torn(change, chance) for change in kept])


@dataclass(frozen=True, slots=True)
class _NameChange:
    """A name that comes or goes; a rename is both at once."""

    gone: str | None = None
    come: str | None = None
    file: File | None = None

    def apply(self, names: Names) -> None:
        if self.gone is not None:
            names.pop(self.gone, None)
        if self.come is not None:
            names[self.come] = self.file

    def touches(self, directory: str) -> bool:
        paths = [path for path in (self.gone, self.come) if path is not None]
        return any(str(PurePosixPath(path).parent) == directory for path in paths)


class Disk:
    """The files below one folder, from a moment on at which all was synced; paths are relative to it."""

    def __init__(self, folder: Path) -> None:
        self._names: Names = {".": None}
        for path in sorted(folder.rglob("*")):
            if path.is_dir() or path.is_file():
                content = None if path.is_dir() else File(bytearray(path.read_bytes()))
                self._names[str(path.relative_to(folder))] = content
        self._synced_names = dict(self._names)
        self._unsynced_names: list[_NameChange] = []

    def file(self, path: str) -> File | None:
        """Return the file that has this name now, None where there is none."""
        return self._names.get(path)

    def open(self, path: str, *, create: bool) -> None:
        """Open a file at its beginning; make it where there is none, if that is wanted."""
        if create and path not in self._names:
            self._change(_NameChange(come=path, file=File()))
        elif (file := self._names.get(path)) is not None:
            file.position = 0

    def rename(self, source: str, target: str) -> None:
        """Give a file another name, which may have been another one's."""
        self._change(_NameChange(source, target, self._names[source]))

    def unlink(self, path: str) -> None:
        """Take a name away."""
        self._change(_NameChange(gone=path))

    def make_directory(self, path: str) -> None:
        """Make a directory."""
        self._change(_NameChange(come=path))

    def sync(self, path: str) -> None:
        """Make sure of a file's content, or of the names in a directory."""
        file = self._names.get(path)
        if file is not None:
            file.sync()
            return
        for change in [change for change in self._unsynced_names if change.touches(path)]:
            change.apply(self._synced_names)
            self._unsynced_names.remove(change)

    def without_unsynced(self) -> dict[str, bytes]:
        """Return the files as they are when nothing else reached the disk."""
        return _reachable(self._synced_names, lambda file: file.synced)

    def with_all(self) -> dict[str, bytes]:
        """Return the files as they are when all reached the disk."""
        return _reachable(self._names, lambda file: file.content(file.unsynced))

    def with_some(self, chance: random.Random) -> dict[str, bytes]:
        """Return the files as they may be: names as far as some change, and of each content any part."""
        names = dict(self._synced_names)
        for change in self._unsynced_names[: chance.randint(0, len(self._unsynced_names))]:
            change.apply(names)
        return _reachable(names, lambda file: file.partly(chance))

    def _change(self, change: _NameChange) -> None:
        change.apply(self._names)
        self._unsynced_names.append(change)


def _torn(change: tuple[int, bytes] | int, chance: random.Random) -> tuple[int, bytes] | int:
    if isinstance(change, int) or chance.random() < 0.5:
        return change
    offset, data = change
    return offset, data[: chance.randint(0, len(data) // _SECTOR_BYTES) * _SECTOR_BYTES]


def _reachable(names: Mapping[str, File | None], content: Callable[[File], bytearray]) -> dict[str, bytes]:
    """Return the content of all files whose directories are there."""
    return {
        path: bytes(content(file))
        for path, file in names.items()
        if file is not None and all(str(parent) in names for parent in PurePosixPath(path).parents)
    }
