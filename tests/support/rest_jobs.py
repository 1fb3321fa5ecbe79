"""Jobs, run through the runner protocol."""

from dataclasses import dataclass

from tests.support.front_end import Answer, Served


@dataclass(frozen=True, slots=True)
class RunningJob:
    """A job that a runner has: its number, its pipeline's, its token."""

    front_end: Served
    id: int
    pipeline: int
    token: str

    def end(self, state: str = "success") -> Answer:
        return self.front_end.rest("PUT", f"/jobs/{self.id}", {"token": self.token, "state": state}, token="")


def new_runner(front_end: Served, project: int) -> str:
    answer = front_end.post("/user/runners", {"runner_type": "project_type", "project_id": project})
    assert answer.status == 201, answer.body
    return str(answer.json()["token"])


def run_job(front_end: Served, project: int, *, token: str | None = None) -> RunningJob:
    """Start a pipeline, as the administrator unless told otherwise, and hand its job to a runner."""
    pipeline = front_end.post(f"/projects/{project}/pipeline", {"ref": "main"}, token=token)
    assert pipeline.status == 201, pipeline.body
    runner = new_runner(front_end, project)
    job = front_end.post("/jobs/request", {"token": runner}, token="").json()
    return RunningJob(front_end, job["id"], pipeline.json()["id"], str(job["token"]))
