"""Pipelines and their jobs, and runners."""

from tests.support.front_end import Served
from tests.support.rest_jobs import new_runner, run_job
from tests.support.rest_packages import PackageProject, new_project


def test_a_pipeline_begins_with_a_pending_job(front_end: Served, project: PackageProject) -> None:
    created = front_end.post(f"/projects/{project.id}/pipeline", {"ref": "main"})
    shown = created.json()
    assert created.status == 201
    assert (shown["iid"], shown["project_id"], shown["ref"], shown["status"]) == (1, project.id, "main", "pending")
    assert shown["web_url"] == f"http://127.0.0.1:{front_end.port}/{project.path}/-/pipelines/{shown['id']}"
    assert front_end.get(f"/projects/{project.id}/pipelines/{shown['id']}").json() == shown
    (listed,) = front_end.get(f"/projects/{project.id}/pipelines?ref=main&status=pending").items()
    assert listed["id"] == shown["id"]
    (job,) = front_end.get(f"/projects/{project.id}/pipelines/{shown['id']}/jobs").items()
    assert (job["status"], job["runner"], job["started_at"]) == ("pending", None, None)


def test_a_runner_takes_a_job_and_ends_it(front_end: Served, project: PackageProject) -> None:
    runner = new_runner(front_end, project.id)
    body = {"token": runner, "info": {"name": "runner"}, "last_update": "x"}
    assert front_end.post("/jobs/request", body, token="").status_and_body == (204, b"")
    pipeline = front_end.post(f"/projects/{project.id}/pipeline", {"ref": "main"}).json()["id"]
    taken = front_end.post("/jobs/request", body, token="")
    job = taken.json()
    assert taken.status == 201
    assert job["job_info"]["project_id"] == project.id
    variables = {one["key"]: one["value"] for one in job["variables"]}
    assert variables["CI_JOB_TOKEN"] == job["token"]
    assert variables["CI_PIPELINE_ID"] == str(pipeline)
    target = f"/projects/{project.id}/jobs/{job['id']}"
    assert front_end.get(target).json()["status"] == "running"
    ended = front_end.rest("PUT", f"/jobs/{job['id']}", {"token": job["token"], "state": "success"}, token="")
    assert (ended.status, ended.headers["Job-Status"]) == (200, "success")
    assert front_end.get(target).json()["status"] == "success"
    assert front_end.post("/jobs/request", body, token="").status == 204


def test_a_jobs_token_lives_as_long_as_the_job(front_end: Served, project: PackageProject) -> None:
    job = run_job(front_end, project.id)
    target, header = f"/api/v4{project.packages}/generic/a/1/b", {"JOB-TOKEN": job.token}
    assert front_end.send("PUT", target, b"x", header, token="").status == 201
    assert front_end.rest("PUT", f"/jobs/{job.id}", {"token": job.token}, token="").status == 200
    assert front_end.send("GET", target, None, header, token="").status == 200
    assert job.end().status == 200
    assert front_end.send("GET", target, None, header, token="").status == 401
    assert job.end().status == 403


def test_a_job_is_cancelled(front_end: Served, project: PackageProject) -> None:
    job = run_job(front_end, project.id)
    cancelled = front_end.post(f"/projects/{project.id}/jobs/{job.id}/cancel", {})
    assert (cancelled.status, cancelled.json()["status"]) == (201, "canceled")


def test_a_package_remembers_the_pipelines_that_published_it(front_end: Served, project: PackageProject) -> None:
    job = run_job(front_end, project.id)
    target = f"/api/v4{project.packages}/generic/a/1/b"
    front_end.send("PUT", target, b"x", {"JOB-TOKEN": job.token}, token="")
    (package,) = project.listed()
    (file,) = front_end.get(f"{project.packages}/{package['id']}/package_files").items()
    (pipeline,) = front_end.get(f"{project.packages}/{package['id']}/pipelines").items()
    assert package["pipelines"] == file["pipelines"] == [pipeline]
    assert package["pipeline"] == pipeline
    assert pipeline["id"] == job.pipeline
    assert pipeline["user"]["username"] == "root"


