"""Which GitLab a run measures by: the one that is told, the one that the registry says it is, or the newest known."""

from collections.abc import Callable

import pytest

from tests.conformance.conftest import Ran
from tests.support.toy_registry import Toy

Run = Callable[..., Ran]
CREATED = "publish.answers-created"
BASIC_JOBS = "outcome.put-*-job-basic-*"
FLAG = "allow_guest_plus_roles_to_pull_packages"


def measured(ran: Ran) -> tuple[str, str, str | None]:
    facts = ran.results.run
    return facts.gitlab, facts.reason_for_gitlab, facts.said


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("18.4.2-ee", ("18.4", "the registry says", "18.4.2-ee")),
        ("15.0.0", ("15.0", "the registry says", "15.0.0")),
        ("14.10.5", ("15.0", "the registry says", "14.10.5")),
        ("19.3.0-ee", ("19.0", "newest known", "19.3.0-ee")),
        ("Gitea", ("19.0", "newest known", "Gitea")),
        (17, ("19.0", "newest known", None)),
    ],
)
def test_the_registry_is_asked_for_its_version(
    said: object, expected: tuple[str, str, str | None], run: Run, toy: Toy
) -> None:
    toy.overrides["GET", "/version"] = (200, {"version": said})
    assert measured(run("--only", CREATED)) == expected
    assert toy.noticed[0] == "GET /api/v4/version"


@pytest.mark.parametrize("status", [401, 404, 500])
def test_a_registry_that_does_not_say_its_version_is_measured_by_the_newest(status: int, run: Run, toy: Toy) -> None:
    toy.overrides["GET", "/version"] = (status, {"version": "16.8"})
    assert measured(run("--only", CREATED)) == ("19.0", "newest known", None)


def test_a_version_that_is_told_counts_whatever_the_registry_says(run: Run, toy: Toy) -> None:
    toy.overrides["GET", "/version"] = (200, {"version": "18.11.1"})
    ran = run("--gitlab", "16.8", "--only", CREATED)
    assert measured(ran) == ("16.8", "told", "18.11.1")
    assert "GitLab 16.8 (told; the registry says 18.11.1)" in ran.output


def test_a_version_that_is_told_needs_no_word_of_the_registry(run: Run) -> None:
    ran = run("--gitlab", "16.8.3-ee", "--feature", FLAG, "--only", CREATED)
    assert measured(ran) == ("16.8", "told", None)
    assert ran.results.run.features == (FLAG,)
    assert f"GitLab 16.8 (told) with {FLAG}" in ran.output
    assert f"GitLab 16.8 (told) with {FLAG}" in (ran.out / "report.html").read_text(encoding="utf-8")


def test_the_requirements_are_those_of_the_version_that_the_registry_says(run: Run, toy: Toy) -> None:
    toy.overrides["GET", "/version"] = (200, {"version": "18.11.1"})
    ran = run("--only", BASIC_JOBS)
    assert {entry.id.rpartition("-")[2] for entry in ran.results.requirements} == {"401"}
    assert "GitLab 18.11 (the registry says 18.11.1)" in ran.output


def test_a_glob_that_the_registrys_version_has_nothing_for_is_a_sentence(run: Run, toy: Toy) -> None:
    toy.overrides["GET", "/version"] = (200, {"version": "15.2.0"})
    ran = run("--only", "download.archive-is-gzip")
    assert ran.code == 3
    assert "No requirement of GitLab 15.2 and level may or higher matches download.archive-is-gzip" in ran.errors
    assert toy.existing == {}


def test_a_feature_that_no_requirement_knows_is_wrong_usage(run: Run, toy: Toy) -> None:
    ran = run("--feature", "allow_everything")
    assert ran.code == 2
    assert f"no requirement depends on the feature allow_everything; those with a difference are: {FLAG}" in ran.errors
    assert toy.noticed == []
