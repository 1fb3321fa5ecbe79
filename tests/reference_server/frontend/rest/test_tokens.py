"""Access tokens of projects, groups and users, and deploy tokens."""

import re
from datetime import UTC, datetime

import pytest

from tests.support.front_end import Served
from tests.support.rest_packages import PackageProject
from tests.support.rest_users import Person, new_person, new_token

KEYS = {"id", "name", "revoked", "created_at", "description", "scopes", "user_id", "last_used_at", "active"}
KEYS |= {"expires_at"}
BOTH = ["read_package_registry", "write_package_registry"]
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@pytest.fixture(params=["projects", "groups"])
def place(request: pytest.FixtureRequest, project: PackageProject) -> str:
    return f"/{request.param}/{project.id if request.param == 'projects' else project.group}"


@pytest.fixture
def access_tokens(place: str) -> str:
    return f"{place}/access_tokens"


@pytest.fixture
def deploy_tokens(place: str) -> str:
    return f"{place}/deploy_tokens"


@pytest.fixture(params=["access_tokens", "deploy_tokens"])
def tokens(request: pytest.FixtureRequest, place: str) -> str:
    return f"{place}/{request.param}"


def scopes_for(tokens: str) -> list[str]:
    return ["api"] if tokens.endswith("access_tokens") else BOTH


def test_the_secret_of_an_access_token_is_told_once(front_end: Served, access_tokens: str) -> None:
    body = {"name": "ci", "scopes": ["api"], "access_level": 30, "expires_at": "2099-01-01"}
    created = front_end.post(access_tokens, body)
    shown = created.json()
    assert (created.status, set(shown)) == (201, KEYS | {"access_level", "token"})
    assert {name: shown[name] for name in body} == body
    assert (shown["revoked"], shown["active"]) == (False, True)
    token = str(shown.pop("token"))
    assert re.fullmatch(r"glpat-[A-Za-z0-9_.-]{20,}", token)
    assert front_end.get(f"{access_tokens}/{shown['id']}").json() == shown
    assert front_end.get(access_tokens).items() == [shown]
    assert front_end.get("/user", token=token).json()["id"] == shown["user_id"]


def test_the_secret_of_a_deploy_token_is_told_once(front_end: Served, deploy_tokens: str) -> None:
    form = b"name=d&scopes[]=read_package_registry&scopes[]=write_package_registry&expires_at=2099-01-01"
    created = front_end.send("POST", f"/api/v4{deploy_tokens}", form, FORM)
    shown = created.json()
    assert created.status == 201
    assert str(shown.pop("token")).startswith("gldt-")
    assert shown == {
        "id": shown["id"],
        "name": "d",
        "username": f"gitlab+deploy-token-{shown['id']}",
        "expires_at": "2099-01-01T00:00:00.000Z",
        "scopes": BOTH,
        "revoked": False,
        "expired": False,
    }
    assert front_end.get(f"{deploy_tokens}/{shown['id']}").json() == shown
    assert front_end.get(deploy_tokens).items() == [shown]
    assert shown in front_end.get("/deploy_tokens?per_page=100").items()


def test_a_revoked_access_token_is_listed_as_inactive_and_works_no_more(front_end: Served, access_tokens: str) -> None:
    created = front_end.post(access_tokens, {"name": "ci", "scopes": ["api"]}).json()
    revoked = front_end.delete(f"{access_tokens}/{created['id']}")
    assert (revoked.status, revoked.body) == (204, b"")
    answer = front_end.get("/user", token=str(created["token"]))
    assert (answer.status, answer.json()["error"]) == (401, "invalid_token")
    (shown,) = front_end.get(f"{access_tokens}?state=inactive").items()
    assert (shown["revoked"], shown["active"]) == (True, False)
    assert front_end.get(f"{access_tokens}?state=active").items() == []
    assert front_end.delete(f"{access_tokens}/{created['id']}").status == 404


def test_a_deleted_deploy_token_works_no_more(front_end: Served, project: PackageProject, deploy_tokens: str) -> None:
    created = front_end.post(deploy_tokens, {"name": "d", "scopes": BOTH, "username": "someone"}).json()
    target, header = f"/api/v4{project.packages}/generic/a/1/b", {"DEPLOY-TOKEN": str(created["token"])}
    assert front_end.send("PUT", target, b"x", header, token="").status == 201
    assert front_end.delete(f"{deploy_tokens}/{created['id']}").status_and_body == (204, b"")
    assert front_end.send("PUT", target, b"x", header, token="").status == 401
    assert front_end.get(deploy_tokens).items() == []
    assert front_end.get(f"{deploy_tokens}/{created['id']}").status == 404


