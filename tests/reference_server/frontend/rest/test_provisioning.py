"""The REST endpoints, in GitLab's shapes."""

from __future__ import annotations

import itertools
import re
from datetime import UTC, datetime
from urllib.parse import quote

import pytest

from tests.support.front_end import Answer, Served

_numbers = itertools.count(1)
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@pytest.fixture
def group(front_end: Served) -> dict[str, object]:
    return front_end.post("/groups", {"name": "A group", "path": f"group-{next(_numbers)}"}).json()


@pytest.fixture
def project(front_end: Served, group: dict[str, object]) -> dict[str, object]:
    return front_end.post("/projects", {"name": "My Project", "namespace_id": group["id"]}).json()


def get(front_end: Served, target: str, token: str | None = None) -> Answer:
    return front_end.send("GET", f"/api/v4{target}", token=token)


def test_a_group_has_gitlabs_shape(front_end: Served) -> None:
    path = f"group-{next(_numbers)}"
    answer = front_end.post("/groups", {"name": "A group", "path": path, "visibility": "public"})
    shown = answer.json()
    assert answer.status == 201
    assert (shown["name"], shown["path"], shown["full_path"]) == ("A group", path, path)
    assert (shown["visibility"], shown["parent_id"]) == ("public", None)
    assert shown["web_url"] == f"http://127.0.0.1:{front_end.port}/groups/{path}"


def test_a_group_goes_below_another(front_end: Served, group: dict[str, object]) -> None:
    below = front_end.post("/groups", {"name": "Below", "path": "below", "parent_id": group["id"]}).json()
    assert (below["parent_id"], below["full_path"]) == (group["id"], f"{group['path']}/below")


@pytest.mark.parametrize("place", ["form", "query"])
def test_parameters_may_come_as_form_or_query(front_end: Served, place: str) -> None:
    path = f"group-{next(_numbers)}"
    text = f"name=A+group&path={path}"
    if place == "form":
        answer = front_end.send("POST", "/api/v4/groups", text.encode(), FORM)
    else:
        answer = front_end.send("POST", f"/api/v4/groups?{text}", b"")
    assert (answer.status, answer.json()["name"]) == (201, "A group")


def test_a_project_has_gitlabs_shape(front_end: Served, group: dict[str, object]) -> None:
    body = {"name": "My Project", "namespace_id": group["id"], "visibility": "private"}
    answer = front_end.post("/projects", body)
    shown = answer.json()
    assert answer.status == 201
    assert (shown["name"], shown["path"]) == ("My Project", "my-project")
    assert shown["path_with_namespace"] == f"{group['path']}/my-project"
    namespace = shown["namespace"]
    assert isinstance(namespace, dict)
    assert (namespace["id"], namespace["kind"], namespace["full_path"]) == (group["id"], "group", group["path"])


def test_a_project_shows_the_callers_roles(front_end: Served, project: dict[str, object]) -> None:
    expected = {"project_access": None, "group_access": {"access_level": 50, "notification_level": 3}}
    for name in (project["id"], quote(str(project["path_with_namespace"]), safe="")):
        assert get(front_end, f"/projects/{name}").json()["permissions"] == expected


def test_a_taken_path_is_refused_as_a_model_does(front_end: Served, group: dict[str, object]) -> None:
    answer = front_end.post("/groups", {"name": "Again", "path": group["path"]})
    assert (answer.status, answer.json()) == (400, {"message": {"path": ["has already been taken"]}})


@pytest.mark.parametrize(
    ("target", "body", "error"),
    [
        ("/groups", {"path": "abc"}, "name is missing"),
        ("/groups", {"name": "abc"}, "path is missing"),
        ("/groups", {"name": [], "path": {}}, "name is invalid, path is invalid"),
        ("/groups", {"name": "abc", "path": "abc", "visibility": "odd"}, "visibility does not have a valid value"),
        ("/projects", {"name": "abc", "namespace_id": "abc"}, "namespace_id is invalid"),
        ("/projects", {"name": "abc"}, "namespace_id is missing"),
    ],
)
def test_a_wrong_parameter_is_named(front_end: Served, target: str, body: dict[str, object], error: str) -> None:
    answer = front_end.post(target, body)
    assert (answer.status, answer.json()) == (400, {"error": error})


