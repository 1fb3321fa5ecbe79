"""The endpoint: what it takes, and what it says to what it cannot take."""

import json
from urllib.parse import quote

import pytest
from graphql import get_introspection_query

from tests.support.front_end import Served
from tests.support.graphql_queries import TARGET, ask, read, send
from tests.support.rest_packages import PackageProject

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
NAME = "query Name($path: ID!) { project(fullPath: $path) { name } }"


def test_a_query_comes_as_json(front_end: Served, shared_project: PackageProject) -> None:
    assert ask(front_end, NAME, path=shared_project.path).data == {"project": {"name": "Books"}}


@pytest.mark.parametrize("method", ["POST", "GET"])
def test_a_query_comes_in_the_address(front_end: Served, shared_project: PackageProject, method: str) -> None:
    query = f"query={quote(NAME)}&variables={quote(json.dumps({'path': shared_project.path}))}"
    assert read(front_end.send(method, f"{TARGET}?{query}", b"")).data == {"project": {"name": "Books"}}


def test_a_query_comes_as_a_form(front_end: Served, shared_project: PackageProject) -> None:
    query = quote(f'{{project(fullPath:"{shared_project.path}"){{name}}}}')
    body = f"query={query}"
    assert read(front_end.send("POST", TARGET, body.encode(), FORM)).data == {"project": {"name": "Books"}}


def test_one_operation_of_several_is_chosen(front_end: Served) -> None:
    document = 'query A {a: project(fullPath:"a/b"){name}} query B {b: __typename}'
    answer = send(front_end, json.dumps({"query": document, "operationName": "B"}).encode())
    assert read(answer).data == {"b": "Query"}


def test_nulls_beside_a_query_mean_nothing(front_end: Served) -> None:
    body = {"query": "{__typename}", "variables": None, "operationName": None}
    assert read(send(front_end, json.dumps(body).encode())).data == {"__typename": "Query"}


def test_introspection_tells_the_whole_schema(front_end: Served) -> None:
    asked = ask(front_end, get_introspection_query(), token="")
    assert asked.messages == []
    schema = asked.data["__schema"]
    assert {"PackageSettings", "UntrustedRegexp", "UpdateNamespacePackageSettingsInput"} <= {
        one["name"] for one in schema["types"]
    }


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'"text"', b"\xff", b"[" * 100_000])
def test_a_body_that_is_no_json_object_is_refused(front_end: Served, body: bytes) -> None:
    answer = send(front_end, body)
    assert answer.status == (200 if not body else 400)
    assert read(answer).messages


@pytest.mark.parametrize("text", ["\\u0000", "\\ud800"])
def test_text_that_is_malformed_is_refused(front_end: Served, text: str) -> None:
    query = '{"query": "query($x: ID!) { group(fullPath: $x) { name } }", "variables": {"x": "' + text + '"}}'
    answer = send(front_end, query.encode())
    assert (answer.status, read(answer).messages) == (400, ["The request has invalid or malformed text"])


@pytest.mark.parametrize(
    "body",
    [
        {"query": 1},
        {"query": "{__typename}", "variables": []},
        {"query": "{__typename}", "variables": "{"},
        {"query": "{__typename}", "operationName": {}},
    ],
)
def test_parts_of_the_wrong_type_are_refused(front_end: Served, body: dict[str, object]) -> None:
    asked = read(send(front_end, json.dumps(body).encode()))
    assert (asked.status, len(asked.messages)) == (422, 1)


@pytest.mark.parametrize(
    "query",
    [
        "",
        "{",
        "{nothing}",
        "{project{name}}",
        '{project(fullPath:"x"){nothing}}',
        "{" * 5000,
        "query A{__typename} query B{__typename}",
        "query($x:ID!){project(fullPath:$x){name}}",
        "subscription{x}",
        "{...F} fragment F on Query{...F}",
        "{" + "a{" * 30 + "b" + "}" * 31,
        "{" + " ".join(f"a{n}: __typename" for n in range(400)) + "}",
        "mutation{updateNamespacePackageSettings(input:{}){errors}}",
    ],
)
def test_a_query_that_cannot_run_is_told_so_with_200(front_end: Served, query: str) -> None:
    asked = ask(front_end, query)
    assert (asked.status, asked.data) == (200, None)
    assert asked.messages
    assert not [message for message in asked.messages if "Traceback" in message or "Internal" in message]


def test_a_query_that_is_too_large_is_not_read(front_end: Served) -> None:
    asked = ask(front_end, "{__typename}" + " " * 10_000)
    assert (asked.status, asked.messages) == (422, ["Query too large"])


def test_reading_requests_change_nothing(front_end: Served) -> None:
    mutation = 'mutation{updateNamespacePackageSettings(input:{namespacePath:"any"}){errors}}'
    asked = read(front_end.send("GET", f"{TARGET}?query={quote(mutation)}"))
    assert (asked.status, asked.messages) == (422, ["Mutations are forbidden in GET requests"])


@pytest.mark.parametrize("header", ["PRIVATE-TOKEN", "JOB-TOKEN", "DEPLOY-TOKEN"])
def test_a_token_that_is_nobodys_is_refused_as_a_whole(front_end: Served, header: str) -> None:
    answer = front_end.send("POST", TARGET, b'{"query":"{__typename}"}', {header: "wrong"}, token="")
    assert (answer.status, read(answer).messages) == (401, ["Invalid token"])


def test_other_methods_are_not_allowed(front_end: Served) -> None:
    answer = front_end.send("DELETE", TARGET)
    assert (answer.status, answer.headers["Allow"]) == (405, "GET, HEAD, POST")
