"""Packages of projects and groups, listed, shown and deleted."""

import re
from urllib.parse import quote

import pytest

from tests.support.front_end import Served
from tests.support.rest_packages import PackageProject, names, new_project

INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")


def test_a_package_has_gitlabs_shape(front_end: Served, project: PackageProject) -> None:
    published = project.publish("my_package")
    (shown,) = project.listed()
    assert INSTANT.fullmatch(str(shown.pop("created_at")))
    number = published["package_id"]
    assert shown == {
        "id": number,
        "name": "my_package",
        "version": "1.0",
        "package_type": "generic",
        "status": "default",
        "_links": {
            "web_path": f"/{project.path}/-/packages/{number}",
            "delete_api_path": f"http://127.0.0.1:{front_end.port}/api/v4/projects/{project.id}/packages/{number}",
        },
        "last_downloaded_at": None,
        "tags": [],
    }


def test_a_package_is_shown_as_it_is_listed(front_end: Served, project: PackageProject) -> None:
    number = project.publish("one")["package_id"]
    shown = front_end.get(f"/projects/{quote(project.path, safe='')}/packages/{number}")
    assert (shown.status, shown.json()) == (200, project.listed()[0])


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", ["zebra", "apple", "Apple-pie"]),
        ("package_name=apple", ["apple", "Apple-pie"]),
        ("package_name=nothing", []),
        ("package_version=2.0", ["Apple-pie"]),
        ("package_type=generic", ["zebra", "apple", "Apple-pie"]),
        ("package_type=npm", []),
        ("order_by=name", ["Apple-pie", "apple", "zebra"]),
        ("order_by=version&sort=desc", ["Apple-pie", "apple", "zebra"]),
        ("order_by=created_at&sort=desc", ["Apple-pie", "apple", "zebra"]),
        ("order_by=type", ["zebra", "apple", "Apple-pie"]),
        ("status=hidden", ["secret"]),
        ("status=default", ["zebra", "apple", "Apple-pie"]),
        ("include_versionless=true&unknown=x", ["zebra", "apple", "Apple-pie"]),
    ],
)
def test_lists_are_filtered_and_ordered(project: PackageProject, query: str, expected: list[str]) -> None:
    project.publish("zebra")
    project.publish("apple", "1.5")
    project.publish("Apple-pie", "2.0")
    project.publish("secret", query="&status=hidden")
    assert [package["name"] for package in project.listed(query)] == expected


def test_pages_are_counted(front_end: Served, project: PackageProject) -> None:
    for number in range(5):
        project.publish(f"p{number}")
    answer = front_end.get(f"{project.packages}?per_page=2&page=2")
    assert names(answer) == ["p2", "p3"]
    told = {name: answer.headers[f"X-{name}"] for name in ("Total", "Total-Pages", "Page", "Per-Page")}
    assert told == {"Total": "5", "Total-Pages": "3", "Page": "2", "Per-Page": "2"}
    assert (answer.headers["X-Prev-Page"], answer.headers["X-Next-Page"]) == ("1", "3")
    assert answer.headers["Link"].count(f"<http://127.0.0.1:{front_end.port}/api/v4{project.packages}?page=") == 4


def test_pages_by_keyset_are_stable_while_packages_come_and_go(front_end: Served, project: PackageProject) -> None:
    numbers = [project.publish(f"p{number}")["package_id"] for number in range(4)]
    first = front_end.get(f"{project.packages}?pagination=keyset&per_page=2&order_by=name")
    assert "X-Total" not in first.headers
    front_end.delete(f"{project.packages}/{numbers[0]}")
    project.publish("p0a")
    following = re.fullmatch(r'<http://[^/]+/api/v4([^>]+)>; rel="next"', first.headers["Link"])
    assert following is not None
    second = front_end.get(following[1])
    assert (names(first), names(second)) == (["p0", "p1"], ["p2", "p3"])
    assert second.headers["Link"] is None


def test_wrong_parameters_are_told_to_whoever_may_ask(
    front_end: Served, project: PackageProject, public_project: PackageProject
) -> None:
    assert front_end.get(f"{public_project.packages}?page=x", token="").status == 400
    assert front_end.get(f"{project.packages}?page=x", token="glpat-wrong").status == 401
    deploying = front_end.post(
        f"/projects/{project.id}/deploy_tokens", {"name": "d", "scopes": ["read_package_registry"]}
    ).json()["token"]
    header = {"DEPLOY-TOKEN": str(deploying)}
    assert front_end.send("GET", f"/api/v4{project.packages}?page=x", headers=header, token="").status == 400


@pytest.mark.parametrize("target", ["", "/1", "/1/package_files", "/1/pipelines"])
def test_strangers_do_not_learn_of_private_packages(
    front_end: Served, project: PackageProject, stranger_token: str, target: str
) -> None:
    for token in ("", stranger_token):
        answer = front_end.get(f"{project.packages}{target}", token=token)
        assert (answer.status, answer.json()) == (404, {"message": "404 Project Not Found"})


def test_anyone_sees_public_packages_and_no_way_to_delete_them(
    public_project: PackageProject, stranger_token: str
) -> None:
    public_project.publish("one")
    for token in ("", stranger_token):
        (shown,) = public_project.listed(token=token)
        assert set(shown["_links"]) == {"web_path"}


@pytest.mark.parametrize(("level", "status"), [(10, 403), (20, 403), (30, 403), (40, 204), (50, 204)])
def test_maintainers_delete_packages(front_end: Served, project: PackageProject, level: int, status: int) -> None:
    number = project.publish("one")["package_id"]
    token = project.token(level)
    links = project.listed(token=token)[0]["_links"]
    assert ("delete_api_path" in links) == (status == 204)
    assert front_end.delete(f"{project.packages}/{number}", token=token).status == status
    assert len(project.listed()) == (0 if status == 204 else 1)


@pytest.mark.parametrize("method", ["GET", "DELETE"])
def test_a_package_of_another_project_is_not_found(front_end: Served, project: PackageProject, method: str) -> None:
    number = new_project(front_end).publish("one")["package_id"]
    assert front_end.rest(method, f"{project.packages}/{number}").status_and_json == (404, {"message": "404 Not Found"})


@pytest.mark.parametrize(
    ("number", "status"), [("0", 404), ("999999999", 404), ("9" * 40, 404), ("-1", 404), ("abc", 400), ("1.5", 400)]
)
def test_what_is_no_number_of_a_package_is_refused(
    front_end: Served, project: PackageProject, number: str, status: int
) -> None:
    assert front_end.get(f"{project.packages}/{number}").status == status
    assert front_end.get(f"{project.packages}/{number}/package_files").status == status


def test_a_group_lists_what_its_projects_hold(front_end: Served) -> None:
    upper = new_project(front_end)
    group = front_end.get(f"/projects/{upper.id}").json()["namespace"]
    below = front_end.post("/groups", {"name": "Below", "path": "below", "parent_id": group["id"]}).json()
    project = front_end.post("/projects", {"name": "Deep", "namespace_id": below["id"]}).json()
    deep = PackageProject(front_end, project["id"], f"{upper.group}/below/deep", upper.group)
    upper.publish("shallow")
    deep.publish("deep")
    whole = front_end.get(f"/groups/{upper.group}/packages?order_by=project_path").items()
    assert [(one["name"], one["project_id"], one["project_path"]) for one in whole] == [
        ("shallow", upper.id, upper.path),
        ("deep", deep.id, deep.path),
    ]
    assert names(front_end.get(f"/groups/{group['id']}/packages?exclude_subgroups=true")) == ["shallow"]