def test_tokens_come_in_pages(front_end: Served, tokens: str) -> None:
    for name in ("first", "second"):
        front_end.post(tokens, {"name": name, "scopes": scopes_for(tokens)})
    answer = front_end.get(f"{tokens}?active=true&per_page=1&page=2")
    assert ([token["name"] for token in answer.items()], answer.headers["X-Total"]) == (["first"], "2")


def test_access_tokens_are_found_by_name(front_end: Served, access_tokens: str) -> None:
    for name in ("first", "second"):
        front_end.post(access_tokens, {"name": name, "scopes": ["api"]})
    assert [token["name"] for token in front_end.get(f"{access_tokens}?search=sec").items()] == ["second"]


@pytest.mark.parametrize("token", ["abc", "0", "9" * 30, "999999"])
def test_a_token_that_there_is_not(front_end: Served, tokens: str, token: str) -> None:
    assert front_end.get(f"{tokens}/{token}").status == 404
    assert front_end.delete(f"{tokens}/{token}").status == 404


def test_who_may_not_sees_no_tokens(front_end: Served, project: PackageProject, tokens: str) -> None:
    developer = project.token(30)
    assert front_end.get(tokens, token=developer).status in {401, 403}
    assert front_end.post(tokens, {"name": "x", "scopes": scopes_for(tokens)}, token=developer).status == 403
    assert front_end.get(tokens, token="").status == 401
    assert front_end.get("/deploy_tokens", token=developer).status == 403


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"name": None}, "name is missing"),
        ({"scopes": None}, "scopes is missing"),
        ({"scopes": ["odd"]}, "scopes does not have a valid value"),
        ({"scopes": 1}, "scopes is invalid"),
        *(
            ({"expires_at": day}, "expires_at is invalid")
            for day in ("soon", "2001-01-01", "0001-01-01", "10000-01-01", "2026-02-30")
        ),
    ],
)
def test_a_wrong_token_is_refused(front_end: Served, tokens: str, changes: dict[str, object], error: str) -> None:
    answer = front_end.post(tokens, {"name": "t", "scopes": scopes_for(tokens), **changes})
    assert (answer.status, answer.json()) == (400, {"error": error})


def test_a_token_that_ends_today_is_shown_as_over(front_end: Served, place: str) -> None:
    over = {"name": "t", "expires_at": datetime.now(UTC).date().isoformat()}
    access = front_end.post(f"{place}/access_tokens", {**over, "scopes": ["api"]})
    deploy = front_end.post(f"{place}/deploy_tokens", {**over, "scopes": BOTH})
    assert (access.json()["active"], deploy.json()["expired"]) == (False, True)


def test_the_secret_of_a_personal_token_is_told_once(front_end: Served, person: Person) -> None:
    body = {"name": "mine", "scopes": ["read_api", "read_user"], "expires_at": "2099-01-01"}
    created = front_end.post(f"/users/{person.id}/personal_access_tokens", body)
    shown = created.json()
    assert (created.status, set(shown)) == (201, KEYS | {"token"})
    assert {name: shown[name] for name in (*body, "user_id")} == {**body, "user_id": person.id}
    del shown["token"]
    assert front_end.get(f"/personal_access_tokens/{shown['id']}").json() == shown


def test_a_user_sees_its_own_tokens_and_an_administrator_all(front_end: Served, person: Person) -> None:
    other = new_person(front_end)
    mine = front_end.get("/personal_access_tokens", token=person.token).items()
    assert {token["user_id"] for token in mine} == {person.id}
    theirs = front_end.get(f"/personal_access_tokens?user_id={other.id}").items()
    assert {token["user_id"] for token in theirs} == {other.id}
    assert front_end.get(f"/personal_access_tokens?user_id={other.id}", token=person.token).status == 401


def test_a_token_shows_and_ends_itself(front_end: Served, person: Person) -> None:
    token = new_token(front_end, person.id, "read_user")
    shown = front_end.get("/personal_access_tokens/self", token=token)
    assert (shown.status, shown.json()["scopes"], shown.json()["active"]) == (200, ["read_user"], True)
    assert front_end.delete("/personal_access_tokens/self", token=token).status_and_body == (204, b"")
    assert front_end.get("/personal_access_tokens/self", token=token).status == 401


def test_a_personal_token_is_revoked_by_its_number(front_end: Served, person: Person) -> None:
    token = new_token(front_end, person.id)
    number = front_end.get("/personal_access_tokens/self", token=token).json()["id"]
    assert front_end.delete(f"/personal_access_tokens/{number}", token=new_person(front_end).token).status == 404
    assert front_end.delete(f"/personal_access_tokens/{number}").status == 204
    assert front_end.get("/user", token=token).status == 401
