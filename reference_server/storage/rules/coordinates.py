"""The formats of package names, versions and file names, and of the parameters beside them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import quote

import re2

from reference_server.contract.failure import Failure, Reason
from reference_server.storage.rules.editions import Edition

LONGEST = 255
"""The longest name, version and stored file name, in characters, as GitLab's columns."""

_NAME = re.compile(r"[A-Za-z0-9._+-]+")
_NESTED_PART = re.compile(r"[A-Za-z0-9._+~@-]+")
_LAX_VERSION = re.compile(r"[A-Za-z0-9_.+-]+")
# GitLab's documented regex, which takes exponential time in a backtracking engine and linear time in RE2.
_STRICT_VERSION = re2.compile(r"(\.?[A-Za-z0-9_+-]+\.?)+")
_NO_NAMES = frozenset({".", ".."})


@dataclass(frozen=True, slots=True)
class Coordinates:
    """Where a file belongs, as the client named it."""

    project: str
    package_name: str
    package_version: str
    file_name: str


def check(coordinates: Coordinates, edition: Edition) -> None:
    """Let well-formed coordinates pass. Raise PARAMETER_INVALID for the first part that is not.

    The format of `project` is not checked: one that is malformed names no project.
    """
    if not _is_name(coordinates.package_name, _NAME):
        raise _invalid("package_name")
    if not _is_version(coordinates.package_version, edition):
        raise _invalid("package_version")
    if not _is_file_name(coordinates.file_name, edition):
        raise _invalid("file_name")


def stored_file_name(file_name: str) -> str:
    """Return the file name as GitLab stores it: a nested path is URI-encoded."""
    return quote(file_name, safe="") if "/" in file_name else file_name


def _is_name(text: str, pattern: re.Pattern[str]) -> bool:
    return len(text) <= LONGEST and pattern.fullmatch(text) is not None and text not in _NO_NAMES


def _is_version(text: str, edition: Edition) -> bool:
    if len(text) > LONGEST:
        return False
    if edition.strict_version_format:
        return _STRICT_VERSION.fullmatch(text) is not None
    return _LAX_VERSION.fullmatch(text) is not None and ".." not in text


def _is_file_name(text: str, edition: Edition) -> bool:
    if not edition.nested_file_names:
        return _is_name(text, _NAME)
    parts = text.split("/")
    return (
        all(_is_name(part, _NESTED_PART) for part in parts)
        and parts[-1].strip("~@") == parts[-1]
        and len(stored_file_name(text)) <= LONGEST
    )


def _invalid(parameter: str) -> Failure:
    return Failure(Reason.PARAMETER_INVALID, f"{parameter} is invalid", parameter=parameter)
