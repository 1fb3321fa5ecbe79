"""The settings of groups through GraphQL: what they are, who may change them, and how GraphQL says what is wrong."""

from conformance.checks.graphql import Policy, graphql, inside, set_policy, settings_of, shown_policy, was_set
from conformance.checks.packages_api import recorded
from conformance.content.generator import LiteralContent
from conformance.judging.binding import judges, judges_each
from conformance.judging.expectations import Evaluator
from conformance.target.access import Actor, Subgroup, Visibility
from conformance.target.registry import Registry
from conformance.transport.request import Body, Request
from conformance.transport.response import Response, describe

DEVELOPER, MAINTAINER, OWNER = 30, 40, 50
DEFAULT, CHANGED = Policy(True), Policy(False, "[a-z]+-nightly")
MAY_SET = {"duplicates.maintainer-may-set": MAINTAINER, "duplicates.owner-may-set": OWNER}
MAY_NOT_SET = {
    "duplicates.maintainer-may-not-set": MAINTAINER,
    "duplicates.developer-may-not-set": DEVELOPER,
    "duplicates.anonymous-may-not-set": 0,
}
BAD_REGEXES = {"duplicates.illegal-regex-is-refused": "(?!a)b", "duplicates.long-regex-is-refused": "a" * 256}
PACKAGES = """query($path: ID!, $name: String) {
  project(fullPath: $path) { packages(packageName: $name) { nodes { name version } } } }"""


@judges("duplicates.settings-by-default")
def test_settings_by_default(registry: Registry, expect: Evaluator) -> None:
    """The writer asks for the settings of a new group: duplicates are allowed, without an exception."""
    subgroup = registry.access.subgroup("untouched")
    _expect_policy(expect, settings_of(registry, subgroup.path, registry.access.writer), DEFAULT)


@judges("duplicates.settings-can-be-changed")
def test_settings_can_be_changed(registry: Registry, expect: Evaluator) -> None:
    """The writer changes the settings and asks for them: no errors, and they are as changed."""
    subgroup = registry.access.subgroup("touched")
    response = set_policy(registry, subgroup.path, CHANGED, registry.access.writer)
    expect.that("set", holds=was_set(response), expected="no errors", actual=describe(response), response=response)
    _expect_policy(expect, settings_of(registry, subgroup.path, registry.access.writer), CHANGED)


@judges_each(MAY_SET)
def test_may_set(case: int, registry: Registry, expect: Evaluator, control: Evaluator) -> None:
    """A member whose role suffices changes the settings by a group access token: they are as changed."""
    subgroup = registry.access.subgroup("shared")
    _reset(registry, control, subgroup)
    response = set_policy(registry, subgroup.path, CHANGED, registry.access.member_of(subgroup, case))
    expect.that("set", holds=was_set(response), expected="no errors", actual=describe(response), response=response)
    _expect_policy(expect, settings_of(registry, subgroup.path, registry.access.writer), CHANGED)


@judges_each(MAY_NOT_SET)
def test_may_not_set(case: int, registry: Registry, expect: Evaluator, control: Evaluator) -> None:
    """Somebody whose role does not suffice tries to change the settings, as the writer did: they are as before."""
    subgroup = registry.access.subgroup("shared")
    _reset(registry, control, subgroup)
    token = registry.access.member_of(subgroup, case) if case else None
    response = set_policy(registry, subgroup.path, CHANGED, token)
    expect.that("refused", holds=not was_set(response), expected="errors", actual=describe(response), response=response)
    _expect_policy(expect, settings_of(registry, subgroup.path, registry.access.writer), DEFAULT)