@pytest.mark.parametrize("body", [b"{", b"[1]", b"\xff"])
def test_a_body_that_is_no_json_is_refused(front_end: Served, body: bytes) -> None:
    answer = front_end.send("POST", "/api/v4/groups", body, {"Content-Type": "application/json"})
    assert (answer.status, list(answer.json())) == (400, ["error"])


@pytest.mark.parametrize("body", [b"{", b'{"name": []}'])
def test_who_may_not_call_learns_nothing_of_parameters(front_end: Served, body: bytes) -> None:
    headers = {"Content-Type": "application/json"}
    assert front_end.send("POST", "/api/v4/groups", body, headers, token="wrong").status == 401


def test_an_access_token_is_shown_once_and_works_until_revoked(front_end: Served, project: dict[str, object]) -> None:
    target = f"/projects/{project['id']}/access_tokens"
    answer = front_end.post(target, {"name": "ci", "scopes": ["api"], "access_level": 30, "expires_at": "2099-12-31"})
    shown = answer.json()
    assert answer.status == 201
    assert (shown["name"], shown["scopes"], shown["access_level"]) == ("ci", ["api"], 30)
    assert (shown["expires_at"], shown["revoked"], shown["active"]) == ("2099-12-31", False, True)
    token = str(shown["token"])
    assert re.fullmatch(r"glpat-[A-Za-z0-9_.-]{20,}", token)
    assert get(front_end, "/user", token).json()["id"] == shown["user_id"]
    revoked = front_end.send("DELETE", f"/api/v4{target}/{shown['id']}")
    assert (revoked.status, revoked.body) == (204, b"")
    assert get(front_end, "/user", token).status == 401


def test_a_deploy_token_is_shown_once(front_end: Served, project: dict[str, object]) -> None:
    target = f"/projects/{project['id']}/deploy_tokens"
    form = b"name=deploy&scopes[]=read_package_registry&scopes[]=write_package_registry&expires_at=2099-12-31"
    answer = front_end.send("POST", f"/api/v4{target}", form, FORM)
    shown = answer.json()
    assert answer.status == 201
    assert shown["scopes"] == ["read_package_registry", "write_package_registry"]
    assert shown["username"] == f"gitlab+deploy-token-{shown['id']}"
    assert shown["expired"] is False
    assert str(shown["expires_at"]).startswith("2099-12-31T00:00:00")
    published = front_end.send(
        "PUT",
        f"/api/v4/projects/{project['id']}/packages/generic/a/1/b",
        b"x",
        {"DEPLOY-TOKEN": str(shown["token"])},
        token="",
    )
    assert published.status == 201
    assert front_end.send("DELETE", f"/api/v4{target}/{shown['id']}").status == 204


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ({"name": "t", "scopes": ["odd"]}, "scopes does not have a valid value"),
        ({"name": "t", "scopes": 1}, "scopes is invalid"),
        ({"name": "t", "scopes": ["api"], "access_level": 31}, "access_level does not have a valid value"),
        ({"name": "t", "scopes": ["api"], "expires_at": "soon"}, "expires_at is invalid"),
    ],
)
def test_a_wrong_token_request_is_refused(
    front_end: Served, project: dict[str, object], body: dict[str, object], error: str
) -> None:
    answer = front_end.post(f"/projects/{project['id']}/access_tokens", body)
    assert (answer.status, answer.json()) == (400, {"error": error})


@pytest.mark.parametrize("kind", ["access_tokens", "deploy_tokens"])
@pytest.mark.parametrize("day", ["2001-01-01", "0001-01-01", "10000-01-01", "2026-02-30"])
def test_a_token_that_would_be_over_is_refused(
    front_end: Served, project: dict[str, object], kind: str, day: str
) -> None:
    scope = "api" if kind == "access_tokens" else "read_package_registry"
    answer = front_end.post(f"/projects/{project['id']}/{kind}", {"name": "t", "scopes": [scope], "expires_at": day})
    assert (answer.status, answer.json()) == (400, {"error": "expires_at is invalid"})


def test_a_token_that_ends_today_is_shown_as_over(front_end: Served, project: dict[str, object]) -> None:
    over = {"name": "t", "expires_at": datetime.now(UTC).date().isoformat()}
    access = front_end.post(f"/projects/{project['id']}/access_tokens", {**over, "scopes": ["api"]})
    deploy = front_end.post(f"/projects/{project['id']}/deploy_tokens", {**over, "scopes": ["read_package_registry"]})
    assert (access.json()["active"], deploy.json()["expired"]) == (False, True)


