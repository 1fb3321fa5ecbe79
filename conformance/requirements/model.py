"""What a requirement is: a permanent id, a level, one sentence, and where the sentence comes from."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from conformance.requirements.gitlab_version import OLDEST, GitLabVersion, Measure


class Level(StrEnum):
    """How binding a requirement is, in the words of RFC 2119."""

    MUST = "must"
    SHOULD = "should"
    MAY = "may"

    @property
    def rank(self) -> int:
        """0 for the most binding level."""
        return list(Level).index(self)


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

    It holds from the version `since` on, to the one before `until`, when every flag of `features` is on and none of
    `without_features`.

    `capability` is the part of the API that it needs; a target may declare a capability off, which makes the
    requirement not applicable. `case` is what a check that judges several requirements is given for this one, empty
    where the check needs nothing.
    """

    id: str
    level: Level
    sentence: str
    provenance: Provenance
    source: str
    capability: str
    since: GitLabVersion = OLDEST
    until: GitLabVersion | None = None
    features: tuple[str, ...] = ()
    without_features: tuple[str, ...] = ()
    case: Mapping[str, Any] = field(default_factory=dict, compare=False)

    @property
    def section(self) -> str:
        """The first part of the id, by which reports put requirements together."""
        return self.id.partition(".")[0]

    def holds_in(self, measure: Measure) -> bool:
        """Return whether a registry measured by this GitLab can be held to the requirement."""
        is_old_enough = self.until is None or measure.version < self.until
        return (
            self.since <= measure.version
            and is_old_enough
            and measure.features.issuperset(self.features)
            and measure.features.isdisjoint(self.without_features)
        )

    @property
    def condition(self) -> str:
        """Which versions it holds in, in words, such as `since 16.8` or `until 18.0, without a_flag`."""
        parts = [f"since {self.since}"] if self.since != OLDEST else []
        parts += [f"until {self.until}"] if self.until else []
        parts += [f"with {name}" for name in self.features] + [f"without {name}" for name in self.without_features]
        return ", ".join(parts) or "every version"
