"""Which lawful registries to judge, and by which versions of GitLab."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

from conformance.requirements.gitlab_version import NEWEST, GitLabVersion, Measure
from conformance.selftest.lawful.catalogue import every_lawful_registry
from conformance.selftest.lawful.registry import LawfulRegistry

COMBINED = "combinations.*"
IN_EVERY_VERSION = (COMBINED, "provisioning.*")
VERSIONS = (NEWEST, GitLabVersion(18, 2), GitLabVersion(16, 8), GitLabVersion(15, 11))


@dataclass(frozen=True, slots=True)
class Trial:
    """A lawful registry by its name, and the GitLab that it follows and is measured by."""

    name: str
    measure: Measure


def lawful_named(glob: str) -> dict[str, LawfulRegistry]:
    """Return the lawful registries whose name matches a glob."""
    return {name: row for name, row in every_lawful_registry().items() if fnmatchcase(name, glob)}


def made_by_proxy(rows: dict[str, LawfulRegistry]) -> dict[str, LawfulRegistry]:
    """Return those that can be made of a good registry that runs already."""
    return {name: row for name, row in rows.items() if row.is_made_by_proxy}


def trials_of(names: Iterable[str], versions: Sequence[GitLabVersion], *, exhaustive: bool) -> list[Trial]:
    """Return the trials of lawful registries: of each by the first of the versions, by the others of a part of them.

    That part are those which many liberties are put together in, and those whose server behaves otherwise, for it
    follows versions. With `exhaustive` there is a trial of each by every version.
    """
    every = tuple(names)
    sampled = tuple(name for name in every if any(fnmatchcase(name, glob) for glob in IN_EVERY_VERSION))
    return [
        Trial(name, Measure(version))
        for version in versions
        for name in (every if exhaustive or version == versions[0] else sampled)
    ]