@pytest.mark.parametrize("token", ["999999", "abc", "0", "99999999999999999999"])
@pytest.mark.parametrize("kind", ["access_tokens", "deploy_tokens"])
def test_an_unknown_token_is_not_found(front_end: Served, project: dict[str, object], kind: str, token: str) -> None:
    assert front_end.send("DELETE", f"/api/v4/projects/{project['id']}/{kind}/{token}").status == 404


def test_projects_and_groups_are_deleted(
    front_end: Served, group: dict[str, object], project: dict[str, object]
) -> None:
    for target in (f"/projects/{project['id']}", f"/groups/{group['id']}"):
        answer = front_end.send("DELETE", f"/api/v4{target}")
        assert (answer.status, answer.json()) == (202, {"message": "202 Accepted"})
    assert get(front_end, f"/projects/{project['id']}").status == 404


def test_the_caller_is_shown(front_end: Served) -> None:
    shown = get(front_end, "/user").json()
    assert (shown["username"], shown["is_admin"], shown["bot"]) == ("root", True, False)


@pytest.mark.parametrize("target", ["/user", "/version"])
def test_who_is_nobody_is_challenged(front_end: Served, target: str) -> None:
    answer = get(front_end, target, token="")
    assert (answer.status, answer.json()) == (401, {"message": "401 Unauthorized"})
    assert answer.headers["WWW-Authenticate"].startswith("Basic ")


def test_the_version_is_told(front_end: Served) -> None:
    assert set(get(front_end, "/version").json()) == {"version", "revision"}


@pytest.mark.parametrize("target", ["", "/", "/nothing", "/projects/1/nothing", "/projects/1/packages/generic/a/1"])
@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "BREW"])
def test_an_unknown_route_is_not_found(front_end: Served, target: str, method: str) -> None:
    answer = front_end.send(method, f"/api/v4{target}", token="")
    assert (answer.status, answer.json()) == (404, {"error": "404 Not Found"})


@pytest.mark.parametrize(
    ("method", "target", "allowed"),
    [
        ("DELETE", "/user", "GET, HEAD"),
        ("PUT", "/groups", "GET, HEAD, POST"),
        ("PATCH", "/projects/1", "DELETE, GET, HEAD, PUT"),
    ],
)
def test_a_method_that_a_route_lacks_is_not_allowed(front_end: Served, method: str, target: str, allowed: str) -> None:
    answer = front_end.send(method, f"/api/v4{target}")
    assert (answer.status, answer.headers["Allow"]) == (405, allowed)


@pytest.mark.parametrize(
    "target", ["/api/v4/user", "/api/v4/version", "PROJECT", "/-/liveness", "/-/readiness", "/-/metrics"]
)
def test_head_is_get_without_a_body(front_end: Served, project: dict[str, object], target: str) -> None:
    target = target.replace("PROJECT", f"/api/v4/projects/{project['id']}")
    fetched, asked = front_end.send("GET", target), front_end.send("HEAD", target)
    assert (asked.status, asked.body) == (200, b"")
    assert asked.headers["Content-Type"] == fetched.headers["Content-Type"]
    assert int(asked.headers["Content-Length"]) > 0


@pytest.mark.parametrize("name", ["%00", "%ff"])
def test_text_that_is_malformed_is_refused(front_end: Served, name: str) -> None:
    assert get(front_end, f"/projects/{name}").status == 400


@pytest.mark.parametrize("text", ["\\u0000", "\\ud800"])
def test_text_that_is_malformed_names_nothing(front_end: Served, text: str) -> None:
    body = '{"name": "a' + text + '", "path": "malformed"}'
    answer = front_end.send("POST", "/api/v4/groups", body.encode(), {"Content-Type": "application/json"})
    assert (answer.status, answer.json()) == (400, {"error": "The request has invalid or malformed text"})


def test_a_body_that_is_too_large_is_refused(front_end: Served) -> None:
    assert front_end.send("POST", "/api/v4/groups", bytes(2_000_000)).status == 413


def test_a_request_id_is_taken_over_or_made(front_end: Served) -> None:
    given = front_end.send("GET", "/api/v4/user", headers={"X-Request-Id": "my-id"}).headers["X-Request-Id"]
    made = front_end.send("GET", "/api/v4/user", headers={"X-Request-Id": "not well formed"}).headers["X-Request-Id"]
    assert given == "my-id"
    assert re.fullmatch(r"[0-9a-f]{32}", made)
