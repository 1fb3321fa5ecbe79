"""Parameters of the REST API that are wrong or missing, and what is said about them."""

import pytest

from tests.support.front_end import Served
from tests.support.rest_packages import PackageProject

NOBODY = 999_999
UNKNOWN = "does not have a valid value"
PROJECT, GROUP = "/projects/{project.id}", "/groups/{project.group}"
ALLOWLIST = f"{PROJECT}/job_token_scope/allowlist"
USER = {"username": "someone", "name": "x", "email": "x@example.com"}
TOKEN = {"name": "x", "scopes": ["api"]}


@pytest.mark.parametrize(
    ("target", "error"),
    [
        (f"{PROJECT}/packages?page=0", f"page {UNKNOWN}"),
        (f"{PROJECT}/packages?page=-1", f"page {UNKNOWN}"),
        (f"{PROJECT}/packages?page=abc", "page is invalid"),
        (f"{PROJECT}/packages?per_page=0", f"per_page {UNKNOWN}"),
        (f"{PROJECT}/packages?per_page=-5", f"per_page {UNKNOWN}"),
        (f"{PROJECT}/packages?per_page=x", "per_page is invalid"),
        (f"{PROJECT}/packages?order_by=size", f"order_by {UNKNOWN}"),
        (f"{PROJECT}/packages?sort=up", f"sort {UNKNOWN}"),
        (f"{PROJECT}/packages?status=odd", f"status {UNKNOWN}"),
        (f"{PROJECT}/packages?package_type=odd", f"package_type {UNKNOWN}"),
        (f"{PROJECT}/packages?pagination=keyset&cursor=nonsense", "cursor is invalid"),
        (f"{PROJECT}/packages/x/package_files/1/download", "package_id is invalid"),
        (f"{PROJECT}/packages/1/package_files/-1/download", "package_file_id is invalid"),
        ("/projects?order_by=size", f"order_by {UNKNOWN}"),
        ("/projects?sort=up", f"sort {UNKNOWN}"),
        ("/projects?visibility=odd", f"visibility {UNKNOWN}"),
        ("/projects?page=0", f"page {UNKNOWN}"),
        ("/groups?per_page=x", "per_page is invalid"),
        ("/groups?owned=perhaps", "owned is invalid"),
        ("/runners/abc", "id is invalid"),
    ],
)
def test_a_wrong_parameter_of_a_query_or_path_is_named(
    front_end: Served, project: PackageProject, target: str, error: str
) -> None:
    assert front_end.get(target.format(project=project)).status_and_json == (400, {"error": error})


