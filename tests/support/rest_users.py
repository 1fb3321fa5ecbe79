"""Users, made as an administrator makes them."""

import itertools
from dataclasses import dataclass

from tests.support.front_end import Served

_numbers = itertools.count(1)


@dataclass(frozen=True, slots=True)
class Person:
    id: int
    username: str
    token: str


def new_person(front_end: Served) -> Person:
    username = f"person-{next(_numbers)}"
    body = {"username": username, "name": username.title(), "email": f"{username}@example.com"}
    user = front_end.post("/users", body).json()
    return Person(user["id"], username, new_token(front_end, user["id"]))


def new_token(front_end: Served, user: int, *scopes: str, expires_at: str | None = None) -> str:
    """Create a personal access token, of scope api unless told otherwise."""
    body = {"name": "token", "scopes": list(scopes or ["api"]), "expires_at": expires_at}
    answer = front_end.post(f"/users/{user}/personal_access_tokens", body)
    assert answer.status == 201, answer.body
    return str(answer.json()["token"])
