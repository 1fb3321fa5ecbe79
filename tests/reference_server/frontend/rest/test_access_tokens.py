"""Access tokens of projects and groups, and personal ones."""

from __future__ import annotations

import pytest

from tests.support.front_end import Served
from tests.support.rest_packages import PackageProject
from tests.support.rest_users import Person, new_person, new_token

KEYS = {
    "id",
    "name",
    "revoked",
    "created_at",
    "description",
    "scopes",
    "user_id",
    "last_used_at",
    "active",
    "expires_at",
}


@pytest.fixture
def person(front_end: Served) -> Person:
    return new_person(front_end)


@pytest.fixture(params=["projects", "groups"])
def tokens(request: pytest.FixtureRequest, shelf: PackageProject) -> str:
    """Return where the access tokens of a project, or of its group, are."""
    return f"/{request.param}/{shelf.id if request.param == 'projects' else shelf.group}/access_tokens"


def test_a_secret_is_told_once(front_end: Served, tokens: str) -> None:
    created = front_end.post(tokens, {"name": "ci", "scopes": ["api"], "access_level": 30, "expires_at": "2099-01-01"})
    shown = created.json()
    assert (created.status, set(shown)) == (201, KEYS | {"access_level", "token"})
    del shown["token"]
    assert front_end.get(f"{tokens}/{shown['id']}").json() == shown
    assert front_end.get(tokens).items() == [shown]


def test_a_token_of_a_place_publishes_there(front_end: Served, shelf: PackageProject, tokens: str) -> None:
    token = front_end.post(tokens, {"name": "ci", "scopes": ["api"], "access_level": 30}).json()["token"]
    target = f"/api/v4{shelf.packages}/generic/a/1/b"
    assert front_end.send("PUT", target, b"x", token=str(token)).status == 201


def test_a_revoked_token_is_listed_as_inactive_and_works_no_more(front_end: Served, tokens: str) -> None:
    created = front_end.post(tokens, {"name": "ci", "scopes": ["api"]}).json()
    revoked = front_end.delete(f"{tokens}/{created['id']}")
    assert (revoked.status, revoked.body) == (204, b"")
    answer = front_end.get("/user", token=str(created["token"]))
    assert (answer.status, answer.json()["error"]) == (401, "invalid_token")
    (shown,) = front_end.get(f"{tokens}?state=inactive").items()
    assert (shown["revoked"], shown["active"]) == (True, False)
    assert front_end.get(f"{tokens}?state=active").items() == []
    assert front_end.delete(f"{tokens}/{created['id']}").status == 404


def test_tokens_come_in_pages_and_by_name(front_end: Served, tokens: str) -> None:
    for name in ("first", "second"):
        front_end.post(tokens, {"name": name, "scopes": ["api"]})
    answer = front_end.get(f"{tokens}?per_page=1&page=2")
    assert ([token["name"] for token in answer.items()], answer.headers["X-Total"]) == (["first"], "2")
    assert [token["name"] for token in front_end.get(f"{tokens}?search=sec").items()] == ["second"]


@pytest.mark.parametrize("token", ["abc", "0", "9" * 30, "999999"])
def test_a_token_that_there_is_not(front_end: Served, tokens: str, token: str) -> None:
    assert front_end.get(f"{tokens}/{token}").status == 404
    assert front_end.delete(f"{tokens}/{token}").status == 404


def test_who_may_not_sees_no_tokens(front_end: Served, shelf: PackageProject, tokens: str) -> None:
    developer = shelf.token(30)
    assert front_end.get(tokens, token=developer).status in {401, 403}
    assert front_end.post(tokens, {"name": "x", "scopes": ["api"]}, token=developer).status == 403
    assert front_end.get(tokens, token="").status == 401


def test_a_personal_token_is_told_once(front_end: Served, person: Person) -> None:
    body = {"name": "mine", "scopes": ["read_api", "read_user"], "expires_at": "2099-01-01"}
    created = front_end.post(f"/users/{person.id}/personal_access_tokens", body)
    shown = created.json()
    assert (created.status, set(shown)) == (201, KEYS | {"token"})
    assert (shown["user_id"], shown["scopes"], shown["expires_at"]) == (
        person.id,
        ["read_api", "read_user"],
        "2099-01-01",
    )
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
    ended = front_end.delete("/personal_access_tokens/self", token=token)
    assert (ended.status, ended.body) == (204, b"")
    assert front_end.get("/personal_access_tokens/self", token=token).status == 401


def test_a_personal_token_is_revoked_by_its_number(front_end: Served, person: Person) -> None:
    token = new_token(front_end, person.id)
    number = front_end.get("/personal_access_tokens/self", token=token).json()["id"]
    assert front_end.delete(f"/personal_access_tokens/{number}", token=new_person(front_end).token).status == 404
    assert front_end.delete(f"/personal_access_tokens/{number}").status == 204
    assert front_end.get("/user", token=token).status == 401


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ({"scopes": ["api"]}, "name is missing"),
        ({"name": "x"}, "scopes is missing"),
        ({"name": "x", "scopes": ["odd"]}, "scopes does not have a valid value"),
        ({"name": "x", "scopes": ["api"], "expires_at": "2001-01-01"}, "expires_at is invalid"),
    ],
)
def test_a_wrong_personal_token_is_refused(
    front_end: Served, person: Person, body: dict[str, object], error: str
) -> None:
    answer = front_end.post(f"/users/{person.id}/personal_access_tokens", body)
    assert (answer.status, answer.json()) == (400, {"error": error})


def test_only_administrators_make_personal_tokens(front_end: Served, person: Person) -> None:
    body = {"name": "x", "scopes": ["api"]}
    assert front_end.post(f"/users/{person.id}/personal_access_tokens", body, token=person.token).status == 403
    assert front_end.post("/users/abc/personal_access_tokens", body).status == 400
    assert front_end.post("/users/999999/personal_access_tokens", body).status == 404
