"""The formats of package names, versions and file names, and of the parameters beside them."""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass
from urllib.parse import quote

import re2

from reference_server.contract.failure import Failure, Reason
from reference_server.storage.rules.gitlab import GitLab

LONGEST = 255
"""The longest name, version and stored file name, in characters, as GitLab's columns."""

_NAME = re.compile(r"[A-Za-z0-9._+-]+")
_DIRECTORY = re.compile(r"[A-Za-z0-9._+~@-]+")
_LAX_VERSION = re.compile(r"[A-Za-z0-9_.+-]+")
# GitLab's documented regex, which takes exponential time in a backtracking engine and linear time in RE2.
_STRICT_VERSION = re2.compile(r"(\.?[A-Za-z0-9_+-]+\.?)+")
_NO_NAMES = frozenset({".", ".."})


@dataclass(frozen=True, slots=True)
class Coordinates:
    """Where a file belongs, as the client named it; `directories` are those before the file name, joined by "/"."""

    project: str
    package_name: str
    package_version: str
    file_name: str
    directories: str = ""

    @property
    def stored_file_name(self) -> str:
        """Return the file name as GitLab stores it: with directories it is URI-encoded."""
        return quote(f"{self.directories}/{self.file_name}", safe="") if self.directories else self.file_name


def check(coordinates: Coordinates, gitlab: GitLab) -> None:
    """Let well-formed coordinates pass. Raise PARAMETER_INVALID for the first part that is not.

    The format of `project` is not checked: one that is malformed names no project.
    """
    if not _is_name(coordinates.package_name, _NAME):
        raise _invalid("package_name")
    if not _is_version(coordinates, gitlab):
        raise _invalid("package_version")
    if not _is_file_name(coordinates, gitlab):
        raise _invalid("file_name")
    if coordinates.directories and not all(_is_name(part, _DIRECTORY) for part in coordinates.directories.split("/")):
        raise _invalid("path")


def _is_name(text: str, pattern: re.Pattern[str]) -> bool:
    return len(text) <= LONGEST and pattern.fullmatch(text) is not None and text not in _NO_NAMES


def _is_version(coordinates: Coordinates, gitlab: GitLab) -> bool:
    if coordinates.directories and not gitlab.nested_file_names:
        return False  # the route takes all before the file name for the version, and no version holds a slash
    text = coordinates.package_version
    if len(text) > LONGEST:
        return False
    if gitlab.lax_version_format:
        return _LAX_VERSION.fullmatch(text) is not None and ".." not in text
    return _STRICT_VERSION.fullmatch(text) is not None


def _is_file_name(coordinates: Coordinates, gitlab: GitLab) -> bool:
    within = ("~" if gitlab.tilde_in_file_names else "") + ("@" if gitlab.at_sign_in_file_names else "")
    pattern = _file_name_with(within) if within else _NAME
    return _is_name(coordinates.file_name, pattern) and len(coordinates.stored_file_name) <= LONGEST


@functools.cache
def _file_name_with(within: str) -> re.Pattern[str]:
    """Return the pattern of file names that may also hold some signs, but not first and not last."""
    return re.compile(rf"(?![{within}])[A-Za-z0-9._+{within}-]+(?<![{within}])")


def _invalid(parameter: str) -> Failure:
    return Failure(Reason.PARAMETER_INVALID, f"{parameter} is invalid", parameter=parameter)
