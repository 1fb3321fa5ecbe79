"""Deploy tokens of projects and groups."""

from __future__ import annotations

import pytest

from tests.support.front_end import Served
from tests.support.rest_packages import PackageProject
from tests.support.rest_users import new_person

BOTH = ["read_package_registry", "write_package_registry"]


@pytest.fixture(params=["projects", "groups"])
def tokens(request: pytest.FixtureRequest, shelf: PackageProject) -> str:
    """Return where the deploy tokens of a project, or of its group, are."""
    return f"/{request.param}/{shelf.id if request.param == 'projects' else shelf.group}/deploy_tokens"


def test_a_secret_is_told_once(front_end: Served, tokens: str) -> None:
    created = front_end.post(tokens, {"name": "d", "scopes": BOTH, "expires_at": "2099-01-01T00:00:00Z"})
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
    assert front_end.get(f"{tokens}/{shown['id']}").json() == shown
    assert front_end.get(tokens).items() == [shown]
    assert shown in front_end.get("/deploy_tokens?per_page=100").items()


def test_a_deleted_token_works_no_more(front_end: Served, shelf: PackageProject, tokens: str) -> None:
    created = front_end.post(tokens, {"name": "d", "scopes": BOTH, "username": "someone"}).json()
    target, header = f"/api/v4{shelf.packages}/generic/a/1/b", {"DEPLOY-TOKEN": str(created["token"])}
    assert front_end.send("PUT", target, b"x", header, token="").status == 201
    deleted = front_end.delete(f"{tokens}/{created['id']}")
    assert (deleted.status, deleted.body) == (204, b"")
    assert front_end.send("PUT", target, b"x", header, token="").status == 401
    assert front_end.get(tokens).items() == []
    assert front_end.get(f"{tokens}/{created['id']}").status == 404


def test_tokens_come_in_pages(front_end: Served, tokens: str) -> None:
    for name in ("first", "second"):
        front_end.post(tokens, {"name": name, "scopes": BOTH})
    answer = front_end.get(f"{tokens}?active=true&per_page=1&page=2")
    assert ([token["name"] for token in answer.items()], answer.headers["X-Total"]) == (["first"], "2")


def test_who_may_not_sees_no_tokens(front_end: Served, shelf: PackageProject, tokens: str) -> None:
    developer = shelf.token(30)
    assert front_end.get(tokens, token=developer).status == 403
    assert front_end.post(tokens, {"name": "x", "scopes": BOTH}, token=developer).status == 403
    assert front_end.get("/deploy_tokens", token=new_person(front_end).token).status == 403


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ({"scopes": BOTH}, "name is missing"),
        ({"name": "x"}, "scopes is missing"),
        ({"name": "x", "scopes": ["api"]}, "scopes does not have a valid value"),
        ({"name": "x", "scopes": BOTH, "expires_at": "soon"}, "expires_at is invalid"),
    ],
)
def test_a_wrong_token_is_refused(front_end: Served, tokens: str, body: dict[str, object], error: str) -> None:
    answer = front_end.post(tokens, body)
    assert (answer.status, answer.json()) == (400, {"error": error})
