"""From which version of GitLab on each rule holds, and which versions and features can be named."""

import pytest

from reference_server.storage.rules.gitlab import KNOWN_FEATURES, GitLab, UnknownFeatureError, milestones, read_gitlab
from reference_server.storage.rules.gitlab_version import GitLabVersion, GitLabVersionError, read_version

MILESTONES = {
    "job_tokens_on_packages_api": ("15.2", "15.3"),
    "packages_for_everyone": ("15.6", "15.7"),
    "user_runners": ("15.10", "15.11"),
    "lax_version_format": ("15.11", "16.0"),
    "job_tokens_stay_home": ("15.8", "15.9"),
    "token_rotation": ("15.11", "16.0"),
    "rotation_takes_expiry": ("16.5", "16.6"),
    "token_self_rotation": ("16.9", "16.10"),
    "pipelines_of_packages": ("16.0", "16.1"),
    "basic_job_tokens_download": ("16.7", "16.8"),
    "owners_change_settings": ("16.11", "17.0"),
    "nested_file_names": ("17.0", "17.1"),
    "exception_inverts_duplicates": ("17.8", "17.9"),
    "tilde_in_file_names": ("18.0", "18.1"),
    "delayed_deletion": ("17.11", "18.0"),
    "protection_rules": ("18.0", "18.1"),
    "protection_rules_enforced": ("18.1", "18.2"),
    "at_sign_in_file_names": ("18.5", "18.6"),
    "files_open_by_id": ("18.3", "18.4"),
    "checksum_header": ("18.5", "18.6"),
    "content_type_by_name": ("18.11", "19.0"),
    "basic_job_tokens_publish": ("18.11", "19.0"),
}
WITH_FEATURE = {
    "guests_download": ("allow_guest_plus_roles_to_pull_packages", "17.8", "17.9"),
    "owners_change_settings": ("raise_group_admin_package_permission_to_owner", "16.0", "16.1"),
    "exception_inverts_duplicates": ("packages_allow_duplicate_exceptions", "17.6", "17.7"),
    "protection_rules_enforced": ("packages_protected_packages_generic", "18.0", "18.1"),
    "content_type_by_name": ("packages_generic_package_content_type_allowlist", "18.8", "18.9"),
}


@pytest.mark.parametrize("rule", MILESTONES)
def test_a_rule_holds_from_its_version_on(rule: str) -> None:
    before, since = MILESTONES[rule]
    assert [getattr(read_gitlab(version), rule) for version in ("15.0", before, since, "19.0")] == [
        False,
        False,
        True,
        True,
    ]


@pytest.mark.parametrize("rule", WITH_FEATURE)
def test_a_feature_brings_a_rule_earlier_and_not_before_the_version_that_has_it(rule: str) -> None:
    feature, before, since = WITH_FEATURE[rule]
    assert not getattr(read_gitlab(since), rule)
    assert [getattr(read_gitlab(version, [feature]), rule) for version in (before, since)] == [False, True]


def test_guests_download_in_no_version_without_the_feature() -> None:
    assert not read_gitlab("19.0").guests_download
    assert read_gitlab("19.0", ["allow_guest_plus_roles_to_pull_packages"]).guests_download


def test_every_rule_has_its_border_tested_here() -> None:
    assert {name for name, _ in milestones()} == {*MILESTONES, *WITH_FEATURE}
    assert set(KNOWN_FEATURES) == {feature for feature, _, _ in WITH_FEATURE.values()}


def test_the_newest_gitlab_is_followed_unless_told() -> None:
    assert read_gitlab() == GitLab() == read_gitlab("19.0")


@pytest.mark.parametrize(
    ("text", "version"),
    [("15.0", (15, 0)), ("16.8", (16, 8)), ("18.4.2-ee", (18, 4)), ("17.11.0", (17, 11)), ("19.0.0-pre", (19, 0))],
)
def test_a_version_is_cut_to_major_and_minor(text: str, version: tuple[int, int]) -> None:
    assert read_version(text) == GitLabVersion(*version)


@pytest.mark.parametrize(
    "text", ["", "14.10", "15", "15.", "15.12", "19.1", "20.0", "16.8.x", "v16.8", "16.8\n", "²5.0"]
)
def test_an_unknown_version_is_refused_with_those_that_are_known(text: str) -> None:
    with pytest.raises(GitLabVersionError, match=r"from 15\.0 to 19\.0"):
        read_version(text)


def test_versions_compare_by_number() -> None:
    assert read_version("15.2") < read_version("15.11") < read_version("16.0")


def test_an_unknown_feature_is_refused_with_those_that_are_known() -> None:
    with pytest.raises(UnknownFeatureError, match="allow_guest_plus_roles_to_pull_packages"):
        read_gitlab("18.0", ["no_such_feature"])


@pytest.mark.parametrize(("version", "told"), [("15.0", "15.0.0-ee"), ("16.8.3", "16.8.0-ee"), ("19.0", "19.0.0-ee")])
def test_the_version_is_told_as_gitlab_tells_it(version: str, told: str) -> None:
    assert read_gitlab(version).told_version == told
