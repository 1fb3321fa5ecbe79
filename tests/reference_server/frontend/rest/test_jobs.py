"""Pipelines and their jobs, and the protocol of runners."""

from __future__ import annotations

import pytest

from tests.support.front_end import Served
from tests.support.rest_jobs import new_runner, run_job
from tests.support.rest_packages import PackageProject, new_project
from tests.support.rest_users import new_person


def test_a_pipeline_begins_with_a_pending_job(front_end: Served, shelf: PackageProject) -> None:
    created = front_end.post(f"/projects/{shelf.id}/pipeline", {"ref": "main"})
    shown = created.json()
    assert created.status == 201
    assert (shown["iid"], shown["project_id"], shown["ref"], shown["status"]) == (1, shelf.id, "main", "pending")
    assert shown["web_url"] == f"http://127.0.0.1:{front_end.port}/{shelf.path}/-/pipelines/{shown['id']}"
    assert front_end.get(f"/projects/{shelf.id}/pipelines/{shown['id']}").json() == shown
    (listed,) = front_end.get(f"/projects/{shelf.id}/pipelines?ref=main&status=pending").items()
    assert listed["id"] == shown["id"]
    (job,) = front_end.get(f"/projects/{shelf.id}/pipelines/{shown['id']}/jobs").items()
    assert (job["status"], job["runner"], job["started_at"]) == ("pending", None, None)


def test_a_runner_takes_a_job_and_ends_it(front_end: Served, shelf: PackageProject) -> None:
    runner = new_runner(front_end, shelf.id)
    body = {"token": runner, "info": {"name": "runner"}, "last_update": "x"}
    nothing = front_end.post("/jobs/request", body, token="")
    assert (nothing.status, nothing.body) == (204, b"")
    pipeline = front_end.post(f"/projects/{shelf.id}/pipeline", {"ref": "main"}).json()["id"]
    taken = front_end.post("/jobs/request", body, token="")
    job = taken.json()
    assert taken.status == 201
    assert job["job_info"]["project_id"] == shelf.id  # type: ignore[index] # a JSON object
    variables = {one["key"]: one["value"] for one in job["variables"]}  # type: ignore[attr-defined] # a JSON list
    assert variables["CI_JOB_TOKEN"] == job["token"]
    assert variables["CI_PIPELINE_ID"] == str(pipeline)
    target = f"/projects/{shelf.id}/jobs/{job['id']}"
    assert front_end.get(target).json()["status"] == "running"
    ended = front_end.rest("PUT", f"/jobs/{job['id']}", {"token": job["token"], "state": "success"}, token="")
    assert (ended.status, ended.headers["Job-Status"]) == (200, "success")
    assert front_end.get(target).json()["status"] == "success"
    assert front_end.post("/jobs/request", body, token="").status == 204


@pytest.mark.parametrize("state", ["success", "failed", "canceled"])
def test_a_jobs_token_lives_as_long_as_the_job(front_end: Served, shelf: PackageProject, state: str) -> None:
    job = run_job(front_end, shelf.id)
    target, header = f"/api/v4{shelf.packages}/generic/a/1/b", {"JOB-TOKEN": job.token}
    assert front_end.send("PUT", target, b"x", header, token="").status == 201
    assert front_end.rest("PUT", f"/jobs/{job.id}", {"token": job.token}, token="").status == 200
    assert front_end.send("GET", target, None, header, token="").status == 200
    assert job.end(state).status == 200
    assert front_end.send("GET", target, None, header, token="").status == 401
    assert job.end(state).status == 403


def test_a_cancelled_job_loses_its_token(front_end: Served, shelf: PackageProject) -> None:
    job = run_job(front_end, shelf.id)
    cancelled = front_end.post(f"/projects/{shelf.id}/jobs/{job.id}/cancel", {})
    assert (cancelled.status, cancelled.json()["status"]) == (201, "canceled")
    target = f"/api/v4{shelf.packages}/generic/a/1/b"
    assert front_end.send("PUT", target, b"x", {"JOB-TOKEN": job.token}, token="").status == 401


def test_a_package_remembers_the_pipelines_that_published_it(front_end: Served, shelf: PackageProject) -> None:
    job = run_job(front_end, shelf.id)
    target = f"/api/v4{shelf.packages}/generic/a/1/b"
    front_end.send("PUT", target, b"x", {"JOB-TOKEN": job.token}, token="")
    (package,) = shelf.listed()
    (file,) = front_end.get(f"{shelf.packages}/{package['id']}/package_files").items()
    (pipeline,) = front_end.get(f"{shelf.packages}/{package['id']}/pipelines").items()
    assert package["pipelines"] == file["pipelines"] == [pipeline]
    assert package["pipeline"] == pipeline
    assert pipeline["id"] == job.pipeline
    assert pipeline["user"]["username"] == "root"  # type: ignore[index] # a JSON object


