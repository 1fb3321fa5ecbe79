"""Package statuses, and the parameters "status" and "select" of a publication."""

from __future__ import annotations

import enum
from collections.abc import Mapping

from reference_server.contract.failure import Failure, Reason


class PackageStatus(enum.IntEnum):
    """A package's status, as the contract numbers it."""

    DEFAULT = 1
    HIDDEN = 2
    ERROR = 3
    PENDING_DESTRUCTION = 4


DOWNLOADABLE = frozenset({PackageStatus.DEFAULT, PackageStatus.HIDDEN})
LISTED = frozenset({PackageStatus.DEFAULT, PackageStatus.ERROR})
"""Whose packages lists hold unless they are asked for a status; other packages cannot be named by their ids."""

SHOWN = frozenset({PackageStatus.DEFAULT})
"""Whose packages are shown one by one."""

_PUBLISHABLE = {"default": PackageStatus.DEFAULT, "hidden": PackageStatus.HIDDEN}
_LISTABLE = {status.name.lower(): status for status in PackageStatus}
_NEVER_HERE = frozenset({"processing", "deprecated"})


def status_to_publish(text: str | None) -> PackageStatus | None:
    """Read the parameter "status" of a publication; raises PARAMETER_VALUE_UNKNOWN."""
    return None if text is None else _read(text, _PUBLISHABLE)


def statuses_to_list(text: str | None) -> frozenset[PackageStatus]:
    """Read the parameter "status" of a list; raises PARAMETER_VALUE_UNKNOWN."""
    if text is None:
        return LISTED
    if text in _NEVER_HERE:
        return frozenset()
    return frozenset({_read(text, _LISTABLE)})


def check_select(text: str | None) -> None:
    """Let the parameter "select" pass, or raise PARAMETER_VALUE_UNKNOWN."""
    if text is not None and text != "package_file":
        raise _unknown("select")


def _read(text: str, known: Mapping[str, PackageStatus]) -> PackageStatus:
    if text not in known:
        raise _unknown("status")
    return known[text]


def _unknown(parameter: str) -> Failure:
    return Failure(Reason.PARAMETER_VALUE_UNKNOWN, f"{parameter} does not have a valid value", parameter=parameter)