def test_a_job_is_ended_by_its_own_token_alone(front_end: Served, project: PackageProject) -> None:
    job, other = run_job(front_end, project.id), run_job(front_end, project.id)
    wrong = front_end.rest("PUT", f"/jobs/{job.id}", {"token": other.token, "state": "success"}, token="")
    assert wrong.status == 403
    odd = front_end.rest("PUT", f"/jobs/{job.id}", {"token": job.token, "state": "odd"}, token="")
    assert (odd.status, odd.json()) == (400, {"error": "state does not have a valid value"})
    assert front_end.rest("PUT", "/jobs/999999", {"token": job.token}, token="").status == 404
    assert front_end.rest("PUT", "/jobs/abc", {"token": job.token}, token="").status == 400


def test_jobs_and_pipelines_belong_to_their_project(front_end: Served, project: PackageProject) -> None:
    job, other = run_job(front_end, project.id), new_project(front_end)
    for target in (f"jobs/{job.id}", f"pipelines/{job.pipeline}", f"pipelines/{job.pipeline}/jobs"):
        assert front_end.get(f"/projects/{project.id}/{target}").status == 200
        assert front_end.get(f"/projects/{other.id}/{target}").status == 404
        assert front_end.get(f"/projects/{project.id}/{target}", token=other.token(50)).status == 404


def test_jobs_are_listed_by_their_status(front_end: Served, project: PackageProject) -> None:
    ended, running = run_job(front_end, project.id), run_job(front_end, project.id)
    ended.end("failed")
    target = f"/projects/{project.id}/jobs"
    assert [job["id"] for job in front_end.get(target).items()] == [running.id, ended.id]
    assert [job["id"] for job in front_end.get(f"{target}?scope[]=failed").items()] == [ended.id]
    assert front_end.get(f"{target}?scope=odd").json() == {"error": "scope does not have a valid value"}


def test_a_pipeline_is_deleted(front_end: Served, project: PackageProject) -> None:
    job = run_job(front_end, project.id)
    target = f"/projects/{project.id}/pipelines/{job.pipeline}"
    assert front_end.delete(target).status == 204
    assert front_end.get(target).status == 404


def test_a_runners_token_is_told_once(front_end: Served, project: PackageProject) -> None:
    body = {"runner_type": "project_type", "project_id": project.id, "description": "mine"}
    created = front_end.post("/user/runners", body)
    shown = created.json()
    assert (created.status, set(shown)) == (201, {"id", "token", "token_expires_at"})
    assert str(shown["token"]).startswith("glrt-")
    runner = front_end.get(f"/runners/{shown['id']}").json()
    assert (runner["description"], runner["runner_type"], runner["is_shared"]) == ("mine", "project_type", False)
    assert "token" not in runner
    assert front_end.get(f"/projects/{project.id}/runners").items() == [runner]


def test_runners_of_groups_and_of_all(front_end: Served, project: PackageProject) -> None:
    group = front_end.get(f"/groups/{project.group}").json()["id"]
    own = front_end.post("/user/runners", {"runner_type": "group_type", "group_id": group}).json()["id"]
    shared = front_end.post("/user/runners", {"runner_type": "instance_type"}).json()["id"]
    assert [runner["id"] for runner in front_end.get(f"/groups/{group}/runners").items()] == [own]
    everyone = front_end.get("/runners/all?per_page=2")
    assert [runner["id"] for runner in everyone.items()] == [shared, own]
    assert int(everyone.headers["X-Total"]) >= 2


def test_a_runner_is_deleted(front_end: Served) -> None:
    number = front_end.post("/user/runners", {"runner_type": "instance_type"}).json()["id"]
    assert front_end.delete(f"/runners/{number}").status_and_body == (204, b"")
    assert front_end.get(f"/runners/{number}").status == 404
