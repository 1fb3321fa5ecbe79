"""Which projects' job tokens a project lets in."""

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
