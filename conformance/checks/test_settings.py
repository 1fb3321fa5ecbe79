"""The settings of groups through GraphQL: what they are, who may change them, and how GraphQL says what is wrong."""

from conformance.checks.graphql import Policy, graphql, inside, set_policy, settings_of, shown_policy, was_set
from conformance.checks.packages_api import recorded
from conformance.content.generator import LiteralContent
from conformance.judging.binding import judges, judges_each
from conformance.judging.expectations import Judge
from conformance.target.access import Area, Role, Visibility
from conformance.target.registry import Registry
from conformance.transport.answer import Answer, described
from conformance.transport.request import Body, Request

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
def test_settings_by_default(registry: Registry, expect: Judge) -> None:
    """A group whose settings nobody has touched."""
    area = registry.access.area("untouched")
    _expect_policy(expect, settings_of(registry, area.path, registry.access.writer), DEFAULT)


@judges("duplicates.settings-can-be-changed")
def test_settings_can_be_changed(registry: Registry, expect: Judge) -> None:
    """The answer to the change and the question after it."""
    area = registry.access.area("touched")
    answer = set_policy(registry, area.path, CHANGED, registry.access.writer)
    expect.that("set", holds=was_set(answer), expected="no errors", actual=described(answer), answer=answer)
    _expect_policy(expect, settings_of(registry, area.path, registry.access.writer), CHANGED)


@judges_each(MAY_SET)
def test_may_set(case: int, registry: Registry, expect: Judge, control: Judge) -> None:
    """By a group access token with this access level; the change is read back."""
    area = registry.access.area("shared")
    _reset(registry, control, area)
    answer = set_policy(registry, area.path, CHANGED, registry.access.member_of(area, case))
    expect.that("set", holds=was_set(answer), expected="no errors", actual=described(answer), answer=answer)
    _expect_policy(expect, settings_of(registry, area.path, registry.access.writer), CHANGED)


@judges_each(MAY_NOT_SET)
def test_may_not_set(case: int, registry: Registry, expect: Judge, control: Judge) -> None:
    """The control is a change by the writer."""
    area = registry.access.area("shared")
    _reset(registry, control, area)
    token = registry.access.member_of(area, case) if case else None
    answer = set_policy(registry, area.path, CHANGED, token)
    expect.that("refused", holds=not was_set(answer), expected="errors", actual=described(answer), answer=answer)
    _expect_policy(expect, settings_of(registry, area.path, registry.access.writer), DEFAULT)


@judges_each(BAD_REGEXES)
def test_bad_regex(case: str, registry: Registry, expect: Judge, control: Judge) -> None:
    """The control differs in the regex alone."""
    area = registry.access.area("shared")
    _reset(registry, control, area)
    answer = set_policy(registry, area.path, Policy(False, case), registry.access.writer)
    refusals = inside(answer, "updateNamespacePackageSettings", "errors") or answer.key("errors")
    expect.that("errors", holds=bool(refusals), expected="errors", actual=described(answer), answer=answer)
    _expect_policy(expect, settings_of(registry, area.path, registry.access.writer), DEFAULT)


@judges("duplicates.private-group-is-null")
def test_private_group_is_null(registry: Registry, expect: Judge, control: Judge) -> None:
    """The control differs in the credential alone."""
    area = registry.access.area("shared")
    shown = settings_of(registry, area.path, registry.access.writer)
    control.that("writer", holds=bool(shown_policy(shown)), expected="settings", actual=described(shown), answer=shown)
    answer = settings_of(registry, area.path, registry.access.credential(Role.OUTSIDER, Visibility.PRIVATE))
    data = answer.key("data")
    expect.that("group", holds=data == {"group": None}, expected="null", actual=described(answer), answer=answer)


@judges("duplicates.graphql-faults-are-errors")
def test_graphql_faults_are_errors(registry: Registry, expect: Judge) -> None:
    """A mistake of the caller, told in GraphQL's own way."""
    answer = graphql(registry, '{ group(fullPath: "a") { colour } }', {}, registry.access.writer)
    expect(answer).status(200)
    expect(answer).key("errors", lambda value: isinstance(value, list) and bool(value), "a list of errors")


@judges("duplicates.graphql-malformed-json-is-400")
def test_graphql_malformed_json_is_400(registry: Registry, expect: Judge) -> None:
    """The body breaks off in the middle."""
    headers = (*registry.access.writer.headers(), ("Content-Type", "application/json"))
    body = Body(LiteralContent(b'{"query": "{ group('))
    expect(registry.client.ask(Request("POST", "/api/graphql", headers, body))).status(400)


@judges("duplicates.graphql-shows-its-schema")
def test_graphql_shows_its_schema(registry: Registry, expect: Judge) -> None:
    """Clients generate their code from it."""
    query = '{ __type(name: "PackageSettings") { fields { name } } }'
    answer = graphql(registry, query, {}, registry.access.writer)
    fields = inside(answer, "__type", "fields")
    names = {field.get("name") for field in fields if isinstance(field, dict)} if isinstance(fields, list) else set()
    wanted = {"genericDuplicatesAllowed", "genericDuplicateExceptionRegex"}
    expect.that("fields", holds=names >= wanted, expected=f"{wanted}", actual=described(answer), answer=answer)


@judges("duplicates.graphql-lists-packages")
def test_graphql_lists_packages(registry: Registry, expect: Judge, control: Judge) -> None:
    """One package, by its name."""
    file = recorded(registry, control)
    path = registry.access.project(Visibility.PUBLIC).path
    variables: dict[str, object] = {"path": path, "name": file.place.package}
    answer = graphql(registry, PACKAGES, variables, registry.access.writer)
    nodes = inside(answer, "project", "packages", "nodes")
    wanted = [{"name": file.place.package, "version": "1.0.0"}]
    expect.that("nodes", holds=nodes == wanted, expected=f"{wanted}", actual=described(answer), answer=answer)


def _reset(registry: Registry, control: Judge, area: Area) -> None:
    answer = set_policy(registry, area.path, DEFAULT, registry.access.writer)
    control.that("reset", holds=was_set(answer), expected="no errors", actual=described(answer), answer=answer)


def _expect_policy(expect: Judge, answer: Answer, policy: Policy) -> None:
    holds = shown_policy(answer) == policy
    expect.that("settings", holds=holds, expected=f"{policy}", actual=described(answer), answer=answer)
