"""Runners and their jobs: GitLab's runner protocol, played by the suite."""

from functools import partial
from http import HTTPStatus

from conformance.target.access import AuthenticationScheme, Credential, StartedJob, TargetProject
from conformance.target.rest import CreatedResource, Parameters, RestApi, TokenIssuer, created_resource
from conformance.transport.response import Response

FIRST_BRANCH, REF = "main", "conformance"
PIPELINE_FILE = ".gitlab-ci.yml"
PAUSES = (0.05, 0.2, 0.5, 1.0, *[2.0] * 15)  # seconds, which make somewhat more than 30
CONFLICT_PAUSES = (0.05, 0.2, 0.5, 1.0)  # seconds
WAITS_IN_VAIN = 2  # for jobs that do not come, in one run; then nobody waits for one any more


class ProvisionedRunners:
    """One runner for each project, made on first use, and the jobs that it takes."""

    def __init__(self, api: RestApi, tokens: TokenIssuer, prefix: str) -> None:
        self._api = api
        self._tokens = tokens
        self._prefix = prefix
        self._runners: dict[TargetProject, CreatedResource] = {}
        self._waits_left = WAITS_IN_VAIN

    def runner(self, project: TargetProject) -> str:
        """Return the token of the project's runner."""
        if project not in self._runners:
            self._provide_pipeline_file(project)
            parameters: Parameters = {
                "runner_type": "project_type",
                "project_id": project.id,
                "description": self._prefix,
                "tag_list": [self._prefix],
            }
            variable = f"RUNNER_{project.id}_TOKEN"
            made = self._created(project, parameters, variable)
            self._tokens.shown(made, variable, AuthenticationScheme.PRIVATE_TOKEN)
            self._runners[project] = made
        return self._runners[project].token

    def pipeline(self, project: TargetProject, user: Credential) -> int:
        """Start a pipeline of a user with one job; return its id."""
        self.runner(project)
        return self._api.acting_as(user).create(f"/projects/{project.id}/pipeline", {"ref": REF}).id

    def job(self, project: TargetProject, user: Credential, variable: str) -> StartedJob:
        """Start a pipeline of a user and take its job."""
        return self.take(project, self.pipeline(project, user), variable)

    def take(self, project: TargetProject, pipeline: int, variable: str) -> StartedJob:
        """Take the job of the oldest pipeline whose job nobody has taken."""
        with self._api.setting_up():
            made = created_resource(self.request(project, variable, patient=True), "/jobs/request")
        credential = self._tokens.shown(made, variable, AuthenticationScheme.JOB_TOKEN)
        return StartedJob(made.id, pipeline, credential, partial(self._end, made.id, credential.secret))

    def request(
        self, project: TargetProject, variable: str = "REQUESTED_JOB_TOKEN", *, patient: bool = False
    ) -> Response:
        """Ask for work as the project's runner, again on a conflict, when `patient` until there is some."""
        response = self._request(project, variable)
        for pause in PAUSES if patient and self._waits_left else ():
            if response.status != HTTPStatus.NO_CONTENT:
                return response
            self._api.clock.sleep(pause)
            response = self._request(project, variable)
        if patient and response.status == HTTPStatus.NO_CONTENT:
            self._waits_left = max(0, self._waits_left - 1)
        return response

    def made(self) -> dict[str, str]:
        """Return the paths of the runners that exist, each with what it is."""
        return {f"/runners/{made.id}": f"the runner of {project.path}" for project, made in self._runners.items()}

    def _request(self, project: TargetProject, variable: str) -> Response:
        """Ask once; GitLab answers 409 when another request came in between, and then the same request may do."""
        document: Parameters = {"token": self.runner(project)}
        response = self._api.send("POST", "/jobs/request", document, variable)
        for pause in CONFLICT_PAUSES:
            if response.status != HTTPStatus.CONFLICT:
                break
            self._api.clock.sleep(pause)
            response = self._api.send("POST", "/jobs/request", document, variable)
        return response

    def _created(self, project: TargetProject, parameters: Parameters, variable: str) -> CreatedResource:
        """Make a runner; before GitLab 15.11 with the project's registration token, which is made anew for it."""
        with self._api.setting_up():
            response = self._api.send("POST", "/user/runners", parameters, variable)
            if response.status != HTTPStatus.NOT_FOUND:
                return created_resource(response, "/user/runners")
            path = f"/projects/{project.id}/runners/reset_registration_token"
            shown = self._api.send("POST", path, {}, f"REGISTRATION_{project.id}_TOKEN").key("token")
            if not isinstance(shown, str):
                return created_resource(response, "/user/runners")
            document: Parameters = {"token": shown, "description": self._prefix, "tag_list": [self._prefix]}
            return created_resource(self._api.send("POST", "/runners", document, variable), "/runners")

    def _end(self, job: int, token: str, state: str) -> Response:
        return self._api.send("PUT", f"/jobs/{job}", {"token": token, "state": state})

    def _provide_pipeline_file(self, project: TargetProject) -> None:
        """Commit what GitLab makes jobs of; a registry without repositories refuses it and needs none.

        The commit starts no pipeline of its own, whose job would be the owner's. The branch of the pipelines is not the
        first one, which GitLab protects from developers.
        """
        content = f"package:\n  tags: [{self._prefix}]\n  script: ['true']\n"
        message = "A job for the conformance run [skip ci]"
        parameters = {"branch": FIRST_BRANCH, "commit_message": message, "content": content}
        repository = f"/projects/{project.id}/repository"
        with self._api.setting_up():
            made = self._api.send("POST", f"{repository}/files/{PIPELINE_FILE}", parameters)
            if made.succeeded:
                self._api.send("POST", f"{repository}/branches", {"branch": REF, "ref": FIRST_BRANCH})
