"""Package settings over GraphQL."""

import itertools

import pytest

from tests.support.front_end import Served
from tests.support.graphql_queries import QueryAnswer, ask

_numbers = itertools.count(1)

READ = """query($path: ID!) { group(fullPath: $path) { id fullPath packageSettings {
  genericDuplicatesAllowed genericDuplicateExceptionRegex } } }"""
UPDATE = """mutation($path: ID!, $allowed: Boolean, $regex: UntrustedRegexp) {
  updateNamespacePackageSettings(input: {
    namespacePath: $path, genericDuplicatesAllowed: $allowed, genericDuplicateExceptionRegex: $regex,
    clientMutationId: "mine"
  }) { clientMutationId errors packageSettings { genericDuplicatesAllowed genericDuplicateExceptionRegex } } }"""
UNAVAILABLE = (
    "The resource that you are attempting to access does not exist or you don't have permission to perform this action"
)


@pytest.fixture
def group(front_end: Served) -> str:
    path = f"settings-{next(_numbers)}"
    front_end.post("/groups", {"name": "Settings", "path": path, "visibility": "public"})
    return path


def update(front_end: Served, path: str, *, token: str | None = None, **variables: object) -> QueryAnswer:
    return ask(front_end, UPDATE, token=token, path=path, **variables)


def payload(asked: QueryAnswer) -> dict[str, object]:
    assert (asked.status, asked.messages) == (200, [])
    value: dict[str, object] = asked.data["updateNamespacePackageSettings"]
    return value


def settings(allowed: bool, regex: str) -> dict[str, object]:
    return {"genericDuplicatesAllowed": allowed, "genericDuplicateExceptionRegex": regex}


def test_a_group_begins_with_gitlabs_defaults(front_end: Served, group: str) -> None:
    asked = ask(front_end, READ, path=group)
    assert asked.messages == []
    shown = asked.data["group"]
    assert str(shown["id"]).startswith("gid://gitlab/Group/")
    assert (shown["fullPath"], shown["packageSettings"]) == (group, settings(allowed=True, regex=""))


def test_a_namespace_has_the_same_settings(front_end: Served, group: str) -> None:
    query = "query($path: ID!) { namespace(fullPath: $path) { fullName packageSettings { genericDuplicatesAllowed } } }"
    asked = ask(front_end, query, path=group)
    assert asked.data == {"namespace": {"fullName": group, "packageSettings": {"genericDuplicatesAllowed": True}}}


def test_settings_are_changed_one_by_one(front_end: Served, group: str) -> None:
    first = payload(update(front_end, group, allowed=False))
    assert first == {"clientMutationId": "mine", "errors": [], "packageSettings": settings(allowed=False, regex="")}
    second = payload(update(front_end, group, regex="snapshot-.*"))
    assert second["packageSettings"] == settings(allowed=False, regex="snapshot-.*")
    asked = ask(front_end, READ, path=group)
    assert asked.data["group"]["packageSettings"] == second["packageSettings"]


@pytest.mark.parametrize(
    ("regex", "words"), [("(", "missing )"), ("*a", "repetition"), (r"(?!a)b", "(?!"), ("a" * 256, "255 characters")]
)
def test_a_regex_that_re2_refuses_is_named_in_errors(front_end: Served, group: str, regex: str, words: str) -> None:
    refused = payload(update(front_end, group, regex=regex, allowed=False))
    errors = str(refused["errors"])
    assert errors.startswith("['Generic duplicate exception regex ")
    assert words in errors
    assert refused["packageSettings"] is None
    assert payload(update(front_end, group))["packageSettings"] == settings(allowed=True, regex="")


@pytest.mark.parametrize("path", ["no/such", "1", "", "../x"])
def test_a_group_that_there_is_not_cannot_be_changed(front_end: Served, path: str) -> None:
    asked = update(front_end, path, allowed=False)
    assert (asked.status, asked.messages) == (200, [UNAVAILABLE])
    assert asked.data == {"updateNamespacePackageSettings": None}


def test_who_is_no_owner_changes_nothing(front_end: Served, group: str, stranger_token: str) -> None:
    for token in ("", stranger_token):
        asked = update(front_end, group, token=token, allowed=False)
        assert (asked.status, asked.messages) == (200, [UNAVAILABLE])
    assert payload(update(front_end, group))["packageSettings"] == settings(allowed=True, regex="")


def test_who_may_not_read_settings_sees_null(front_end: Served, group: str, stranger_token: str) -> None:
    for token in ("", stranger_token):
        asked = ask(front_end, READ, token=token, path=group)
        assert asked.messages == []
        assert asked.data["group"]["packageSettings"] is None


def test_a_group_that_there_is_not_is_null(front_end: Served) -> None:
    assert ask(front_end, READ, path="no/such").data == {"group": None}


@pytest.mark.parametrize("value", [1, [], {}, True])
def test_a_regex_of_another_type_is_refused(front_end: Served, group: str, value: object) -> None:
    asked = update(front_end, group, regex=value)
    assert (asked.status, asked.data) == (200, None)
    assert "$regex" in asked.messages[0]


@pytest.mark.parametrize("literal", ["1", "true", "[]", "{a: 1}", "ENUM"])
def test_a_literal_of_another_type_is_refused(front_end: Served, group: str, literal: str) -> None:
    wanted = f'namespacePath: "{group}", genericDuplicateExceptionRegex: {literal}'
    asked = ask(front_end, f"mutation {{ updateNamespacePackageSettings(input: {{ {wanted} }}) {{ errors }} }}")
    assert (asked.status, asked.data, len(asked.messages)) == (200, None, 1)
