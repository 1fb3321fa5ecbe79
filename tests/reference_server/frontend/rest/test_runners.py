"""Runners."""

from __future__ import annotations

import pytest

from tests.support.front_end import Served
from tests.support.rest_packages import PackageProject


def test_a_runners_token_is_told_once(front_end: Served, shelf: PackageProject) -> None:
    body = {"runner_type": "project_type", "project_id": shelf.id, "description": "mine"}
    created = front_end.post("/user/runners", body)
    shown = created.json()
    assert (created.status, set(shown)) == (201, {"id", "token", "token_expires_at"})
    assert str(shown["token"]).startswith("glrt-")
    runner = front_end.get(f"/runners/{shown['id']}").json()
    assert (runner["description"], runner["runner_type"], runner["is_shared"]) == ("mine", "project_type", False)
    assert "token" not in runner
    assert front_end.get(f"/projects/{shelf.id}/runners").items() == [runner]


def test_runners_of_groups_and_of_all(front_end: Served, shelf: PackageProject) -> None:
    group = front_end.get(f"/groups/{shelf.group}").json()["id"]
    own = front_end.post("/user/runners", {"runner_type": "group_type", "group_id": group}).json()["id"]
    shared = front_end.post("/user/runners", {"runner_type": "instance_type"}).json()["id"]
    assert [runner["id"] for runner in front_end.get(f"/groups/{group}/runners").items()] == [own]
    everyone = front_end.get("/runners/all?per_page=2")
    assert [runner["id"] for runner in everyone.items()] == [shared, own]
    assert int(everyone.headers["X-Total"]) >= 2


def test_a_runner_is_deleted(front_end: Served) -> None:
    number = front_end.post("/user/runners", {"runner_type": "instance_type"}).json()["id"]
    deleted = front_end.delete(f"/runners/{number}")
    assert (deleted.status, deleted.body) == (204, b"")
    assert front_end.get(f"/runners/{number}").status == 404


@pytest.mark.parametrize(
    ("body", "status", "text"),
    [
        ({}, 400, "runner_type is missing"),
        ({"runner_type": "odd"}, 400, "runner_type does not have a valid value"),
        ({"runner_type": "project_type"}, 400, "project_id is missing"),
        ({"runner_type": "group_type"}, 400, "group_id is missing"),
        ({"runner_type": "project_type", "project_id": "x"}, 400, "project_id is invalid"),
        ({"runner_type": "project_type", "project_id": 999999}, 404, "404 Project Not Found"),
    ],
)
def test_a_wrong_runner_is_refused(front_end: Served, body: dict[str, object], status: int, text: str) -> None:
    answer = front_end.post("/user/runners", body)
    assert (answer.status, list(answer.json().values())) == (status, [text])


def test_only_those_above_make_runners(front_end: Served, shelf: PackageProject) -> None:
    body = {"runner_type": "project_type", "project_id": shelf.id}
    assert front_end.post("/user/runners", body, token=shelf.token(30)).status == 403
    assert front_end.post("/user/runners", {"runner_type": "instance_type"}, token=shelf.token(50)).status == 403
    assert front_end.get("/runners/all", token=shelf.token(50)).status == 403
    assert front_end.get("/runners/abc").status == 400
