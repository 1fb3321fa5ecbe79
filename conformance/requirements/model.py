"""What a requirement is: a permanent id, a level, one sentence, and where the sentence comes from."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Level(StrEnum):
    """How binding a requirement is, in the words of RFC 2119."""

    MUST = "must"
    SHOULD = "should"
    MAY = "may"

    @property
    def rank(self) -> int:
        """0 for the most binding level."""
        return list(Level).index(self)


class Edition(StrEnum):
    """Which GitLab is the measure: version 15, as its documentation says, or the current one."""

    FIFTEEN = "15"
    CURRENT = "current"


class Provenance(StrEnum):
    """How a requirement is known."""

    DOCUMENTED = "documented"
    PINNED = "pinned"
    STANDARD = "standard"
    SOURCE = "source"
    OBSERVED = "observed"

    @property
    def meaning(self) -> str:
        """The provenance in words."""
        return {
            Provenance.DOCUMENTED: "documented by GitLab",
            Provenance.PINNED: "pinned by GitLab's own request tests",
            Provenance.STANDARD: "laid down by a standard of HTTP",
            Provenance.SOURCE: "read in GitLab's source",
            Provenance.OBSERVED: "observed in what real clients send and need",
        }[self]


@dataclass(frozen=True, slots=True)
class Requirement:
    """One thing that a registry does, as data.

    `capability` is the part of the API that it needs; a target may declare a capability off, which makes the
    requirement not applicable. `case` is what a check that judges several requirements is given for this one, empty
    where the check needs nothing.
    """

    id: str
    level: Level
    editions: tuple[Edition, ...]
    sentence: str
    provenance: Provenance
    source: str
    capability: str
    case: Mapping[str, Any] = field(default_factory=dict, compare=False)

    @property
    def section(self) -> str:
        """The first part of the id, by which reports put requirements together."""
        return self.id.partition(".")[0]
