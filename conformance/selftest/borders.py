"""The borders between GitLab's versions: what one side of each asks of the reference server that follows the other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from types import MappingProxyType

from conformance.requirements.catalogue import Catalogue
from conformance.requirements.gitlab_version import Measure
from conformance.selftest.findings import Findings, requirement_of

HOLDS_ON_BOTH_SIDES: Mapping[str, str] = MappingProxyType(
    {
        "allowlist.listed-project-is-201": "the server has the calls of the allowlist in every version",
        "allowlist.shows-listed-projects": "the server has the calls of the allowlist in every version",
        "allowlist.removed-project-is-refused": "the server has the calls of the allowlist in every version",
        "allowlist.disabled-admits-every-project": "the server has the calls of the allowlist in every version",
        "allowlist.project-twice-is-400": "the server has the calls of the allowlist in every version",
        "allowlist.unknown-project-is-404": "the server has the calls of the allowlist in every version",
        "duplicates.deleted-file-is-no-duplicate": "the server forgets a deleted file at once in every version",
        "packages.file-delete-by-*-job-is-*": "the server does so since 15.3, the suite asks from 18.4 on",
        "packages.files-order-by-*": "the server orders files in every version",
        "packages.files-sort-descending": "the server orders files in every version",
        "download.names-the-file": "the server names the file in every version",
        "duplicates.allowed-matched-*": "the suite leaves 17.8 to 18.3 unjudged, in which the server changes",
        "outcome.get-private-open-registry-*": "the server opens registries since 15.7, the suite asks from 17.10 on",
        "packages.list-filters-by-whole-version": "the server filters so in every version",
        "packages.pipelines-are-404": "the suite leaves 16.0 unjudged, after which the server changes",
        "projects.marked-can-be-removed": "before, the project has gone at the first request already",
        "publish.record-has-verification-keys": "the server keeps the keys in every version",
        "validation.file-at-sign-refused": "the suite leaves 17.11 to 18.5 unjudged, after which the server changes",
        "validation.file-tilde-refused": "the suite leaves 17.11 to 18.5 unjudged, in which the server changes",
        "validation.file-may-have-a-tilde": "the suite leaves 17.11 to 18.5 unjudged, in which the server changes",
        "validation.version-hostile-answered-promptly": "the server takes linear time in every version",
    }
)
"""What the reference server does on both sides of a border of the suite: ids as globs, and why."""


@dataclass(frozen=True, slots=True)
class Crossing:
    """A run across a border: the requirements that only hold on one side, on a server that follows the other."""

    server: Measure
    suite: Measure
    ids: tuple[str, ...]

    def disagreements(self, findings: Findings) -> tuple[str, ...]:
        """Return what went wrong, and each requirement that passes here and must not, or is excused and does not."""
        lost = not_passed(findings)
        wrong = [name for name in self.ids if (name in lost) == holds_on_both_sides(name)]
        said = (f"{name} of {self.suite} {'does not pass' if name in lost else 'passes'}" for name in wrong)
        return (*complaints(findings), *said)


def crossings(catalogue: Catalogue) -> tuple[Crossing, ...]:
    """Return both runs across every border at which a requirement begins or ceases to hold, oldest first."""
    found: dict[tuple[Measure, Measure], list[str]] = {}
    for version, ids in catalogue.milestones.items():
        for identifier in ids:
            requirement = catalogue.by_id[identifier]
            features = frozenset(requirement.features)
            before, since = Measure(version.before, features), Measure(version, features)
            sides = (before, since) if requirement.since == version else (since, before)
            found.setdefault(sides, []).append(identifier)
    return tuple(Crossing(server, suite, tuple(ids)) for (server, suite), ids in found.items())


def holds_on_both_sides(identifier: str) -> bool:
    """Return whether the reference server is known to meet a requirement on both sides of its border."""
    return any(fnmatchcase(identifier, glob) for glob in HOLDS_ON_BOTH_SIDES)


def not_passed(findings: Findings) -> frozenset[str]:
    """Return the ids of the requirements that failed or could not be judged."""
    return frozenset(map(requirement_of, findings.kills.red | findings.kills.untestable))


def complaints(findings: Findings) -> tuple[str, ...]:
    """Return what went wrong in a run itself."""
    return (*findings.errors, *([findings.refusal] if findings.refusal else []))
