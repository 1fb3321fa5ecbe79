"""The formats of what names users, groups, projects and tokens."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable

from reference_server.contract.failure import Failure, Reason
from reference_server.storage.metadata import clock
from reference_server.storage.metadata.models import Group
from reference_server.storage.rules.roles import PackageAccess, Visibility

_NAME = re.compile(r".{1,255}", re.DOTALL)
_PATH = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,253}[A-Za-z0-9_]")
_TOKEN_USERNAME = re.compile(r"[A-Za-z0-9._+-]{1,255}")
_DAY_MILLISECONDS = 86_400_000
_LAST_INSTANT = 253_402_300_799_999  # the end of the year 9999 in milliseconds, after which there is no day to show
_EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s]{1,190}")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def check_name(name: str) -> None:
    """Raise PARAMETER_MISSING or PARAMETER_INVALID for what is no display name."""
    _check("name", name, _NAME, "a name has at most 255 characters")


def check_path(path: str) -> None:
    """Raise PARAMETER_MISSING or PARAMETER_INVALID for what is no path of a group or project."""
    message = "a path has 2 to 255 of A-Z a-z 0-9 _ . - and neither begins nor ends with . or -"
    _check("path", path, _PATH, message)


def check_username(username: str) -> None:
    """Raise PARAMETER_MISSING or PARAMETER_INVALID for what is no name of a user."""
    _check("username", username, _PATH, "a username is written as a path: 2 to 255 of A-Z a-z 0-9 _ . -")


def check_email(email: str) -> None:
    """Raise PARAMETER_MISSING or PARAMETER_INVALID for what is no email address of a user."""
    _check("email", email, _EMAIL, "an address is written name@host")


def check_token_username(username: str) -> None:
    """Raise PARAMETER_INVALID for what is no user name of a deploy token."""
    if _TOKEN_USERNAME.fullmatch(username) is None:
        raise invalid("username", "a user name has 1 to 255 of A-Z a-z 0-9 . _ + -")


def check_scopes(scopes: Iterable[str], known: frozenset[str]) -> str:
    """Return scopes as they are kept. Raise PARAMETER_MISSING, PARAMETER_VALUE_UNKNOWN."""
    wanted = list(dict.fromkeys(scopes))
    if not wanted:
        raise missing("scopes")
    if not known.issuperset(wanted):
        raise Failure(Reason.PARAMETER_VALUE_UNKNOWN, "scopes does not have a valid value", parameter="scopes")
    return " ".join(wanted)


def read_visibility(number: int) -> Visibility:
    """Return a visibility, where 0 means private. Raise PARAMETER_VALUE_UNKNOWN."""
    if number not in {0, *Visibility}:
        raise Failure(Reason.PARAMETER_VALUE_UNKNOWN, "no such visibility", parameter="visibility")
    return Visibility(number or Visibility.PRIVATE)


def read_package_access(number: int) -> PackageAccess:
    """Return a package registry access level, where 0 means enabled. Raise PARAMETER_VALUE_UNKNOWN."""
    if number not in {0, *PackageAccess}:
        parameter = "package_registry_access_level"
        raise Failure(Reason.PARAMETER_VALUE_UNKNOWN, "no such access level", parameter=parameter)
    return PackageAccess(number or PackageAccess.ENABLED)


def check_visibility_below(group: Group, visibility: int) -> None:
    """Raise PARAMETER_INVALID for a visibility that is wider than that of the group above."""
    if visibility > group.visibility:
        message = (
            f"{Visibility(visibility).name.lower()} is not allowed below the group {group.full_path}, "
            f"which is {Visibility(group.visibility).name.lower()}"
        )
        raise invalid("visibility", message)


def start_of_day(day: str) -> int:
    """Return the start of a day "YYYY-MM-DD", UTC, in milliseconds. Raise PARAMETER_INVALID, also for a past day."""
    if _DAY.fullmatch(day) is None:
        raise invalid("expires_at", "a day is written YYYY-MM-DD")
    try:
        start = dt.datetime.strptime(day, "%Y-%m-%d").replace(tzinfo=dt.UTC)
    except ValueError:
        raise invalid("expires_at", "there is no such day") from None
    return check_expiry(int(start.timestamp()) * 1000)


def check_expiry(milliseconds: int) -> int:
    """Return a token's end in milliseconds. Raise PARAMETER_INVALID for one before today."""
    now = clock.now()
    if not now - now % _DAY_MILLISECONDS <= milliseconds <= _LAST_INSTANT:
        raise invalid("expires_at", "the day lies in the past, or beyond the calendar")
    return milliseconds


def day_of(milliseconds: int) -> str:
    """Return the day, UTC, of a time in milliseconds."""
    return dt.datetime.fromtimestamp(milliseconds / 1000, dt.UTC).date().isoformat()


def invalid(parameter: str, message: str) -> Failure:
    """Return a PARAMETER_INVALID."""
    return Failure(Reason.PARAMETER_INVALID, message, parameter=parameter)


def missing(parameter: str) -> Failure:
    """Return a PARAMETER_MISSING."""
    return Failure(Reason.PARAMETER_MISSING, f"{parameter} is missing", parameter=parameter)


def _check(parameter: str, value: str, pattern: re.Pattern[str], message: str) -> None:
    if not value:
        raise missing(parameter)
    if pattern.fullmatch(value) is None:
        raise invalid(parameter, message)
