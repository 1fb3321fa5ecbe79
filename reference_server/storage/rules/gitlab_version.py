"""Versions of GitLab, as far as the registry knows them: major and minor."""

from __future__ import annotations

import re
from typing import NamedTuple

_TEXT = re.compile(r"(\d{1,3})\.(\d{1,3})(\.\d{1,3})?(-[A-Za-z0-9.-]{1,40})?", re.ASCII)


class GitLabVersion(NamedTuple):
    """A version of GitLab without its patch level; versions compare as GitLab counts them."""

    major: int
    minor: int

    def __str__(self) -> str:
        """Return the version as an operator writes it, such as "16.8"."""
        return f"{self.major}.{self.minor}"


OLDEST = GitLabVersion(15, 0)
NEWEST = GitLabVersion(19, 0)
_LAST_MINOR = 11  # of every major version between the oldest and the newest


class GitLabVersionError(ValueError):
    """A version that the registry cannot follow; the message says which ones it can."""


def read_version(text: str) -> GitLabVersion:
    """Return the version that a text such as "16.8" or "18.4.2-ee" names. Raise GitLabVersionError."""
    matched = _TEXT.fullmatch(text)
    if matched is not None:
        version = GitLabVersion(int(matched[1]), int(matched[2]))
        if OLDEST <= version <= NEWEST and version.minor <= _LAST_MINOR:
            return version
    raise GitLabVersionError(f"must be a version of GitLab from {OLDEST} to {NEWEST}, such as 16.8")
