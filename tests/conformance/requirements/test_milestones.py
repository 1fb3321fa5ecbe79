"""What changes with each version of GitLab: the table of milestones, and what is selected on both sides of each."""

import os
from pathlib import Path

import pytest

from conformance.requirements.catalogue import load_catalogue
from conformance.requirements.gitlab_version import NEWEST, OLDEST, GitLabVersion, Measure

TABLE = Path(__file__).with_name("milestones.txt")
GUESTS_PULL = frozenset({"allow_guest_plus_roles_to_pull_packages"})
MILESTONES = load_catalogue().milestones


def ids(version: GitLabVersion, features: frozenset[str] = frozenset()) -> set[str]:
    return {requirement.id for requirement in load_catalogue().select(Measure(version, features))}


def test_the_table_of_milestones_is_the_one_that_was_reviewed() -> None:
    found = [f"{version} {identifier}" for version, names in MILESTONES.items() for identifier in sorted(names)]
    if os.environ.get("UPDATE_SNAPSHOTS"):
        TABLE.write_text("".join(f"{line}\n" for line in found), encoding="utf-8")
    assert found == TABLE.read_text(encoding="utf-8").splitlines()


@pytest.mark.parametrize("version", MILESTONES, ids=str)
def test_a_milestone_changes_exactly_what_the_table_says(version: GitLabVersion) -> None:
    for features in (frozenset[str](), GUESTS_PULL):
        changed = ids(version.before, features) ^ ids(version, features)
        assert changed <= set(MILESTONES[version])
        for identifier in changed:
            requirement = load_catalogue().by_id[identifier]
            assert (identifier in ids(version, features)) == (requirement.since == version)
    assert any(ids(version.before, one) != ids(version, one) for one in (frozenset[str](), GUESTS_PULL))


def test_a_requirement_holds_from_its_first_version_to_its_last() -> None:
    for requirement in load_catalogue():
        last = requirement.until.before if requirement.until else NEWEST
        for version in (requirement.since, last):
            assert requirement.holds_in(Measure(version, frozenset(requirement.features))), (requirement.id, version)


@pytest.mark.parametrize(
    ("version", "features", "held", "not_held"),
    [
        ("15.0", "", "authentication.get-private-guest-is-403", "authentication.get-private-guest-is-200"),
        ("19.0", "", "authentication.get-private-guest-is-403", "authentication.get-private-guest-is-200"),
        ("17.9", "with", "authentication.get-private-guest-is-200", "authentication.get-private-guest-is-403"),
        ("18.11", "", "credentials.bearer-put-is-201", "credentials.basic-job-token-put-is-201"),
        ("18.11", "", "outcome.put-private-developer-job-basic-is-401", "download.archive-is-gzip"),
    ],
)
def test_a_version_and_its_flags_select(version: str, features: str, held: str, not_held: str) -> None:
    major, minor = version.split(".")
    selected = ids(GitLabVersion(int(major), int(minor)), GUESTS_PULL if features else frozenset())
    assert held in selected
    assert not_held not in selected


def test_every_version_has_its_milestones_after_the_oldest() -> None:
    assert min(MILESTONES) > OLDEST
    assert max(MILESTONES) <= NEWEST
