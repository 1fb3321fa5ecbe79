"""Package protection rules: which names a rule is about, and which role it asks for."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import Final

import re2

from reference_server.contract.failure import Failure, Reason
from reference_server.storage.rules.roles import Role

ADMINISTRATOR_LEVEL: Final = 60
"""The level of administrators, above every role."""

_LONGEST_PATTERN = 255  # characters
_COMPILED = 256

_PUSH_LEVELS = {"maintainer": int(Role.MAINTAINER), "owner": int(Role.OWNER), "admin": ADMINISTRATOR_LEVEL}
_DELETE_LEVELS = {"owner": int(Role.OWNER), "admin": ADMINISTRATOR_LEVEL}  # deleting needs a maintainer anyway
_NAMES = {level: name for name, level in _PUSH_LEVELS.items()}


def matches(pattern: str, name: str) -> bool:
    """Return whether a pattern is about a package name: "*" stands for any characters, and case does not matter."""
    return _compiled(pattern).fullmatch(name) is not None


def check_pattern(pattern: str) -> None:
    """Let a pattern pass. Raise PROTECTION_RULE_INVALID."""
    if not pattern.strip():
        raise invalid("Package name pattern can't be blank")
    if len(pattern) > _LONGEST_PATTERN:
        raise invalid(f"Package name pattern is too long (maximum is {_LONGEST_PATTERN} characters)")


def read_push_level(text: str | None) -> int | None:
    """Read what a rule asks of those who publish, in GitLab's words. Raise PARAMETER_VALUE_UNKNOWN."""
    return _read(text, _PUSH_LEVELS, "minimum_access_level_for_push")


def read_delete_level(text: str | None) -> int | None:
    """Read what a rule asks of those who delete, in GitLab's words. Raise PARAMETER_VALUE_UNKNOWN."""
    return _read(text, _DELETE_LEVELS, "minimum_access_level_for_delete")


def level_name(level: int | None) -> str | None:
    """Return a level in GitLab's words."""
    return None if level is None else _NAMES[level]


def invalid(complaint: str) -> Failure:
    """Return the refusal that says in GitLab's words why a rule may not be so."""
    return Failure(Reason.PROTECTION_RULE_INVALID, complaint, complaint=complaint)


def _read(text: str | None, known: Mapping[str, int], parameter: str) -> int | None:
    if not text:
        return None
    if text not in known:
        message = f"{parameter} does not have a valid value"
        raise Failure(Reason.PARAMETER_VALUE_UNKNOWN, message, parameter=parameter)
    return known[text]


@functools.lru_cache(maxsize=_COMPILED)
def _compiled(pattern: str) -> re2._Regexp:
    options = re2.Options()
    options.case_sensitive = False
    options.never_capture = True
    options.dot_nl = True
    return re2.compile(".*".join(re2.escape(part) for part in pattern.split("*")), options)
