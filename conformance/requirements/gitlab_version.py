"""GitLab versions: how they are written, compared and named, and which of them the requirements know."""

from __future__ import annotations

import re
from dataclasses import dataclass

LAST_MINOR = 11  # of every major version
WRITTEN = re.compile(r"v?([0-9]{1,4})\.([0-9]{1,4})(?:[.+-].*)?", re.DOTALL)


@dataclass(frozen=True, slots=True, order=True)
class GitLabVersion:
    """A version of GitLab without its patch level, such as 18.4."""

    major: int
    minor: int

    def __str__(self) -> str:
        """Return the version as it is written."""
        return f"{self.major}.{self.minor}"

    @property
    def before(self) -> GitLabVersion:
        """The version before this one."""
        return GitLabVersion(self.major, self.minor - 1) if self.minor else GitLabVersion(self.major - 1, LAST_MINOR)


OLDEST, NEWEST = GitLabVersion(15, 0), GitLabVersion(19, 0)


def parse_version(text: str) -> GitLabVersion:
    """Return the version that a text like 16.8 or 18.4.2-ee names, its patch level and suffix cut off.

    Raises ValueError when it names none.
    """
    match = WRITTEN.fullmatch(text)
    if not match:
        raise ValueError(f"{text!r} is no version of GitLab: write major and minor, such as 16.8")
    return GitLabVersion(int(match[1]), int(match[2]))


def known_version(text: str) -> GitLabVersion:
    """Return the version that a text names. Raise ValueError when it names none that the requirements know."""
    version = parse_version(text)
    if not OLDEST <= version <= NEWEST or version.minor > LAST_MINOR:
        raise ValueError(f"the requirements do not know GitLab {version}: they know {OLDEST} to {NEWEST}")
    return version


@dataclass(frozen=True, slots=True)
class Measure:
    """Which GitLab a registry is measured by: its version, and the flags that it has on although they are off there."""

    version: GitLabVersion = NEWEST
    features: frozenset[str] = frozenset()

    def __str__(self) -> str:
        """Return the measure in words."""
        return f"GitLab {self.version}" + "".join(f" with {name}" for name in sorted(self.features))
