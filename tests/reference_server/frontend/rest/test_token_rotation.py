"""Rotation, last use and revocation of access tokens over HTTP."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.support.front_end import Served
from tests.support.rest_packages import PackageProject
from tests.support.rest_users import Person, new_person, new_token

SHOWN = {"id", "name", "revoked", "created_at", "description", "scopes", "user_id", "last_used_at", "active"}
SHOWN |= {"expires_at", "token"}


def number_of(front_end: Served, token: str) -> int:
    return int(front_end.get("/personal_access_tokens/self", token=token).json()["id"])


@pytest.mark.parametrize("by_name", [True, False])
def test_a_person_replaces_its_token(front_end: Served, person: Person, by_name: bool) -> None:
    name = "self" if by_name else number_of(front_end, person.token)
    rotated = front_end.rest("POST", f"/personal_access_tokens/{name}/rotate", token=person.token)
    shown = rotated.json()
    assert (rotated.status, set(shown)) == (200, SHOWN)
    assert shown["expires_at"] == (datetime.now(UTC).date() + timedelta(days=7)).isoformat()
    assert (shown["last_used_at"], shown["active"], shown["user_id"]) == (None, True, person.id)
    assert front_end.get("/user", token=person.token).status == 401
    assert front_end.get("/user", token=str(shown["token"])).json()["id"] == person.id


@pytest.mark.parametrize("kind", ["projects", "groups"])
def test_a_place_replaces_its_tokens(front_end: Served, project: PackageProject, kind: str) -> None:
    tokens = f"/{kind}/{project.id if kind == 'projects' else project.group}/access_tokens"
    old = front_end.post(tokens, {"name": "ci", "scopes": ["api"], "access_level": 30}).json()
    rotated = front_end.post(f"{tokens}/{old['id']}/rotate", {"expires_at": "2098-02-03"})
    new = rotated.json()
    assert (rotated.status, set(new)) == (200, SHOWN | {"access_level"})
    assert (new["access_level"], new["expires_at"], new["user_id"]) == (30, "2098-02-03", old["user_id"])
    itself = front_end.rest("POST", f"{tokens}/self/rotate", token=str(new["token"]))
    assert (itself.status, itself.json()["access_level"]) == (200, 30)
    again = front_end.post(f"{tokens}/{old['id']}/rotate", {})
    assert again.status_and_json == (400, {"message": "400 Bad request - Token already revoked"})
    person = new_person(front_end)
    assert front_end.rest("POST", f"{tokens}/self/rotate", token=person.token).status == 405


def test_what_nobody_may_replace_is_refused(front_end: Served, person: Person) -> None:
    foreign = number_of(front_end, new_person(front_end).token)
    for number in (foreign, 10**9, "word"):
        assert front_end.rest("POST", f"/personal_access_tokens/{number}/rotate", token=person.token).status == 401
    assert front_end.rest("POST", f"/personal_access_tokens/{10**9}/rotate").status == 404
    wrong = front_end.post(f"/personal_access_tokens/{foreign}/rotate", {"expires_at": "soon"})
    assert wrong.status_and_json == (400, {"error": "expires_at is invalid"})


def test_a_token_shows_when_it_was_last_used(front_end: Served, person: Person) -> None:
    token = new_token(front_end, person.id)
    listed = front_end.get(f"/personal_access_tokens?user_id={person.id}").items()
    assert listed[0]["last_used_at"] is None
    before = datetime.now(UTC)
    used = front_end.get("/personal_access_tokens/self", token=token).json()["last_used_at"]
    assert abs(datetime.fromisoformat(str(used)) - before) < timedelta(minutes=1)
    shown = front_end.get(f"/personal_access_tokens/{listed[0]['id']}").json()
    assert shown["last_used_at"] == used


def test_a_revoked_token_is_refused_by_every_front_end_at_once(
    front_end: Served, served: Served, project: PackageProject
) -> None:
    """None of them remembers who was let in."""
    tokens = f"/projects/{project.id}/access_tokens"
    target = f"/api/v4{project.packages}/generic/tool/1.0/file"
    for _ in range(5):
        created = front_end.post(tokens, {"name": "ci", "scopes": ["api"], "access_level": 30}).json()
        token = str(created["token"])
        both = (front_end, served)
        assert [one.send("PUT", target, b"content", token=token).status for one in both] == [201, 201]
        assert front_end.delete(f"{tokens}/{created['id']}").status == 204
        assert [one.send("PUT", target, b"content", token=token).status for one in both] == [401, 401]
        assert [one.send("GET", target, token=token).status for one in both] == [401, 401]
