"""Runners and their jobs: GitLab's runner protocol, played by the suite."""

from functools import partial

from conformance.target.access import Carriage, Credential, Project, RunningJob
from conformance.target.rest import Parameters, RestApi, made_by
from conformance.target.tokens import TokenMaker
from conformance.transport.answer import Answer

REF = "main"
PIPELINE_FILE = ".gitlab-ci.yml"


class Runners:
    """One runner for each project, made on first use, and the jobs that it takes."""

    def __init__(self, api: RestApi, tokens: TokenMaker, prefix: str) -> None:
        self._api = api
        self._tokens = tokens
        self._prefix = prefix
        self._runners: dict[Project, str] = {}

    def runner(self, project: Project) -> str:
        """Return the token of the project's runner."""
        if project not in self._runners:
            self._provide_pipeline_file(project)
            parameters: Parameters = {
                "runner_type": "project_type",
                "project_id": project.id,
                "description": self._prefix,
                "tag_list": [self._prefix],
            }
            made = self._api.create("/user/runners", parameters)
            variable = f"RUNNER_{project.id}_TOKEN"
            self._runners[project] = self._tokens.credential(made, variable, Carriage.PRIVATE_TOKEN).secret
        return self._runners[project]

    def pipeline(self, project: Project, user: Credential) -> int:
        """Start a pipeline of a user with one job; return its id."""
        self.runner(project)
        return self._api.acting_as(user).create(f"/projects/{project.id}/pipeline", {"ref": REF}).id

    def job(self, project: Project, user: Credential, variable: str) -> RunningJob:
        """Start a pipeline of a user and take its job."""
        pipeline = self.pipeline(project, user)
        made = made_by(self._request(project), "/jobs/request")
        credential = self._tokens.credential(made, variable, Carriage.JOB_TOKEN)
        return RunningJob(made.id, pipeline, credential, partial(self._end, made.id, credential.secret))

    def request(self, project: Project) -> Answer:
        """Ask for work as the project's runner; a token in the answer is kept out of the reports."""
        answer = self._request(project)
        if answer.status == 201:  # noqa: PLR2004 - Created
            self._tokens.credential(made_by(answer, "/jobs/request"), "REQUESTED_JOB_TOKEN", Carriage.JOB_TOKEN)
        return answer

    def _request(self, project: Project) -> Answer:
        return self._api.send("POST", "/jobs/request", {"token": self.runner(project)})

    def _end(self, job: int, token: str, state: str) -> Answer:
        return self._api.send("PUT", f"/jobs/{job}", {"token": token, "state": state})

    def _provide_pipeline_file(self, project: Project) -> None:
        """Commit what GitLab makes jobs of; a registry without repositories refuses it and needs none."""
        content = f"package:\n  tags: [{self._prefix}]\n  script: ['true']\n"
        parameters = {"branch": REF, "commit_message": "A job for the conformance run", "content": content}
        self._api.send("POST", f"/projects/{project.id}/repository/files/{PIPELINE_FILE}", parameters)
