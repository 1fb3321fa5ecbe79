"""The recorded calls, made once more on a disk that a power cut may hit after each of them."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.power_loss.disk import Disk
from tests.power_loss.recording import Call, Recording

_STRINGS = re.compile(r'"((?:\\x[0-9a-f]{2})*)"(\.\.\.)?|<((?:\\x[0-9a-f]{2})*)>(?:\(deleted\))?')
_NUMBERS = re.compile(r"(?<![\w\\])(\d+)")
_REBUILT = "-shm"
"""SQLite's index of its log, which no start relies on."""


@dataclass(frozen=True, slots=True)
class Moment:
    """The disk after a call; whatever was answered until `until` has been promised."""

    disk: Disk
    until: float
    changed: bool
    """Whether this call changed anything below the folder."""


def moments(recording: Recording) -> Iterator[Moment]:
    """Yield the disk after each call, as it is then: it goes on to change."""
    disk = Disk(recording.before)
    replay = _Replay(disk, recording.folder)
    calls = recording.calls
    for number, call in enumerate(calls):
        changed = replay.make(call)
        until = calls[number + 1].at if number + 1 < len(calls) else float("inf")
        yield Moment(disk, until, changed)


class _Replay:
    """Makes calls on the disk; those elsewhere, and those that change nothing, are left out."""

    def __init__(self, disk: Disk, folder: Path) -> None:
        self._disk = disk
        self._folder = folder
        self._make: dict[str, Callable[[Call, list[str]], None]] = {
            "openat": self._open,
            "write": self._write,
            "pwrite64": self._write_at,
            "ftruncate": self._truncate,
            "fdatasync": self._sync,
            "fsync": self._sync,
            "rename": self._rename,
            "renameat": self._rename,
            "renameat2": self._rename,
            "mkdir": self._make_directory,
            "mkdirat": self._make_directory,
            "unlink": self._unlink,
            "unlinkat": self._unlink,
        }

    def make(self, call: Call) -> bool:
        """Make a call; return whether it was one of these."""
        names = [name for name in map(self._below, _paths(call)) if name is not None]
        if not names or names[0].endswith(_REBUILT):
            return False
        self._make[call.name](call, names)
        return True

    def _below(self, path: str) -> str | None:
        relative = os.path.relpath(path, self._folder)
        return None if relative.startswith("..") else relative

    def _open(self, call: Call, names: list[str]) -> None:
        self._disk.open(names[-1], create="O_CREAT" in call.arguments)

    def _write(self, call: Call, names: list[str]) -> None:
        if (file := self._disk.file(names[0])) is not None:
            file.write(_data(call))

    def _write_at(self, call: Call, names: list[str]) -> None:
        if (file := self._disk.file(names[0])) is not None:
            file.unsynced.append((_last_number(call), _data(call)))

    def _truncate(self, call: Call, names: list[str]) -> None:
        if (file := self._disk.file(names[0])) is not None:
            file.unsynced.append(_last_number(call))

    def _sync(self, _call: Call, names: list[str]) -> None:
        self._disk.sync(names[0])

    def _rename(self, _call: Call, names: list[str]) -> None:
        source, target = names[-2:]
        self._disk.rename(source, target)

    def _make_directory(self, _call: Call, names: list[str]) -> None:
        self._disk.make_directory(names[-1])

    def _unlink(self, _call: Call, names: list[str]) -> None:
        self._disk.unlink(names[-1])


def _paths(call: Call) -> list[str]:
    """Return the paths among the arguments: of descriptors, and texts where the call takes paths."""
    takes_data = call.name in {"write", "pwrite64"}
    found = []
    for text, _, described in _STRINGS.findall(call.arguments):
        if described:
            found.append(_text(described).decode(errors="surrogateescape"))
        elif text and not takes_data:
            found.append(_text(text).decode(errors="surrogateescape"))
    return [path for path in found if path.startswith("/")]


def _data(call: Call) -> bytes:
    """Return what a call writes. Raise ValueError when the record has only a part of it."""
    for text, cut, described in _STRINGS.findall(call.arguments):
        if not described:
            if cut:
                raise ValueError("a write was larger than the record keeps")
            return _text(text)
    raise ValueError(f"a write without data: {call.arguments[:100]}")


def _last_number(call: Call) -> int:
    return int(call.arguments.rpartition(", ")[2])


def _text(escaped: str) -> bytes:
    return bytes.fromhex(escaped.replace("\\x", ""))
