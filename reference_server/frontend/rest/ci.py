"""Pipelines and their jobs as users see them, and runners, which ask for jobs and end them."""

from __future__ import annotations

from http import HTTPStatus

from generic_packages.storage.v1 import ci_pb2

from reference_server.frontend.api.parameters import path_number
from reference_server.frontend.api.shapes import ci
from reference_server.frontend.http.responses import JsonValue, json_response
from reference_server.frontend.rest.groups_and_projects import place
from reference_server.frontend.rest.handler import RestHandler, read_page
from reference_server.frontend.storage_link.calls import call

_SECRET_CHARACTERS = 256


class NewPipelineHandler(RestHandler):
    """Where pipelines begin."""

    async def post(self, project: str) -> None:
        request = ci_pb2.CreatePipelineRequest(project=project, ref=self.parameters.text("ref"))
        answer = await self.call(self.services.ci.CreatePipeline, request)
        self.send_json(ci.whole_pipeline(answer.pipeline, self.origin), HTTPStatus.CREATED)


class PipelinesHandler(RestHandler):
    """A project's pipelines."""

    async def get(self, project: str) -> None:
        """List pipelines; `status` and `ref` choose among them."""
        page = read_page(self.parameters)
        request = ci_pb2.ListPipelinesRequest(
            project=project,
            status=ci_pb2.JobStatus.ValueType(self.parameters.choice("status", ci.JOB_STATUSES, absent=0)),
            ref=self.parameters.given("ref"),
            **page,
        )
        answer = await self.call(self.services.ci.ListPipelines, request)
        self.send_page([ci.pipeline(pipeline, self.origin) for pipeline in answer.pipelines], page, answer.total)


class PipelineHandler(RestHandler):
    """One pipeline."""

    async def get(self, project: str, pipeline: str) -> None:
        request = ci_pb2.GetPipelineRequest(project=project, pipeline_id=path_number("pipeline_id", pipeline))
        answer = await self.call(self.services.ci.GetPipeline, request)
        self.send_json(ci.whole_pipeline(answer.pipeline, self.origin))

    async def delete(self, project: str, pipeline: str) -> None:
        """Delete a pipeline with its job."""
        request = ci_pb2.DeletePipelineRequest(project=project, pipeline_id=path_number("pipeline_id", pipeline))
        await self.call(self.services.ci.DeletePipeline, request)
        self.send_nothing()


class JobsHandler(RestHandler):
    """A project's jobs, or those of one of its pipelines."""

    async def get(self, project: str, pipeline: str | None = None) -> None:
        """List jobs; `scope` chooses among them by status."""
        page = read_page(self.parameters)
        statuses = self.parameters.choices("scope", ci.JOB_STATUSES)
        request = ci_pb2.ListJobsRequest(
            project=project,
            pipeline_id=None if pipeline is None else path_number("pipeline_id", pipeline),
            statuses=[ci_pb2.JobStatus.ValueType(status) for status in statuses],
            **page,
        )
        answer = await self.call(self.services.ci.ListJobs, request)
        self.send_page([ci.job(job, self.origin) for job in answer.jobs], page, answer.total)


class JobHandler(RestHandler):
    """One job."""

    async def get(self, project: str, job: str) -> None:
        request = ci_pb2.GetJobRequest(project=project, job_id=path_number("job_id", job))
        answer = await self.call(self.services.ci.GetJob, request)
        self.send_json(ci.job(answer.job, self.origin))


class JobCancellationHandler(RestHandler):
    """Where a job is ended from outside."""

    async def post(self, project: str, job: str) -> None:
        request = ci_pb2.CancelJobRequest(project=project, job_id=path_number("job_id", job))
        answer = await self.call(self.services.ci.CancelJob, request)
        self.send_json(ci.job(answer.job, self.origin), HTTPStatus.CREATED)


