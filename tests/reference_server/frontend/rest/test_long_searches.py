"""Lists that are searched for a text that is longer than whatever they hold."""

import json

import pytest

from tests.support.front_end import Served
from tests.support.rest_packages import PackageProject

SEARCHED = [
    ("/users", "search"),
    ("/groups", "search"),
    ("/projects", "search"),
    ("/projects/{project}/members", "query"),
    ("/projects/{project}/packages", "package_name"),
    ("/personal_access_tokens", "search"),
]


@pytest.mark.parametrize(("path", "parameter"), SEARCHED)
def test_a_search_that_nothing_can_match_finds_nothing(
    front_end: Served, shared_project: PackageProject, path: str, parameter: str
) -> None:
    target = f"/api/v4{path.format(project=shared_project.id)}"
    for length in (300, 60_000):
        body = json.dumps({parameter: "x" * length}).encode()
        answer = front_end.send("GET", target, body, {"Content-Type": "application/json"})
        assert (answer.status, answer.items()) == (200, []), length