@judges_each(BAD_REGEXES)
def test_bad_regex(case: str, registry: Registry, expect: Evaluator, control: Evaluator) -> None:
    """The writer sets an exception that is no legal regex, or too long: an error, and nothing has changed."""
    subgroup = registry.access.subgroup("shared")
    _reset(registry, control, subgroup)
    response = set_policy(registry, subgroup.path, Policy(False, case), registry.access.writer)
    refusals = inside(response, "updateNamespacePackageSettings", "errors") or response.key("errors")
    expect.that("errors", holds=bool(refusals), expected="errors", actual=describe(response), response=response)
    _expect_policy(expect, settings_of(registry, subgroup.path, registry.access.writer), DEFAULT)


@judges("duplicates.private-group-is-null")
def test_private_group_is_null(registry: Registry, expect: Evaluator, control: Evaluator) -> None:
    """An outsider asks for the settings of a private group, which the writer is shown: null."""
    subgroup = registry.access.subgroup("shared")
    shown = settings_of(registry, subgroup.path, registry.access.writer)
    control.that("writer", holds=bool(shown_policy(shown)), expected="settings", actual=describe(shown), response=shown)
    response = settings_of(registry, subgroup.path, registry.access.credential(Actor.OUTSIDER, Visibility.PRIVATE))
    data = response.key("data")
    expect.that("group", holds=data == {"group": None}, expected="null", actual=describe(response), response=response)


@judges("duplicates.graphql-faults-are-errors")
def test_graphql_faults_are_errors(registry: Registry, expect: Evaluator) -> None:
    """A client asks for a field that there is not: 200 with errors, in GraphQL's own way."""
    response = graphql(registry, '{ group(fullPath: "a") { colour } }', {}, registry.access.writer)
    expect(response).status(200)
    expect(response).key("errors", lambda value: isinstance(value, list) and bool(value), "a list of errors")


@judges("duplicates.graphql-malformed-json-is-400")
def test_graphql_malformed_json_is_400(registry: Registry, expect: Evaluator) -> None:
    """A client sends a body of JSON that breaks off in the middle: 400."""
    headers = (*registry.access.writer.headers(), ("Content-Type", "application/json"))
    body = Body(LiteralContent(b'{"query": "{ group('))
    expect(registry.client.send(Request("POST", "/api/graphql", headers, body))).status(400)


@judges("duplicates.graphql-shows-its-schema")
def test_graphql_shows_its_schema(registry: Registry, expect: Evaluator) -> None:
    """A client that generates its code asks for the schema of the settings: both fields are there."""
    query = '{ __type(name: "PackageSettings") { fields { name } } }'
    response = graphql(registry, query, {}, registry.access.writer)
    fields = inside(response, "__type", "fields")
    names = {field.get("name") for field in fields if isinstance(field, dict)} if isinstance(fields, list) else set()
    wanted = {"genericDuplicatesAllowed", "genericDuplicateExceptionRegex"}
    expect.that("fields", holds=names >= wanted, expected=f"{wanted}", actual=describe(response), response=response)


@judges("duplicates.graphql-lists-packages")
def test_graphql_lists_packages(registry: Registry, expect: Evaluator, control: Evaluator) -> None:
    """A client asks for the packages of a project by name: the one that was published."""
    file = recorded(registry, control)
    path = registry.access.project(registry.access.usual).path
    variables: dict[str, object] = {"path": path, "name": file.location.package}
    response = graphql(registry, PACKAGES, variables, registry.access.writer)
    nodes = inside(response, "project", "packages", "nodes")
    wanted = [{"name": file.location.package, "version": "1.0.0"}]
    expect.that("nodes", holds=nodes == wanted, expected=f"{wanted}", actual=describe(response), response=response)


def _reset(registry: Registry, control: Evaluator, subgroup: Subgroup) -> None:
    response = set_policy(registry, subgroup.path, DEFAULT, registry.access.writer)
    control.that("reset", holds=was_set(response), expected="no errors", actual=describe(response), response=response)


def _expect_policy(expect: Evaluator, response: Response, policy: Policy) -> None:
    holds = shown_policy(response) == policy
    expect.that("settings", holds=holds, expected=f"{policy}", actual=describe(response), response=response)
