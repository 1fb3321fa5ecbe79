"""The ways in which GitLab's deployments differ that both halves can be told to imitate: names, sentences, values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Final

_MOST = 86_400


class Emulation(StrEnum):
    """One lawful way in which a deployment differs from a fresh installation of GitLab."""

    LATE_RIGHTS = "late-rights"
    LATE_JOBS = "late-jobs"
    SCHEDULED_DELETION = "scheduled-deletion"
    RATE_LIMITS = "rate-limits"
    ADMIN_MODE = "admin-mode"
    TERMS_OF_SERVICE = "terms-of-service"
    NO_PUBLIC_VISIBILITY = "no-public-visibility"
    NO_TOP_LEVEL_GROUPS = "no-top-level-groups"
    PARALLEL_500 = "parallel-500"
    DIRECT_DOWNLOAD = "direct-download"
    SLOW = "slow"


SENTENCES: Final[Mapping[Emulation, str]] = {
    Emulation.LATE_RIGHTS: "memberships, promotions, demotions and bot tokens take effect N seconds late (default 3)",
    Emulation.LATE_JOBS: "jobs appear N seconds late (default 5), and each runner's first request for one is a 409",
    Emulation.SCHEDULED_DELETION: "projects and groups are only marked and renamed, until they are removed for good",
    Emulation.RATE_LIMITS: "every Nth request (default 50) is answered 429 with Retry-After",
    Emulation.ADMIN_MODE: "administrators are ordinary users without the scope admin_mode; everybody makes groups",
    Emulation.TERMS_OF_SERVICE: "users made since the start are refused with 403, as if they had accepted no terms",
    Emulation.NO_PUBLIC_VISIBILITY: "no project and no group can be made public",
    Emulation.NO_TOP_LEVEL_GROUPS: "no group can be made at the top; the administrator owns one named parent",
    Emulation.PARALLEL_500: "of parallel first uploads of one package the second is answered 500",
    Emulation.DIRECT_DOWNLOAD: "downloads are redirected to signed URLs on another port, without checksum headers",
    Emulation.SLOW: "every answer is N milliseconds late (default 100)",
}
"""What each does, in one sentence."""

DEFAULTS: Final[Mapping[Emulation, int]] = {
    Emulation.LATE_RIGHTS: 3,
    Emulation.LATE_JOBS: 5,
    Emulation.RATE_LIMITS: 50,
    Emulation.SLOW: 100,
}
"""The number of those that take one."""


@dataclass(frozen=True, slots=True)
class Emulations:
    """Which deployments to imitate, each with its number, 0 for those that take none."""

    values: Mapping[Emulation, int] = field(default_factory=lambda: MappingProxyType({}))

    def __contains__(self, emulation: Emulation) -> bool:
        return emulation in self.values

    def __bool__(self) -> bool:
        return bool(self.values)

    def __str__(self) -> str:
        """Return what `read` reads."""
        return ",".join(
            f"{emulation}={value}" if emulation in DEFAULTS else emulation for emulation, value in self.values.items()
        )

    def number(self, emulation: Emulation) -> int | None:
        """Return the number of an emulation, None when it is not wanted."""
        return self.values.get(emulation)


NO_EMULATIONS: Final = Emulations()


def read(*texts: str) -> Emulations:
    """Return the emulations that comma lists name, each with an optional `=N`.

    Raise ValueError for an unknown name, a number that is none, or one where none belongs.
    """
    return Emulations(
        MappingProxyType(dict(_read_one(part.strip()) for text in texts for part in text.split(",") if part.strip()))
    )


def _read_one(part: str) -> tuple[Emulation, int]:
    name, equals, number = part.partition("=")
    if name not in set(Emulation):
        raise ValueError(f"names {name!r}, which is none of {', '.join(Emulation)}")
    emulation = Emulation(name)
    if not equals:
        return emulation, DEFAULTS.get(emulation, 0)
    if emulation not in DEFAULTS:
        raise ValueError(f"{name} takes no number")
    if not (number.isascii() and number.isdigit() and 0 < int(number) <= _MOST):
        raise ValueError(f"{name} takes a whole number from 1 to {_MOST}")
    return emulation, int(number)
