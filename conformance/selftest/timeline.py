"""For what the suite exchanged requests and responses, and when, so that a proxy can attribute what it saw."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

HARMLESS_PURPOSE = "clean-up"
SHARED_PURPOSES = {"preflight", "set-up"}
Reach = frozenset[str]


@dataclass(frozen=True, slots=True)
class TimedPurpose:
    """For what the suite was exchanging a request and a response, from when to when on the monotonic clock."""

    purpose: str
    began: float
    ended: float


def purposes_at(moments: Iterable[float], timeline: Iterable[TimedPurpose]) -> Reach | None:
    """Return the ids of the requirements for which requests arrived at these moments.

    None when one of them was shared by several checks or belongs to none; those of the clean-up change no verdict.
    """
    exchanges = tuple(timeline)
    found: set[str] = set()
    for moment in moments:
        purposes = {each.purpose for each in exchanges if each.began <= moment <= each.ended}
        if not purposes or purposes & SHARED_PURPOSES:
            return None
        found |= purposes
    return frozenset(found - {HARMLESS_PURPOSE})
