"""The suite and the reference server agree on what each version of GitLab changes, on both sides of each border."""

from itertools import chain
from pathlib import Path

import pytest

from conformance.requirements.catalogue import load_catalogue
from conformance.requirements.gitlab_version import NEWEST, Measure
from conformance.selftest.findings import Kills
from conformance.selftest.good_server import reference_server
from conformance.selftest.suite_run import run_suite

MILESTONES = load_catalogue().milestones
CHANGING = frozenset(chain.from_iterable(MILESTONES.values()))
VERSIONS = {version for milestone in MILESTONES for version in (milestone.before, milestone)}
FLAGGED = {
    Measure(version, frozenset(requirement.features))
    for requirement in load_catalogue()
    if requirement.features
    for version in (requirement.since, NEWEST)
}
MEASURES = sorted({*map(Measure, VERSIONS), *FLAGGED}, key=lambda measure: (measure.version, sorted(measure.features)))


@pytest.mark.slow
@pytest.mark.parametrize("measure", MEASURES, ids=str)
def test_the_server_does_what_the_suite_asks_of_a_version(measure: Measure, tmp_path: Path) -> None:
    only = tuple(requirement.id for requirement in load_catalogue().select(measure) if requirement.id in CHANGING)
    with reference_server(tmp_path, measure) as registry:
        findings = run_suite(registry.url, registry.token_file, measure, only)
    assert (findings.kills, findings.errors, findings.refusal) == (Kills(), (), None)
