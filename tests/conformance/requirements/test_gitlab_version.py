"""GitLab versions: how they are read and compared."""

import pytest

from conformance.requirements.gitlab_version import NEWEST, OLDEST, GitLabVersion, Measure, known_version, parse_version


@pytest.mark.parametrize("text", ["18.4", "18.4.2", "18.4.2-ee", "v18.4.0-ee", "18.4.0-pre", "18.4+build"])
def test_patch_level_and_suffix_are_cut_off(text: str) -> None:
    assert parse_version(text) == GitLabVersion(18, 4)


@pytest.mark.parametrize("text", ["", "18", "18.", "current", "18.x", "a18.4", "18.4ee", "18.44444"])
def test_what_is_no_version_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is no version of GitLab"):
        parse_version(text)


@pytest.mark.parametrize("text", ["14.10", "19.1", "18.12", "20.0"])
def test_a_version_that_the_requirements_do_not_know_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=f"do not know GitLab {text}: they know 15.0 to 19.0"):
        known_version(text)


def test_versions_compare_as_numbers() -> None:
    assert OLDEST < parse_version("15.9") < parse_version("15.11") < parse_version("16.0") < NEWEST


def test_the_version_before_a_major_one_is_the_last_minor_one() -> None:
    assert [str(parse_version(text).before) for text in ("16.0", "16.8")] == ["15.11", "16.7"]


def test_a_measure_names_its_flags() -> None:
    assert str(Measure(GitLabVersion(17, 9), frozenset({"b", "a"}))) == "GitLab 17.9 with a with b"
