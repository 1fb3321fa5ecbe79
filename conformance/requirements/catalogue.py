"""Loads the requirements from the TOML files beside this module and selects among them."""

import re
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cached_property
from importlib import resources
from typing import Any

from conformance.requirements.model import Edition, Level, Provenance, Requirement

ID_FORMAT = re.compile(r"[a-z]+(-[a-z]+)*\.[a-z0-9]+(-[a-z0-9]+)*")
KEYS = {"id", "level", "editions", "sentence", "provenance", "source", "capability"}


class CatalogueError(Exception):
    """The requirement data contradicts itself; the message names the entry."""


@dataclass(frozen=True)
class Catalogue:
    """Every requirement, in the order of the files and of the entries in them."""

    requirements: tuple[Requirement, ...]
    titles: dict[str, str]

    def __iter__(self) -> Iterator[Requirement]:
        return iter(self.requirements)

    def __len__(self) -> int:
        return len(self.requirements)

    @cached_property
    def by_id(self) -> dict[str, Requirement]:
        """The requirements by id."""
        return {requirement.id: requirement for requirement in self.requirements}

    @property
    def capabilities(self) -> set[str]:
        """Every capability that some requirement needs."""
        return {requirement.capability for requirement in self.requirements}

    def select(
        self, *, edition: Edition, level: Level = Level.MAY, only: Sequence[str] = ()
    ) -> tuple[Requirement, ...]:
        """Return the requirements of `edition`, at least as binding as `level`, whose id matches one of the globs."""
        return tuple(
            requirement
            for requirement in self.requirements
            if edition in requirement.editions
            and requirement.level.rank <= level.rank
            and (not only or any(fnmatchcase(requirement.id, glob) for glob in only))
        )


SECTIONS = (
    "publish",
    "download",
    "addressing",
    "validation",
    "authentication",
    "outcome-put",
    "outcome-get",
    "credentials",
    "job-tokens",
    "allowlist",
    "framing",
    "newest",
    "packages",
    "duplicates",
    "protection",
    "large",
)


def load_catalogue() -> Catalogue:
    """Load the catalogue that the suite carries.

    Raises CatalogueError when an entry is malformed or an id occurs twice.
    """
    folder = resources.files(__package__)
    documents = [tomllib.loads((folder / f"{name}.toml").read_text(encoding="utf-8")) for name in SECTIONS]
    requirements = [
        _requirement(document["section"], entry) for document in documents for entry in document["requirement"]
    ]
    ids = [requirement.id for requirement in requirements]
    for identifier in ids:
        if ids.count(identifier) > 1:
            raise CatalogueError(f"the id {identifier} occurs twice")
    return Catalogue(tuple(requirements), {document["section"]: document["title"] for document in documents})


def _requirement(section: str, entry: dict[str, Any]) -> Requirement:
    identifier = str(entry.get("id", "without an id"))
    if set(entry) != KEYS:
        raise CatalogueError(f"the requirement {identifier} has not exactly the keys {', '.join(sorted(KEYS))}")
    if not ID_FORMAT.fullmatch(identifier) or identifier.partition(".")[0] != section:
        raise CatalogueError(f"the id {identifier} is not of the form {section}.short-claim")
    try:
        return Requirement(
            id=identifier,
            section=section,
            level=Level(entry["level"]),
            editions=tuple(Edition(edition) for edition in entry["editions"]),
            sentence=entry["sentence"],
            provenance=Provenance(entry["provenance"]),
            source=entry["source"],
            capability=entry["capability"],
        )
    except ValueError as error:
        raise CatalogueError(f"the requirement {identifier}: {error}") from error
