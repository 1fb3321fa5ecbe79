"""A line of those who wait, in a fair order: whoever asks takes turns with the others, however much each asks for."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Generic, TypeVar

Waiting = TypeVar("Waiting", bound=Hashable)


class FairLine(Generic[Waiting]):
    """What one asker wants stands in the order of asking; the askers themselves take turns."""

    def __init__(self) -> None:
        self._lines: dict[Hashable, dict[Waiting, None]] = {}  # the asker whose turn it is first
        self._askers: dict[Waiting, Hashable] = {}

    def __len__(self) -> int:
        return len(self._askers)

    def add(self, waiting: Waiting, asker: Hashable) -> None:
        """Put at the end of the asker's own line; an asker without one comes after all others."""
        self._askers[waiting] = asker
        self._lines.setdefault(asker, {})[waiting] = None

    @property
    def first(self) -> Waiting:
        """What is next. Raises StopIteration when nothing waits."""
        return next(iter(next(iter(self._lines.values()))))

    def remove(self, waiting: Waiting) -> None:
        """Take out of the line; an asker whose first one this was comes after all others. Safe to call twice."""
        if waiting not in self._askers:
            return
        asker = self._askers.pop(waiting)
        line = self._lines[asker]
        had_its_turn = next(iter(line)) is waiting
        del line[waiting]
        if not line:
            del self._lines[asker]
        elif had_its_turn:
            self._lines[asker] = self._lines.pop(asker)
