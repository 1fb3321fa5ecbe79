"""Packages and their files over GraphQL."""

import hashlib

import pytest

from tests.support.front_end import Served
from tests.support.graphql_queries import ask
from tests.support.rest_packages import PackageProject, new_project


def nodes(front_end: Served, project: PackageProject, arguments: str, token: str | None = None) -> list[object]:
    query = f'{{ project(fullPath: "{project.path}") {{ packages{arguments} {{ nodes {{ name }} }} }} }}'
    asked = ask(front_end, query, token=token)
    assert asked.messages == []
    return [node["name"] for node in asked.data["project"]["packages"]["nodes"]]


def test_a_package_is_shown_with_its_files(front_end: Served, project: PackageProject) -> None:
    record = project.publish("one", content=b"content")
    query = f"""{{ project(fullPath: "{project.path}") {{ id packages {{ count nodes {{
      id name version packageType status canDestroy
      packageFiles {{ count nodes {{ id fileName size fileSha256 fileMd5 downloadPath }} }} }} }} }} }}"""
    asked = ask(front_end, query)
    assert asked.messages == []
    assert asked.data == {
        "project": {
            "id": f"gid://gitlab/Project/{project.id}",
            "packages": {
                "count": 1,
                "nodes": [
                    {
                        "id": f"gid://gitlab/Packages::Package/{record['package_id']}",
                        "name": "one",
                        "version": "1.0",
                        "packageType": "GENERIC",
                        "status": "DEFAULT",
                        "canDestroy": True,
                        "packageFiles": {
                            "count": 1,
                            "nodes": [
                                {
                                    "id": f"gid://gitlab/Packages::PackageFile/{record['id']}",
                                    "fileName": "file.txt",
                                    "size": "7",
                                    "fileSha256": hashlib.sha256(b"content").hexdigest(),
                                    "fileMd5": None,
                                    "downloadPath": f"/{project.path}/-/package_files/{record['id']}/download",
                                }
                            ],
                        },
                    }
                ],
            },
        }
    }


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ("", ["b", "a"]),
        ("(sort: NAME_ASC)", ["a", "b"]),
        ("(sort: CREATED_ASC)", ["a", "b"]),
        ('(packageName: "A")', ["a"]),
        ('(packageVersion: "9")', []),
        ("(packageType: NPM)", []),
        ("(status: HIDDEN)", ["hidden"]),
        ("(first: 1, sort: NAME_DESC)", ["b"]),
    ],
)
def test_packages_are_filtered_and_ordered(
    front_end: Served, project: PackageProject, arguments: str, expected: list[str]
) -> None:
    project.publish("a")
    project.publish("b")
    project.publish("hidden", query="&status=hidden")
    assert nodes(front_end, project, arguments) == expected


def test_pages_follow_each_other_by_cursor(front_end: Served, project: PackageProject) -> None:
    for name in "abc":
        project.publish(name)
    page = "edges { node { name } } pageInfo { endCursor hasNextPage hasPreviousPage }"
    query = f"""query($path: ID!, $after: String) {{ project(fullPath: $path) {{
      packages(first: 2, after: $after, sort: NAME_ASC) {{ {page} }} }} }}"""
    seen, after = [], None
    for has_next in (True, False):
        asked = ask(front_end, query, path=project.path, after=after)
        connection = asked.data["project"]["packages"]
        assert connection["pageInfo"]["hasNextPage"] is has_next
        assert connection["pageInfo"]["hasPreviousPage"] is (after is not None)
        after = connection["pageInfo"]["endCursor"]
        seen += [edge["node"]["name"] for edge in connection["edges"]]
    assert seen == ["a", "b", "c"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ("(first: 0)", "`first` must be a positive number"),
        ("(first: -1)", "`first` must be a positive number"),
        ('(after: "nonsense")', "`after` is no cursor of this list"),
    ],
)
def test_a_page_that_there_is_not_is_an_error(
    front_end: Served, project: PackageProject, arguments: str, message: str
) -> None:
    query = f'{{ project(fullPath: "{project.path}") {{ packages{arguments} {{ count }} }} }}'
    asked = ask(front_end, query)
    assert (asked.status, asked.messages) == (200, [message])


def test_a_group_lists_what_its_projects_hold(front_end: Served, project: PackageProject) -> None:
    project.publish("one")
    query = f'{{ group(fullPath: "{project.group}") {{ packages(sort: PROJECT_PATH_ASC) {{ nodes {{ name }} }} }} }}'
    assert ask(front_end, query).data == {"group": {"packages": {"nodes": [{"name": "one"}]}}}


def test_strangers_do_not_learn_of_private_projects(
    front_end: Served, project: PackageProject, stranger_token: str
) -> None:
    for token in ("", stranger_token):
        asked = ask(front_end, f'{{ project(fullPath: "{project.path}") {{ name }} }}', token=token)
        assert (asked.data, asked.messages) == ({"project": None}, [])


def test_numbers_name_no_project(front_end: Served, project: PackageProject) -> None:
    assert ask(front_end, f'{{ project(fullPath: "{project.id}") {{ name }} }}').data == {"project": None}


def test_anyone_sees_public_packages_but_may_not_destroy_them(front_end: Served) -> None:
    project = new_project(front_end, "public")
    project.publish("one")
    query = f'{{ project(fullPath: "{project.path}") {{ packages {{ nodes {{ name canDestroy }} }} }} }}'
    expected = {"project": {"packages": {"nodes": [{"name": "one", "canDestroy": False}]}}}
    assert ask(front_end, query, token="").data == expected