@pytest.mark.parametrize(
    ("method", "target", "body", "error"),
    [
        ("POST", "/projects", {"name": "x", "namespace_id": -1}, "namespace_id is invalid"),
        ("POST", "/projects", {"name": "abc", "namespace_id": "abc"}, "namespace_id is invalid"),
        ("POST", "/projects", {"name": "abc"}, "namespace_id is missing"),
        ("POST", "/groups", {"path": "abc"}, "name is missing"),
        ("POST", "/groups", {"name": "abc"}, "path is missing"),
        ("POST", "/groups", {"name": [], "path": {}}, "name is invalid, path is invalid"),
        ("POST", "/groups", {"name": "a", "path": "a", "visibility": "odd"}, f"visibility {UNKNOWN}"),
        ("POST", "/users", {**USER, "username": None}, "username is missing"),
        ("POST", "/users", {**USER, "name": None}, "name is missing"),
        ("POST", "/users", {**USER, "email": None}, "email is missing"),
        ("POST", "/users", {**USER, "username": "a b"}, "username is invalid"),
        ("POST", "/users", {**USER, "email": "x"}, "email is invalid"),
        ("POST", "/users", {**USER, "admin": "maybe"}, "admin is invalid"),
        ("POST", "/users/1/personal_access_tokens", {"scopes": ["api"]}, "name is missing"),
        ("POST", "/users/1/personal_access_tokens", {"name": "x"}, "scopes is missing"),
        ("POST", "/users/1/personal_access_tokens", {**TOKEN, "scopes": ["odd"]}, f"scopes {UNKNOWN}"),
        ("POST", "/users/1/personal_access_tokens", {**TOKEN, "expires_at": "2001-01-01"}, "expires_at is invalid"),
        ("POST", "/users/abc/personal_access_tokens", TOKEN, "user_id is invalid"),
        ("POST", f"{PROJECT}/access_tokens", {**TOKEN, "access_level": 31}, f"access_level {UNKNOWN}"),
        ("POST", f"{GROUP}/access_tokens", {**TOKEN, "access_level": 31}, f"access_level {UNKNOWN}"),
        ("POST", f"{PROJECT}/packages/protection/rules", {}, "package_name_pattern is missing"),
        ("POST", f"{PROJECT}/pipeline", {}, "ref is missing"),
        ("POST", f"{PROJECT}/pipeline", {"ref": ""}, "ref is missing"),
        ("POST", f"{PROJECT}/pipeline", {"ref": []}, "ref is invalid"),
        ("POST", f"{PROJECT}/pipeline", {"ref": "x" * 300}, "ref is invalid"),
        ("POST", "/jobs/request", {}, "token is missing"),
        ("POST", "/jobs/request", {"token": []}, "token is invalid"),
        ("POST", "/user/runners", {}, "runner_type is missing"),
        ("POST", "/user/runners", {"runner_type": "odd"}, f"runner_type {UNKNOWN}"),
        ("POST", "/user/runners", {"runner_type": "project_type"}, "project_id is missing"),
        ("POST", "/user/runners", {"runner_type": "group_type"}, "group_id is missing"),
        ("POST", "/user/runners", {"runner_type": "project_type", "project_id": "x"}, "project_id is invalid"),
        ("PATCH", f"{PROJECT}/job_token_scope", {}, "enabled is missing"),
        ("PATCH", f"{PROJECT}/job_token_scope", {"enabled": "maybe"}, "enabled is invalid"),
        ("POST", ALLOWLIST, {}, "target_project_id is missing"),
        ("POST", ALLOWLIST, {"target_project_id": "x"}, "target_project_id is invalid"),
    ],
)
def test_a_wrong_parameter_of_a_body_is_named(
    front_end: Served, project: PackageProject, method: str, target: str, body: dict[str, object], error: str
) -> None:
    assert front_end.rest(method, target.format(project=project), body).status_and_json == (400, {"error": error})


@pytest.mark.parametrize("place", [PROJECT, GROUP])
@pytest.mark.parametrize(
    ("body", "error"),
    [
        ({"access_level": 30}, "user_id is missing"),
        ({"user_id": "x", "access_level": 30}, "user_id is invalid"),
        ({"user_id": 1}, "access_level is missing"),
        ({"user_id": 1, "access_level": 31}, f"access_level {UNKNOWN}"),
        ({"user_id": 1, "access_level": 2**40}, f"access_level {UNKNOWN}"),
        ({"user_id": 1, "access_level": 30, "expires_at": "soon"}, "expires_at is invalid"),
    ],
)
def test_a_wrong_parameter_of_a_member_is_named(
    front_end: Served, project: PackageProject, place: str, body: dict[str, object], error: str
) -> None:
    answer = front_end.post(f"{place.format(project=project)}/members", body)
    assert answer.status_and_json == (400, {"error": error})


@pytest.mark.parametrize(
    ("target", "body", "status", "text"),
    [
        ("/jobs/request", {"token": "glrt-wrong"}, 403, "403 Forbidden"),
        ("/user/runners", {"runner_type": "project_type", "project_id": NOBODY}, 404, "404 Project Not Found"),
        (f"{PROJECT}/members", {"user_id": NOBODY, "access_level": 30}, 404, "404 User Not Found"),
        (f"{GROUP}/members", {"user_id": NOBODY, "access_level": 30}, 404, "404 User Not Found"),
        (f"/users/{NOBODY}/personal_access_tokens", TOKEN, 404, "404 User Not Found"),
        (ALLOWLIST, {"target_project_id": NOBODY}, 404, "404 Project Not Found"),
    ],
)
def test_a_parameter_that_names_nothing_is_said_so(
    front_end: Served, project: PackageProject, target: str, body: dict[str, object], status: int, text: str
) -> None:
    assert front_end.post(target.format(project=project), body).status_and_json == (status, {"message": text})
