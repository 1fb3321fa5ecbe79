"""Telling on standard error how far a long command is."""

from __future__ import annotations

import sys
import time

_SECONDS = 2.0  # between two lines
_UNIT = 1024


class ProgressLines:
    """Writes a line every few seconds, and one at the end."""

    def __init__(self, task: str, contents: int, size: int) -> None:
        """Begin with a task of so many contents and bytes."""
        self._task = task
        self._contents = contents
        self._size = size
        self._done = 0
        self._done_size = 0
        self._next = time.monotonic() + _SECONDS

    def advance(self, size: int) -> None:
        """Note that one more content, of so many bytes, is done."""
        self._done += 1
        self._done_size += size
        if time.monotonic() >= self._next:
            self.tell()

    def tell(self) -> None:
        """Write a line now."""
        self._next = time.monotonic() + _SECONDS
        sizes = f"{readable(self._done_size)} of {readable(self._size)}"
        sys.stderr.write(f"{self._task}: {self._done} of {self._contents} contents, {sizes}\n")


class MetadataProgress:
    """Writes a line every few seconds while the metadata are copied, and one at the end."""

    def __init__(self) -> None:
        self._next = time.monotonic() + _SECONDS

    def __call__(self, done: int, pages: int) -> None:
        """Note that so many pages of so many are copied."""
        if done == pages or time.monotonic() >= self._next:
            self._next = time.monotonic() + _SECONDS
            sys.stderr.write(f"copy the metadata: {done} of {pages} pages\n")


def readable(size: int) -> str:
    """Write a number of bytes for people."""
    value = float(size)
    for unit in ("bytes", "KiB", "MiB", "GiB"):
        if value < _UNIT:
            return f"{value:.0f} {unit}" if unit == "bytes" else f"{value:.1f} {unit}"
        value /= _UNIT
    return f"{value:.1f} TiB"
