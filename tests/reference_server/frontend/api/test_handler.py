"""What every endpoint does with a request, whatever it is for."""

import itertools
import re

import pytest

from tests.support.front_end import Served
from tests.support.rest_packages import PackageProject

_numbers = itertools.count(1)
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
JSON = {"Content-Type": "application/json"}


@pytest.mark.parametrize("part", ["form", "query"])
def test_parameters_may_come_as_form_or_query(front_end: Served, part: str) -> None:
    text = f"name=A+group&path=form-{next(_numbers)}"
    if part == "form":
        answer = front_end.send("POST", "/api/v4/groups", text.encode(), FORM)
    else:
        answer = front_end.send("POST", f"/api/v4/groups?{text}", b"")
    assert (answer.status, answer.json()["name"]) == (201, "A group")


@pytest.mark.parametrize("body", [b"{", b"[1]", b"\xff"])
def test_a_body_that_is_no_json_is_refused(front_end: Served, body: bytes) -> None:
    answer = front_end.send("POST", "/api/v4/groups", body, JSON)
    assert (answer.status, list(answer.json())) == (400, ["error"])


@pytest.mark.parametrize("body", [b"{", b'{"name": []}'])
def test_who_may_not_call_learns_nothing_of_parameters(front_end: Served, body: bytes) -> None:
    assert front_end.send("POST", "/api/v4/groups", body, JSON, token="wrong").status == 401


@pytest.mark.parametrize("target", ["/user", "/version"])
def test_who_is_nobody_is_challenged(front_end: Served, target: str) -> None:
    answer = front_end.get(target, token="")
    assert (answer.status, answer.json()) == (401, {"message": "401 Unauthorized"})
    assert answer.headers["WWW-Authenticate"].startswith("Basic ")


@pytest.mark.parametrize("target", ["", "/", "/nothing", "/projects/1/nothing", "/projects/1/packages/generic/a/1"])
@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "BREW"])
def test_an_unknown_route_is_not_found(front_end: Served, target: str, method: str) -> None:
    assert front_end.rest(method, target, token="").status_and_json == (404, {"error": "404 Not Found"})


@pytest.mark.parametrize(
    ("method", "target", "allowed"),
    [
        ("DELETE", "/user", "GET, HEAD"),
        ("PUT", "/groups", "GET, HEAD, POST"),
        ("PATCH", "/projects/1", "DELETE, GET, HEAD, PUT"),
    ],
)
def test_a_method_that_a_route_lacks_is_not_allowed(front_end: Served, method: str, target: str, allowed: str) -> None:
    answer = front_end.rest(method, target)
    assert (answer.status, answer.headers["Allow"]) == (405, allowed)


@pytest.mark.parametrize(
    "target", ["/api/v4/user", "/api/v4/version", "PROJECT", "/-/liveness", "/-/readiness", "/-/metrics"]
)
def test_head_is_get_without_a_body(front_end: Served, project: PackageProject, target: str) -> None:
    target = target.replace("PROJECT", f"/api/v4/projects/{project.id}")
    fetched, asked = front_end.send("GET", target), front_end.send("HEAD", target)
    assert (asked.status, asked.body) == (200, b"")
    assert asked.headers["Content-Type"] == fetched.headers["Content-Type"]
    assert int(asked.headers["Content-Length"]) > 0


@pytest.mark.parametrize("name", ["%00", "%ff"])
def test_a_path_that_is_malformed_text_is_refused(front_end: Served, name: str) -> None:
    assert front_end.get(f"/projects/{name}").status == 400


@pytest.mark.parametrize("text", ["\\u0000", "\\ud800"])
def test_malformed_text_names_nothing(front_end: Served, text: str) -> None:
    body = '{"name": "a' + text + '", "path": "malformed"}'
    answer = front_end.send("POST", "/api/v4/groups", body.encode(), JSON)
    assert (answer.status, answer.json()) == (400, {"error": "The request has invalid or malformed text"})


def test_a_body_that_is_too_large_is_refused(front_end: Served) -> None:
    assert front_end.send("POST", "/api/v4/groups", bytes(2_000_000)).status == 413


def test_a_request_id_is_taken_over_or_made(front_end: Served) -> None:
    given = front_end.send("GET", "/api/v4/user", headers={"X-Request-Id": "my-id"}).headers["X-Request-Id"]
    made = front_end.send("GET", "/api/v4/user", headers={"X-Request-Id": "not well formed"}).headers["X-Request-Id"]
    assert given == "my-id"
    assert re.fullmatch(r"[0-9a-f]{32}", made)