def test_a_job_works_as_the_user_that_began_it(front_end: Served, shelf: PackageProject) -> None:
    person = new_person(front_end)
    member = {"user_id": person.id, "access_level": 30}
    front_end.post(f"/projects/{shelf.id}/members", member)
    job = run_job(front_end, shelf.id, token=person.token)
    target, header = f"/api/v4{shelf.packages}/generic/a/1/b", {"JOB-TOKEN": job.token}
    assert front_end.send("PUT", target, b"x", header, token="").status == 201
    front_end.rest("PUT", f"/projects/{shelf.id}/members/{person.id}", {"access_level": 20})
    assert front_end.send("PUT", target, b"x", header, token="").status == 403


@pytest.mark.parametrize(
    ("body", "status", "text"),
    [
        ({}, 400, "token is missing"),
        ({"token": "glrt-wrong"}, 403, "403 Forbidden"),
        ({"token": []}, 400, "token is invalid"),
    ],
)
def test_who_is_no_runner_gets_no_job(front_end: Served, body: dict[str, object], status: int, text: str) -> None:
    answer = front_end.post("/jobs/request", body, token="")
    assert (answer.status, list(answer.json().values())) == (status, [text])


def test_a_job_is_ended_by_its_own_token_alone(front_end: Served, shelf: PackageProject) -> None:
    job, other = run_job(front_end, shelf.id), run_job(front_end, shelf.id)
    wrong = front_end.rest("PUT", f"/jobs/{job.id}", {"token": other.token, "state": "success"}, token="")
    assert wrong.status == 403
    odd = front_end.rest("PUT", f"/jobs/{job.id}", {"token": job.token, "state": "odd"}, token="")
    assert (odd.status, odd.json()) == (400, {"error": "state does not have a valid value"})
    assert front_end.rest("PUT", "/jobs/999999", {"token": job.token}, token="").status == 404
    assert front_end.rest("PUT", "/jobs/abc", {"token": job.token}, token="").status == 400


def test_jobs_and_pipelines_belong_to_their_project(front_end: Served, shelf: PackageProject) -> None:
    job, other = run_job(front_end, shelf.id), new_project(front_end)
    for target in (f"jobs/{job.id}", f"pipelines/{job.pipeline}", f"pipelines/{job.pipeline}/jobs"):
        assert front_end.get(f"/projects/{shelf.id}/{target}").status == 200
        assert front_end.get(f"/projects/{other.id}/{target}").status == 404
        assert front_end.get(f"/projects/{shelf.id}/{target}", token=other.token(50)).status == 404


def test_jobs_are_listed_by_their_status(front_end: Served, shelf: PackageProject) -> None:
    ended, running = run_job(front_end, shelf.id), run_job(front_end, shelf.id)
    ended.end("failed")
    target = f"/projects/{shelf.id}/jobs"
    assert [job["id"] for job in front_end.get(target).items()] == [running.id, ended.id]
    assert [job["id"] for job in front_end.get(f"{target}?scope[]=failed").items()] == [ended.id]
    assert front_end.get(f"{target}?scope=odd").json() == {"error": "scope does not have a valid value"}


def test_a_pipeline_is_deleted_with_its_job(front_end: Served, shelf: PackageProject) -> None:
    job = run_job(front_end, shelf.id)
    target = f"/projects/{shelf.id}/pipelines/{job.pipeline}"
    assert front_end.delete(target, token=shelf.token(40)).status == 403
    assert front_end.delete(target).status == 204
    assert front_end.get(target).status == 404
    header = {"JOB-TOKEN": job.token}
    assert front_end.send("GET", f"/api/v4{shelf.packages}", headers=header, token="").status == 401


@pytest.mark.parametrize(
    ("body", "status"), [({}, 400), ({"ref": ""}, 400), ({"ref": []}, 400), ({"ref": "x" * 300}, 400)]
)
def test_a_wrong_pipeline_is_refused(
    front_end: Served, shelf: PackageProject, body: dict[str, object], status: int
) -> None:
    answer = front_end.post(f"/projects/{shelf.id}/pipeline", body)
    assert (answer.status, list(answer.json())) == (status, ["error"])
    assert front_end.post(f"/projects/{shelf.id}/pipeline", {"ref": "main"}, token=shelf.token(20)).status == 403
