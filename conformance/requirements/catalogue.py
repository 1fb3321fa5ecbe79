"""The catalogue of requirements: loads them from the TOML files beside this module and selects among them."""

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache, cached_property
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Any

from conformance.requirements.gitlab_version import OLDEST, GitLabVersion, Measure, known_version
from conformance.requirements.model import Level, Provenance, Requirement
from conformance.requirements.outcome import cell_entries

ID_FORMAT = re.compile(r"[a-z]+(-[a-z]+)*\.[a-z0-9]+(-[a-z0-9]+)*")
CONDITIONS = {"since": str(OLDEST), "until": "", "feature": "", "without_feature": ""}
DEFAULTS = {"level": Level.MUST, **CONDITIONS, "case": {}}
KEYS = {"sentence", "capability", *DEFAULTS}
# One TOML file each, one module of checks and one of faults, in the order in which requirements are judged.
SECTIONS = (
    "publish",
    "records",
    "download",
    "ranges",
    "addressing",
    "validation",
    "authentication",
    "outcome",
    "credentials",
    "job_tokens",
    "allowlist",
    "framing",
    "newest",
    "lists",
    "group_lists",
    "pages",
    "packages",
    "pipelines",
    "deletion",
    "duplicates",
    "settings",
    "protection_rules",
    "protection",
    "large",
    # Last, because some of it is judged over everything that the run has exchanged.
    "truth",
    "truth_ranges",
    "truth_lists",
)
# What reports call the requirements whose ids begin alike; several sections may share the beginning.
TITLES = {
    "publish": "Publishing",
    "download": "Downloading",
    "addressing": "Addressing: projects, dots, pluses and slashes",
    "validation": "Validation",
    "authentication": "Authentication and authorisation",
    "outcome": "Outcome of PUT and GET by credential",
    "credentials": "Ways to carry a credential",
    "job-tokens": "Job tokens",
    "allowlist": "Job tokens of other projects",
    "framing": "Framing: lengths, chunks and broken connections",
    "newest": "The newest file",
    "packages": "Packages API",
    "projects": "Deleting projects",
    "duplicates": "Duplicates and the settings of groups",
    "protection": "Protected packages",
    "large": "Large files",
    "truth": "What an answer says of itself",
}


class CatalogueError(Exception):
    """The requirement data contradicts itself; the message names the entry."""


@dataclass(frozen=True)
class Catalogue:
    """Every requirement by its section, in the order of the sections and of the entries in them."""

    sections: Mapping[str, tuple[Requirement, ...]]
    titles = TITLES

    def __iter__(self) -> Iterator[Requirement]:
        return iter(self.by_id.values())

    def __len__(self) -> int:
        return len(self.by_id)

    def sections_of(self, requirements: Sequence[Requirement]) -> list[str]:
        """Return the names of the sections that hold any of these requirements, in order."""
        return [name for name, entries in self.sections.items() if not set(entries).isdisjoint(requirements)]

    @cached_property
    def by_id(self) -> dict[str, Requirement]:
        """The requirements by id."""
        return {requirement.id: requirement for section in self.sections.values() for requirement in section}

    @property
    def capabilities(self) -> set[str]:
        """Every capability that some requirement needs."""
        return {requirement.capability for requirement in self}

    def cases(self, section: str) -> dict[str, Mapping[str, Any]]:
        """Return the cases that a section's requirements carry, by requirement id."""
        return {requirement.id: requirement.case for requirement in self.sections[section] if requirement.case}

    @property
    def features(self) -> set[str]:
        """Every flag of GitLab on which some requirement depends."""
        return {name for requirement in self for name in (*requirement.features, *requirement.without_features)}

    @property
    def milestones(self) -> dict[GitLabVersion, list[str]]:
        """For each version with which something changes, in order, the ids that begin or cease to hold with it."""
        found: dict[GitLabVersion, list[str]] = {}
        for requirement in self:
            for version in (requirement.since, requirement.until):
                if version is not None and version != OLDEST:
                    found.setdefault(version, []).append(requirement.id)
        return dict(sorted(found.items()))

    def select(
        self, measure: Measure, *, level: Level = Level.MAY, only: Sequence[str] = ()
    ) -> tuple[Requirement, ...]:
        """Return what holds in this GitLab, at least as binding as `level`, and whose id matches one of the globs."""
        return tuple(
            requirement
            for requirement in self
            if requirement.holds_in(measure)
            and requirement.level.rank <= level.rank
            and (not only or any(fnmatchcase(requirement.id, glob) for glob in only))
        )


@cache
def load_catalogue() -> Catalogue:
    """Return the catalogue that the suite carries.

    Raises CatalogueError when an entry is malformed or an id occurs twice.
    """
    return read_catalogue(resources.files(__package__), SECTIONS)


def read_catalogue(folder: Traversable, sections: Sequence[str]) -> Catalogue:
    """Return the catalogue of the TOML files of these sections; raises CatalogueError as `load_catalogue` does."""
    catalogue = Catalogue({section: tuple(_requirements(folder / f"{section}.toml")) for section in sections})
    seen: set[str] = set()
    for requirement in (requirement for section in catalogue.sections.values() for requirement in section):
        if requirement.id in seen:
            raise CatalogueError(f"the id {requirement.id} occurs twice")
        seen.add(requirement.id)
    return catalogue


def _requirements(file: Traversable) -> Iterator[Requirement]:
    """Yield the requirements of a section.

    Above the entries a file may give what they all have unless they say otherwise, and a table of cells of which
    each is an entry.
    """
    try:
        document = tomllib.loads(file.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise CatalogueError(f"{file.name}: {error}") from error
    if "cells" in document:
        for identifier, entry in cell_entries(document.pop("cells"), document.pop("flags", {})):
            yield _requirement(identifier, {**DEFAULTS, **entry})
    groups = {key: value for key, value in document.items() if isinstance(value, dict)}
    defaults = {key: value for key, value in document.items() if key not in groups}
    for beginning, entries in groups.items():
        for end, entry in entries.items():
            yield _requirement(f"{beginning}.{end}", {**DEFAULTS, **defaults, **entry})


def _requirement(identifier: str, entry: dict[str, Any]) -> Requirement:
    known = [provenance for provenance in Provenance if provenance in entry]
    if set(entry) != {*KEYS, *known} or len(known) != 1:
        raise CatalogueError(
            f"the requirement {identifier} has not exactly the keys {', '.join(sorted(KEYS))} and one "
            f"of {', '.join(Provenance)}"
        )
    if not ID_FORMAT.fullmatch(identifier):
        raise CatalogueError(f"the id {identifier} is not of the form section.short-claim")
    try:
        return Requirement(
            id=identifier,
            level=Level(entry["level"]),
            sentence=entry["sentence"],
            provenance=known[0],
            source=entry[known[0]],
            capability=entry["capability"],
            since=known_version(entry["since"]),
            until=known_version(entry["until"]) if entry["until"] else None,
            features=_names(entry["feature"]),
            without_features=_names(entry["without_feature"]),
            case=entry["case"],
        )
    except ValueError as error:
        raise CatalogueError(f"the requirement {identifier}: {error}") from error


def _names(name: str) -> tuple[str, ...]:
    return (name,) if name else ()
