"""Package settings of groups, and what they do to duplicates."""

import pytest

from reference_server.contract.failure import Reason
from tests.support.storage import ANONYMOUS, Registry, at, in_group, private_token, refusal


def second_upload(registry: Registry, project: int, *, name: str = "tool", version: str = "1.0") -> str:
    where = at(project, name=name, version=version)
    registry.publish(where, b"first")
    return registry.outcome("publish", coordinates=where, content=b"second")


@pytest.mark.parametrize(
    ("allowed", "regex", "outcomes"),
    [
        (True, "", {"15": "OK", "current": "OK"}),
        (True, "other", {"15": "OK", "current": "OK"}),
        (True, "to+l", {"15": "OK", "current": "PACKAGE_DUPLICATE"}),
        (False, "", {"15": "PACKAGE_DUPLICATE", "current": "PACKAGE_DUPLICATE"}),
        (False, "other", {"15": "PACKAGE_DUPLICATE", "current": "PACKAGE_DUPLICATE"}),
        (False, "to+l", {"15": "OK", "current": "OK"}),
        (False, r"1\.\d", {"15": "OK", "current": "OK"}),
        (False, "too", {"15": "PACKAGE_DUPLICATE", "current": "PACKAGE_DUPLICATE"}),
        (False, "ool|x", {"15": "PACKAGE_DUPLICATE", "current": "PACKAGE_DUPLICATE"}),
    ],
)
def test_a_second_file_of_one_name_ends_as_the_table_says(
    either: Registry, *, allowed: bool, regex: str, outcomes: dict[str, str]
) -> None:
    group = either.group()
    project = either.project(group=group.id).id
    either.settings(group.id, allowed=allowed, regex=regex)
    assert second_upload(either, project) == outcomes[either.edition]


def test_another_file_name_is_no_duplicate(registry: Registry) -> None:
    project = registry.project_without_duplicates()
    registry.publish(at(project, "one"))
    registry.publish(at(project, "two"))


def test_a_deleted_file_is_no_duplicate(registry: Registry) -> None:
    project = registry.project_without_duplicates()
    row = registry.publish(at(project))
    registry.delete_file(project, row.package_id, row.id)
    registry.publish(at(project))


def test_settings_reach_the_groups_below_until_one_has_its_own(registry: Registry) -> None:
    top = registry.group()
    below = registry.group(parent=top.id)
    project = registry.project(group=below.id).id
    registry.settings(top.id, allowed=False)
    assert second_upload(registry, project, version="1") == "PACKAGE_DUPLICATE"
    registry.settings(below.id, allowed=True)
    assert second_upload(registry, project, version="2") == "OK"


def test_settings_are_read_as_they_were_changed(registry: Registry) -> None:
    group = registry.group()
    assert _read(registry, group.full_path) == (True, "")
    registry.settings(group.id, regex="exception")
    assert _read(registry, group.full_path) == (True, "exception")
    registry.settings(group.id, allowed=False)
    assert _read(registry, group.full_path) == (False, "exception")


def _read(registry: Registry, group: str) -> tuple[bool, str]:
    settings = registry.ask("GetPackageSettings", group=group).settings
    return settings.generic_duplicates_allowed, settings.generic_duplicate_exception_regex


@pytest.mark.parametrize(
    ("regex", "words"),
    [
        ("(", "not valid RE2 syntax: missing ): ("),
        ("(?=x)", "not valid RE2 syntax: invalid perl operator: (?="),
        (r"(a)\1", r"not valid RE2 syntax: invalid escape sequence: \1"),
        ("(((a{500}){500}){500})", "not valid RE2 syntax: invalid repetition size: {500}"),
        ("[\u00e9", "not valid RE2 syntax: missing ]: [\u00e9"),
        ("x" * 256, "is too long (maximum is 255 characters)"),
    ],
)
def test_a_regex_that_re2_refuses_is_refused_with_what_is_wrong(registry: Registry, regex: str, words: str) -> None:
    failure = refusal(lambda: registry.settings(registry.group().id, regex=regex))
    assert (failure.reason, failure.message) == (Reason.PARAMETER_INVALID, words)
    assert failure.metadata == {"parameter": "generic_duplicate_exception_regex"}


@pytest.mark.parametrize(
    ("level", "reads", "changes"),
    [
        (30, "ROLE_INSUFFICIENT", {"15": "ROLE_INSUFFICIENT", "current": "ROLE_INSUFFICIENT"}),
        (40, "OK", {"15": "OK", "current": "ROLE_INSUFFICIENT"}),
        (50, "OK", {"15": "OK", "current": "OK"}),
    ],
)
def test_a_role_in_the_group_or_above_it_decides_who_changes_settings(
    either: Registry, level: int, reads: str, changes: dict[str, str]
) -> None:
    top = either.group()
    below = either.group(parent=top.id)
    token = {"place": in_group(top.id), "name": "token", "scopes": ["api"], "access_level": level}
    member = private_token(either.ask("CreateAccessToken", **token).secret)
    for group in (str(top.id), str(below.id)):
        assert either.outcome("GetPackageSettings", by=member, group=group) == reads
        ended = either.outcome("UpdatePackageSettings", by=member, group=group, generic_duplicates_allowed=False)
        assert ended == changes[either.edition]


def test_settings_are_not_for_everybody(registry: Registry) -> None:
    group = registry.group()
    private = registry.group(visibility="PRIVATE")
    member = registry.member(registry.project(group=group.id).id, 50)
    for credentials, asked, expected in (
        (ANONYMOUS, group, "CREDENTIAL_INVALID"),
        (member, group, "ROLE_INSUFFICIENT"),
        (member, private, "GROUP_NOT_FOUND"),
    ):
        assert registry.outcome("GetPackageSettings", by=credentials, group=str(asked.id)) == expected
        assert registry.outcome("UpdatePackageSettings", by=credentials, group=asked.full_path) == expected
