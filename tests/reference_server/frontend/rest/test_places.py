"""Groups and projects, created, listed, shown, changed and deleted."""

from urllib.parse import quote

import pytest

from tests.support.front_end import Served
from tests.support.rest_packages import PackageProject, names
from tests.support.rest_users import Person, new_person


@pytest.fixture
def person(front_end: Served, project: PackageProject) -> Person:
    made = new_person(front_end)
    front_end.post(f"/groups/{project.group}/members", {"user_id": made.id, "access_level": 30})
    return made


def test_a_group_has_gitlabs_shape(front_end: Served, project: PackageProject) -> None:
    shown = front_end.get(f"/groups/{project.group}").json()
    assert front_end.get(f"/groups/{shown['id']}").json() == shown
    assert (shown["name"], shown["path"], shown["full_path"]) == ("Packages", project.group, project.group)
    assert (shown["full_name"], shown["visibility"], shown["parent_id"]) == (project.group, "public", None)
    assert shown["web_url"] == f"http://127.0.0.1:{front_end.port}/groups/{project.group}"
    assert front_end.get("/groups/no%2Fsuch").json() == {"message": "404 Group Not Found"}


def test_a_project_has_gitlabs_shape(front_end: Served, project: PackageProject) -> None:
    group = front_end.get(f"/groups/{project.group}").json()
    answer = front_end.post("/projects", {"name": "My Project", "namespace_id": group["id"], "visibility": "private"})
    shown = answer.json()
    assert (answer.status, shown["name"], shown["path"]) == (201, "My Project", "my-project")
    assert shown["path_with_namespace"] == f"{project.group}/my-project"
    namespace = shown["namespace"]
    assert (namespace["id"], namespace["kind"], namespace["full_path"]) == (group["id"], "group", project.group)


def test_projects_and_groups_are_marked_and_then_removed(front_end: Served, project: PackageProject) -> None:
    accepted = (202, {"message": "202 Accepted"})
    group = front_end.get(f"/groups/{project.group}").json()
    for target, path in ((f"/projects/{project.id}", "path_with_namespace"), (f"/groups/{group['id']}", "full_path")):
        assert front_end.delete(target).status_and_json == accepted
        marked = front_end.get(target).json()
        assert marked["marked_for_deletion_on"] is not None
        removed = front_end.delete(f"{target}?permanently_remove=true&full_path={marked[path]}")
        assert removed.status_and_json == accepted
        assert front_end.get(target).status == 404


def test_groups_are_listed_and_chosen(front_end: Served, project: PackageProject, person: Person) -> None:
    group = front_end.get(f"/groups/{project.group}").json()
    below = front_end.post("/groups", {"name": "Below", "path": "below", "parent_id": group["id"]}).json()
    assert front_end.get(f"/groups?search={project.group}&top_level_only=true").items() == [group]
    mine = front_end.get("/groups?min_access_level=30", token=person.token).items()
    assert [one["id"] for one in mine] == [below["id"], group["id"]]
    assert front_end.get("/groups?owned=true", token=person.token).items() == []
    assert front_end.get(f"/groups/{project.group}/subgroups").items() == [below]
    assert (below["parent_id"], below["full_path"]) == (group["id"], f"{project.group}/below")


def test_projects_are_listed_and_chosen(front_end: Served, project: PackageProject, person: Person) -> None:
    body = {"name": "Atlas", "namespace_id": front_end.get(f"/groups/{project.group}").json()["id"]}
    front_end.post("/projects", {**body, "visibility": "public"})
    assert names(front_end.get("/projects?membership=true", token=person.token)) == ["Atlas", "Books"]
    ordered = "/projects?membership=true&order_by=name&sort=desc"
    assert names(front_end.get(ordered, token=person.token)) == ["Books", "Atlas"]
    assert names(front_end.get("/projects?membership=true&visibility=public", token=person.token)) == ["Atlas"]
    assert front_end.get("/projects?owned=true", token=person.token).items() == []
    page = front_end.get(f"/groups/{project.group}/projects?per_page=1&page=2")
    assert (names(page), page.headers["X-Total"]) == (["Books"], "2")
    anonymous = front_end.get("/projects?per_page=100", token="").items()
    assert project.path not in [project["path_with_namespace"] for project in anonymous]


def test_a_project_is_changed_by_its_path(front_end: Served, project: PackageProject) -> None:
    target = f"/projects/{quote(project.path, safe='')}"
    changes = {"name": "Folios", "visibility": "public", "package_registry_access_level": "private"}
    changed = front_end.rest("PUT", target, changes)
    assert changed.status == 200
    assert {name: changed.json()[name] for name in changes} == changes
    assert front_end.get(target, token="").json()["name"] == "Folios"
    assert front_end.rest("PUT", target, {"name": "x"}, token=project.token(30)).status == 403


def test_a_disabled_package_registry_has_no_packages(front_end: Served, project: PackageProject) -> None:
    project.publish("one")
    front_end.rest("PUT", f"/projects/{project.id}", {"package_registry_access_level": "disabled"})
    assert front_end.get(f"/projects/{project.id}").json()["packages_enabled"] is False
    assert front_end.get(project.packages).status in {403, 404}


def test_a_package_registry_is_switched_by_its_old_name_too(front_end: Served, project: PackageProject) -> None:
    def level(**settings: object) -> object:
        return front_end.rest("PUT", f"/projects/{project.id}", settings).json()["package_registry_access_level"]

    assert level(packages_enabled=False) == "disabled"
    assert front_end.get(f"{project.packages}/generic/one/1.0/file.txt").status == 403
    assert level(packages_enabled=True) == "enabled"
    assert level(packages_enabled=False, package_registry_access_level="private") == "private"


def test_a_package_registry_for_everyone_is_read_without_a_token(front_end: Served, project: PackageProject) -> None:
    project.publish("one", content=b"content")
    front_end.rest("PUT", f"/projects/{project.id}", {"package_registry_access_level": "public"})
    file = front_end.get(f"{project.packages}/generic/one/1.0/file.txt", token="")
    assert (file.status, file.body) == (200, b"content")
    assert front_end.get(f"/projects/{project.id}", token="").status == 404
