"""How long to wait before a process that ended is started again, and when that has no sense any more."""

from __future__ import annotations

import random
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RestartLimits:
    """Times are seconds. A life is short when it ends within `short_life`; `most_short_lives` in a row are too many."""

    first_pause: float = 0.1
    longest_pause: float = 30.0
    short_life: float = 60.0
    most_short_lives: int = 10


RESTART_LIMITS = RestartLimits()
"""With these a process that cannot live is given up after some 25 to 50 seconds of pauses."""


class Backoff:
    """The pauses of one process: each after a short life twice the one before, less up to half of it at random.

    The random part keeps processes that fall together from rising together.
    """

    def __init__(self, limits: RestartLimits, chance: random.Random) -> None:
        self._limits = limits
        self._chance = chance
        self._short_lives = 0

    def pause_after(self, lived_seconds: float) -> float | None:
        """Return how many seconds to wait after a life that ended; None to give up."""
        limits = self._limits
        self._short_lives = self._short_lives + 1 if lived_seconds < limits.short_life else 0
        if self._short_lives >= limits.most_short_lives:
            return None
        doublings = max(0, self._short_lives - 1)
        return min(limits.longest_pause, limits.first_pause * 2.0**doublings) * self._chance.uniform(0.5, 1)
