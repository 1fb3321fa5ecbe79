"""Package statuses, and the parameters "status" and "select" of a publication."""

from __future__ import annotations

import enum

from reference_server.contract.failure import Failure, Reason


class PackageStatus(enum.IntEnum):
    """A package's status, as the contract numbers it."""

    DEFAULT = 1
    HIDDEN = 2
    ERROR = 3
    PENDING_DESTRUCTION = 4


DOWNLOADABLE = frozenset({PackageStatus.DEFAULT, PackageStatus.HIDDEN})
LISTED = frozenset({PackageStatus.DEFAULT, PackageStatus.ERROR})

_PUBLISHABLE = {"default": PackageStatus.DEFAULT, "hidden": PackageStatus.HIDDEN}
_LISTABLE = {**_PUBLISHABLE, "error": PackageStatus.ERROR}


def status_to_publish(text: str | None) -> PackageStatus | None:
    """Read the parameter "status" of a publication; raises PARAMETER_VALUE_UNKNOWN."""
    return _read(text, _PUBLISHABLE)


def status_to_list(text: str | None) -> PackageStatus | None:
    """Read the parameter "status" of a list; raises PARAMETER_VALUE_UNKNOWN."""
    return _read(text, _LISTABLE)


def check_select(text: str | None) -> None:
    """Let the parameter "select" pass, or raise PARAMETER_VALUE_UNKNOWN."""
    if text is not None and text != "package_file":
        raise _unknown("select")


def _read(text: str | None, known: dict[str, PackageStatus]) -> PackageStatus | None:
    if text is None:
        return None
    if text not in known:
        raise _unknown("status")
    return known[text]


def _unknown(parameter: str) -> Failure:
    return Failure(Reason.PARAMETER_VALUE_UNKNOWN, f"{parameter} does not have a valid value", parameter=parameter)
