"""Which projects' job tokens a project lets in."""

import pytest

from tests.support.front_end import Served
from tests.support.rest_jobs import run_job
from tests.support.rest_packages import PackageProject, new_project


def test_another_projects_job_is_let_in_when_it_is_on_the_list(front_end: Served, project: PackageProject) -> None:
    other = new_project(front_end)
    job = run_job(front_end, other.id)
    target, header = f"/api/v4{project.packages}", {"JOB-TOKEN": job.token}
    assert front_end.send("GET", target, headers=header, token="").status == 403
    scope = f"/projects/{project.id}/job_token_scope/allowlist"
    added = front_end.post(scope, {"target_project_id": other.id})
    assert (added.status, added.json()) == (201, {"source_project_id": project.id, "target_project_id": other.id})
    assert front_end.send("GET", target, headers=header, token="").status == 200
    assert [project["id"] for project in front_end.get(scope).items()] == [project.id, other.id]
    assert front_end.delete(f"{scope}/{other.id}").status_and_body == (204, b"")
    assert front_end.send("GET", target, headers=header, token="").status == 403


def test_the_list_counts_only_when_it_is_on(front_end: Served, project: PackageProject) -> None:
    job = run_job(front_end, new_project(front_end).id)
    scope = f"/projects/{project.id}/job_token_scope"
    assert front_end.get(scope).json() == {"inbound_enabled": True, "outbound_enabled": False}
    assert front_end.rest("PATCH", scope, {"enabled": False}).status_and_body == (204, b"")
    assert front_end.get(scope).json()["inbound_enabled"] is False
    header = {"JOB-TOKEN": job.token}
    assert front_end.send("GET", f"/api/v4{project.packages}", headers=header, token="").status == 200


@pytest.mark.parametrize(("body", "error"), [({}, "enabled is missing"), ({"enabled": "maybe"}, "enabled is invalid")])
def test_a_wrong_switch_is_refused(
    front_end: Served, project: PackageProject, body: dict[str, object], error: str
) -> None:
    answer = front_end.rest("PATCH", f"/projects/{project.id}/job_token_scope", body)
    assert (answer.status, answer.json()) == (400, {"error": error})


@pytest.mark.parametrize(
    ("body", "status"), [({}, 400), ({"target_project_id": "x"}, 400), ({"target_project_id": 999999}, 404)]
)
def test_a_wrong_project_is_refused(
    front_end: Served, project: PackageProject, body: dict[str, object], status: int
) -> None:
    assert front_end.post(f"/projects/{project.id}/job_token_scope/allowlist", body).status == status


def test_only_maintainers_see_and_change_the_list(front_end: Served, project: PackageProject) -> None:
    developer, scope = project.token(30), f"/projects/{project.id}/job_token_scope"
    assert front_end.get(scope, token=developer).status == 403
    assert front_end.get(f"{scope}/allowlist", token=developer).status == 403
    assert front_end.rest("PATCH", scope, {"enabled": False}, token=developer).status == 403
    assert front_end.delete(f"{scope}/allowlist/999999").status == 404
