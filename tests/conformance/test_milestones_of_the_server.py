"""Suite and reference server agree on what a version of GitLab changes, and both sides of its border differ.

`tools/milestones` shows it for every version; here stand those with which most changes.
"""

from itertools import chain
from pathlib import Path

import pytest

from conformance.requirements.catalogue import load_catalogue
from conformance.requirements.gitlab_version import GitLabVersion, Measure
from conformance.selftest.borders import crossings, holds_on_both_sides
from conformance.selftest.findings import Kills
from conformance.selftest.good_server import reference_server
from conformance.selftest.suite_run import run_suite

CATALOGUE = load_catalogue()
MILESTONES = CATALOGUE.milestones
CHANGING = frozenset(chain.from_iterable(MILESTONES.values()))
MOST = sorted(MILESTONES, key=lambda version: len(MILESTONES[version]))[-2:]
GUESTS_PULL = frozenset({"allow_guest_plus_roles_to_pull_packages"})
MEASURES = sorted(
    {Measure(version) for border in MOST for version in (border.before, border)} | {Measure(MOST[0], GUESTS_PULL)},
    key=str,
)


@pytest.mark.slow
@pytest.mark.parametrize("measure", MEASURES, ids=str)
def test_the_server_does_what_the_suite_asks_of_a_version_and_not_what_only_its_neighbour_does(
    measure: Measure, tmp_path: Path
) -> None:
    changing = tuple(requirement.id for requirement in CATALOGUE.select(measure) if requirement.id in CHANGING)
    across = [one for one in crossings(CATALOGUE) if one.server == measure and border_of(one.suite, measure) in MOST]
    with reference_server(tmp_path, measure) as registry:
        findings = run_suite(registry.url, registry.token_file, measure, changing)
        assert (findings.kills, findings.errors, findings.refusal) == (Kills(), (), None)
        for crossing in across:
            found = run_suite(registry.url, registry.token_file, crossing.suite, crossing.ids)
            assert crossing.disagreements(found) == ()


def border_of(one: Measure, other: Measure) -> GitLabVersion:
    return max(one.version, other.version)


def test_every_border_is_crossed_in_both_directions_that_it_has() -> None:
    crossed = {(border_of(one.server, one.suite), name) for one in crossings(CATALOGUE) for name in one.ids}
    assert crossed == {(version, name) for version, names in MILESTONES.items() for name in names}


def test_only_what_changes_is_excused_from_differing() -> None:
    excused = {requirement.id for requirement in CATALOGUE if holds_on_both_sides(requirement.id)}
    assert excused <= CHANGING
