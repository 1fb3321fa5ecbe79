"""Jobs as users see them, and as runners ask for them and end them."""

from __future__ import annotations

from generic_packages.storage.v1.ci_pb2 import (
    CancelJobRequest,
    GetJobRequest,
    JobStatus,
    ListJobsRequest,
    RequestJobRequest,
    UpdateJobRequest,
)

from reference_server.frontend.answers import json_answer
from reference_server.frontend.rest.addressed import path_number
from reference_server.frontend.rest.handler import ApiHandler, judged
from reference_server.frontend.rest.pagination import read_page
from reference_server.frontend.rest.shapes import ci

_SECRET_CHARACTERS = 256


class Jobs(ApiHandler):
    """A project's jobs, or those of one of its pipelines."""

    @judged
    async def get(self, project: str, pipeline: str | None = None) -> None:
        """List jobs; `scope` chooses among them by status."""
        parameters = self.parameters
        page = read_page(parameters)
        statuses = parameters.choices("scope", ci.JOB_STATUSES)
        request = ListJobsRequest(
            credentials=self.credentials,
            project=project,
            pipeline_id=None if pipeline is None else path_number("pipeline_id", pipeline),
            statuses=[JobStatus.ValueType(status) for status in statuses],
            page=page.number,
            per_page=page.size,
        )
        parameters.check()
        answer = await self.ask(self.services.ci.ListJobs, request)
        self.send_page([ci.job(job, self.origin) for job in answer.jobs], page, answer.total)


class Job(ApiHandler):
    """One job."""

    @judged
    async def get(self, project: str, job: str) -> None:
        """Show a job."""
        request = GetJobRequest(credentials=self.credentials, project=project, job_id=path_number("job_id", job))
        answer = await self.ask(self.services.ci.GetJob, request)
        self.send_json(200, ci.job(answer.job, self.origin))


class JobCancellation(ApiHandler):
    """Where a job is ended from outside."""

    @judged
    async def post(self, project: str, job: str) -> None:
        """Cancel a job."""
        request = CancelJobRequest(credentials=self.credentials, project=project, job_id=path_number("job_id", job))
        answer = await self.ask(self.services.ci.CancelJob, request)
        self.send_json(201, ci.job(answer.job, self.origin))


class RunnerProtocol(ApiHandler):
    """What runners call: a token in the parameters is the authority, no credential."""

    async def judge_credentials(self) -> None:
        """Let everybody learn what is wrong with parameters: there is no credential to judge."""

    def secret(self, header: str) -> str:
        """Read the runner's or job's token; one longer than any is cut, and so stays one that is not valid."""
        parameters = self.parameters
        token = self.request.headers.get(header) or parameters.required_text("token")
        parameters.check()
        return token[:_SECRET_CHARACTERS]


class JobRequests(RunnerProtocol):
    """Where a runner asks for a job."""

    @judged
    async def post(self) -> None:
        """Hand out one job and its token; 204 when none waits."""
        request = RequestJobRequest(runner_token=self.secret("Runner-Token"))
        answer = await self.ask(self.services.ci.RequestJob, request)
        if answer.HasField("job"):
            self.send_json(201, ci.assignment(answer.job, answer.token, self.origin))
        else:
            self.send_nothing()


class RunningJob(RunnerProtocol):
    """Where a runner says how its job goes."""

    @judged
    async def put(self, job: str) -> None:
        """End the job by `state`, or let it go on."""
        token = self.secret("Job-Token")
        request = UpdateJobRequest(job_id=path_number("id", job), job_token=token, state=self.parameters.text("state"))
        answer = await self.ask(self.services.ci.UpdateJob, request)
        self.send(json_answer(200, 200, ("Job-Status", ci.job_status(answer.job))))
