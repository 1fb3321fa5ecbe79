"""Groups and projects, listed, shown and changed."""

from __future__ import annotations

from urllib.parse import quote

import pytest

from tests.support.front_end import Served
from tests.support.rest_packages import PackageProject, names
from tests.support.rest_users import Person, new_person


@pytest.fixture
def person(front_end: Served, shelf: PackageProject) -> Person:
    """Create a user that is a developer of the shelf's group."""
    made = new_person(front_end)
    front_end.post(f"/groups/{shelf.group}/members", {"user_id": made.id, "access_level": 30})
    return made


def test_a_group_is_shown_as_it_was_created(front_end: Served, shelf: PackageProject) -> None:
    shown = front_end.get(f"/groups/{shelf.group}").json()
    assert front_end.get(f"/groups/{shown['id']}").json() == shown
    assert (shown["name"], shown["full_name"], shown["visibility"]) == ("Shelf", shelf.group, "public")
    assert front_end.get("/groups/no%2Fsuch").json() == {"message": "404 Group Not Found"}


def test_groups_are_listed_and_chosen(front_end: Served, shelf: PackageProject, person: Person) -> None:
    group = front_end.get(f"/groups/{shelf.group}").json()
    below = front_end.post("/groups", {"name": "Below", "path": "below", "parent_id": group["id"]}).json()
    assert front_end.get(f"/groups?search={shelf.group}&top_level_only=true").items() == [group]
    mine = front_end.get("/groups?min_access_level=30", token=person.token).items()
    assert [one["id"] for one in mine] == [below["id"], group["id"]]
    assert front_end.get("/groups?owned=true", token=person.token).items() == []
    assert front_end.get(f"/groups/{shelf.group}/subgroups").items() == [below]


def test_projects_are_listed_and_chosen(front_end: Served, shelf: PackageProject, person: Person) -> None:
    body = {"name": "Atlas", "namespace_id": front_end.get(f"/groups/{shelf.group}").json()["id"]}
    front_end.post("/projects", {**body, "visibility": "public"})
    assert names(front_end.get("/projects?membership=true", token=person.token)) == ["Atlas", "Books"]
    ordered = "/projects?membership=true&order_by=name&sort=desc"
    assert names(front_end.get(ordered, token=person.token)) == ["Books", "Atlas"]
    assert names(front_end.get("/projects?membership=true&visibility=public", token=person.token)) == ["Atlas"]
    assert front_end.get("/projects?owned=true", token=person.token).items() == []
    page = front_end.get(f"/groups/{shelf.group}/projects?per_page=1&page=2")
    assert (names(page), page.headers["X-Total"]) == (["Books"], "2")
    anonymous = front_end.get("/projects?per_page=100", token="").items()
    assert shelf.path not in [project["path_with_namespace"] for project in anonymous]


def test_a_project_is_changed_by_its_path(front_end: Served, shelf: PackageProject) -> None:
    target = f"/projects/{quote(shelf.path, safe='')}"
    changes = {"name": "Folios", "visibility": "public", "package_registry_access_level": "private"}
    changed = front_end.rest("PUT", target, changes)
    assert changed.status == 200
    assert {name: changed.json()[name] for name in changes} == changes
    assert front_end.get(target, token="").json()["name"] == "Folios"
    assert front_end.rest("PUT", target, {"name": "x"}, token=shelf.token(30)).status == 403


def test_a_disabled_package_registry_has_no_packages(front_end: Served, shelf: PackageProject) -> None:
    shelf.publish("one")
    front_end.rest("PUT", f"/projects/{shelf.id}", {"package_registry_access_level": "disabled"})
    assert front_end.get(f"/projects/{shelf.id}").json()["packages_enabled"] is False
    assert front_end.get(shelf.packages).status in {403, 404}


def test_a_package_registry_for_everyone_is_read_without_a_token(front_end: Served, shelf: PackageProject) -> None:
    shelf.publish("one", content=b"content")
    front_end.rest("PUT", f"/projects/{shelf.id}", {"package_registry_access_level": "public"})
    file = front_end.get(f"{shelf.packages}/generic/one/1.0/file.txt", token="")
    assert (file.status, file.body) == (200, b"content")
    assert front_end.get(f"/projects/{shelf.id}", token="").status == 404


@pytest.mark.parametrize(
    ("method", "target", "body", "error"),
    [
        ("GET", "/projects?order_by=size", None, "order_by does not have a valid value"),
        ("GET", "/projects?sort=up", None, "sort does not have a valid value"),
        ("GET", "/projects?visibility=odd", None, "visibility does not have a valid value"),
        ("GET", "/projects?page=0", None, "page does not have a valid value"),
        ("GET", "/groups?per_page=x", None, "per_page is invalid"),
        ("GET", "/groups?owned=perhaps", None, "owned is invalid"),
        ("POST", "/projects", {"name": "x", "namespace_id": -1}, "namespace_id is invalid"),
    ],
)
def test_a_wrong_parameter_is_named(
    front_end: Served, method: str, target: str, body: dict[str, object] | None, error: str
) -> None:
    answer = front_end.rest(method, target, body)
    assert (answer.status, answer.json()) == (400, {"error": error})