class UserRunnersHandler(RestHandler):
    """Where users create runners."""

    async def post(self) -> None:
        """Create a runner from `runner_type` and `project_id` or `group_id`, and show its token this once."""
        request = ci_pb2.CreateRunnerRequest(
            type=ci_pb2.RunnerType.ValueType(self.parameters.choice("runner_type", ci.RUNNER_TYPES, absent=0)),
            group_id=self.parameters.integer("group_id"),
            project_id=self.parameters.integer("project_id"),
            description=self.parameters.text("description"),
        )
        answer = await self.call(self.services.ci.CreateRunner, request)
        self.send_json(_new_runner(answer), HTTPStatus.CREATED)


class RegistrationTokenHandler(RestHandler):
    """Where the registration token of a project or group is made anew."""

    async def post(self, kind: str, name: str) -> None:
        """Show a new registration token this once."""
        request = ci_pb2.ResetRegistrationTokenRequest(place=place(kind, name))
        answer = await self.call(self.services.ci.ResetRegistrationToken, request)
        self.send_json({"token": answer.token, "token_expires_at": None}, HTTPStatus.CREATED)


class RunnersHandler(RestHandler):
    """The runners of one place, or all."""

    async def get(self, kind: str = "", name: str = "") -> None:
        page = read_page(self.parameters)
        request = ci_pb2.ListRunnersRequest(place=place(kind, name) if kind else None, **page)
        answer = await self.call(self.services.ci.ListRunners, request)
        self.send_page([ci.runner(runner) for runner in answer.runners], page, answer.total)


class RunnerHandler(RestHandler):
    """One runner."""

    async def get(self, runner: str) -> None:
        answer = await self.call(
            self.services.ci.GetRunner, ci_pb2.GetRunnerRequest(runner_id=path_number("id", runner))
        )
        self.send_json(ci.runner(answer.runner))

    async def delete(self, runner: str) -> None:
        await self.call(self.services.ci.DeleteRunner, ci_pb2.DeleteRunnerRequest(runner_id=path_number("id", runner)))
        self.send_nothing()


class RunnerProtocolHandler(RestHandler):
    """What runners call: a token in the parameters is the authority, no credential."""

    async def authenticate(self) -> None:
        """Let everybody learn what is wrong with parameters: there is no credential to check."""

    def token(self, header: str) -> str:
        """Read the runner's or job's token; one longer than any is cut, and so stays one that is not valid.

        Raises BadParametersError.
        """
        token = self.request.headers.get(header) or self.parameters.required_text("token")
        self.parameters.check()
        return token[:_SECRET_CHARACTERS]


class RunnerRegistrationHandler(RunnerProtocolHandler):
    """Where runners register."""

    async def post(self) -> None:
        """Create a runner of the project or group whose registration token is given, and show its token this once."""
        token = self.token("Registration-Token")
        request = ci_pb2.RegisterRunnerRequest(
            registration_token=token, description=self.parameters.text("description")
        )
        answer = await call(self.services.ci.RegisterRunner, request, request_id=self.context.request_id)
        self.send_json(_new_runner(answer), HTTPStatus.CREATED)


class JobRequestsHandler(RunnerProtocolHandler):
    """Where a runner asks for a job."""

    async def post(self) -> None:
        """Hand out one job and its token; 204 when none waits."""
        request = ci_pb2.RequestJobRequest(runner_token=self.token("Runner-Token"))
        answer = await call(self.services.ci.RequestJob, request, request_id=self.context.request_id)
        if answer.HasField("job"):
            self.send_json(ci.assignment(answer.job, answer.token, self.origin), HTTPStatus.CREATED)
        else:
            self.send_nothing()


class AssignedJobHandler(RunnerProtocolHandler):
    """Where a runner says how its job goes."""

    async def put(self, job: str) -> None:
        """End the job by `state`, or let it go on."""
        token = self.token("Job-Token")
        request = ci_pb2.UpdateJobRequest(
            job_id=path_number("id", job), job_token=token, state=self.parameters.text("state")
        )
        answer = await call(self.services.ci.UpdateJob, request, request_id=self.context.request_id)
        self.send(json_response(HTTPStatus.OK, int(HTTPStatus.OK), ("Job-Status", ci.job_status(answer.job))))


def _new_runner(answer: ci_pb2.CreateRunnerResponse | ci_pb2.RegisterRunnerResponse) -> JsonValue:
    return {"id": answer.runner.id, "token": answer.token, "token_expires_at": None}
