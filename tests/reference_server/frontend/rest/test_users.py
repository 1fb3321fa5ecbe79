"""Users."""

import pytest

from tests.support.front_end import Served
from tests.support.rest_users import Person, new_person


def test_a_user_has_gitlabs_shape(front_end: Served) -> None:
    body = {
        "username": "jane",
        "name": "Jane Doe",
        "email": "jane@example.com",
        "password": "x",
        "reset_password": True,
    }
    answer = front_end.post("/users", body)
    shown = answer.json()
    assert answer.status == 201
    assert str(shown.pop("created_at")).endswith("Z")
    assert isinstance(shown.pop("id"), int)
    assert shown == {
        "username": "jane",
        "name": "Jane Doe",
        "email": "jane@example.com",
        "state": "active",
        "locked": False,
        "avatar_url": None,
        "web_url": f"http://127.0.0.1:{front_end.port}/jane",
        "bot": False,
        "is_admin": False,
    }


def test_an_address_is_told_to_administrators_and_its_owner_alone(front_end: Served, person: Person) -> None:
    other = new_person(front_end)
    target = f"/users/{person.id}"
    assert "email" in front_end.get(target).json()
    assert "email" in front_end.get(target, token=person.token).json()
    assert "email" not in front_end.get(target, token=other.token).json()


def test_users_are_listed_and_chosen(front_end: Served, person: Person) -> None:
    answer = front_end.get("/users?per_page=1")
    assert [user["id"] for user in answer.items()] == [person.id]
    assert int(answer.headers["X-Total"]) > 1
    for query in (f"username={person.username.upper()}", f"search={person.username}"):
        assert person.id in [user["id"] for user in front_end.get(f"/users?{query}").items()]
    assert front_end.get("/users?username=nobody").items() == []


def test_a_blocked_user_stays_out_until_unblocked(front_end: Served, person: Person) -> None:
    assert front_end.post(f"/users/{person.id}/block", {}).status_and_body == (201, b"true")
    assert front_end.get(f"/users/{person.id}").json()["state"] == "blocked"
    assert [user["id"] for user in front_end.get("/users?blocked=true").items()] == [person.id]
    assert front_end.get("/user", token=person.token).status == 403
    front_end.post(f"/users/{person.id}/unblock", {})
    assert front_end.get("/user", token=person.token).status == 200


def test_a_user_is_changed_and_deleted(front_end: Served, person: Person) -> None:
    target = f"/users/{person.id}"
    changed = front_end.rest("PUT", target, {"name": "Other", "admin": True})
    assert (changed.status, changed.json()["name"], changed.json()["is_admin"]) == (200, "Other", True)
    assert front_end.delete(target).status_and_body == (204, b"")
    assert (front_end.get(target).status, front_end.get(target).json()) == (404, {"message": "404 User Not Found"})
    assert front_end.get("/user", token=person.token).status == 401


@pytest.mark.parametrize("taken", ["username", "email"])
def test_what_another_user_has_is_refused(front_end: Served, person: Person, taken: str) -> None:
    body = {"username": "somebody", "name": "x", "email": "somebody@example.com"}
    body[taken] = {"username": person.username, "email": f"{person.username}@example.com"}[taken]
    answer = front_end.post("/users", body)
    assert (answer.status, answer.json()) == (409, {"message": f"{taken.title()} has already been taken"})


@pytest.mark.parametrize(("number", "status"), [("abc", 400), ("0", 404), ("9" * 30, 404)])
@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_a_user_that_there_is_not(front_end: Served, method: str, number: str, status: int) -> None:
    assert front_end.rest(method, f"/users/{number}", {}).status == status


def test_the_caller_is_shown(front_end: Served) -> None:
    shown = front_end.get("/user").json()
    assert (shown["username"], shown["is_admin"], shown["bot"]) == ("root", True, False)


def test_the_version_is_told(front_end: Served) -> None:
    assert set(front_end.get("/version").json()) == {"version", "revision"}
