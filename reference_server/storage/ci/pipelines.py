"""Pipelines, each with one job, and jobs: handing them to runners with their tokens, and ending both."""

from __future__ import annotations

import hmac
from dataclasses import dataclass

from reference_server.contract.failure import Failure, Reason
from reference_server.storage.access.authorization import DEVELOP, OWN, READ_PIPELINES
from reference_server.storage.access.callers import Caller, UserCaller
from reference_server.storage.access.projects import ProjectAccess
from reference_server.storage.access.tokens import digest, new_job_token
from reference_server.storage.identity.formats import invalid, missing
from reference_server.storage.metadata.metadata import Metadata
from reference_server.storage.metadata.models import Runner
from reference_server.storage.metadata.pagination import Page, PageRequest
from reference_server.storage.metadata.repositories.pipelines import JobFilter, PipelineFilter, PipelineRecord
from reference_server.storage.metadata.writer import Writer
from reference_server.storage.rules.jobs import UNFINISHED, JobStatus, read_state

_LONGEST_REF = 255  # characters


@dataclass(frozen=True, slots=True)
class PipelineService:
    """Pipelines, for whoever may see or change them. `metadata` is for reading."""

    projects: ProjectAccess
    metadata: Metadata
    writer: Writer

    async def create(self, caller: UserCaller, project: str, ref: str) -> PipelineRecord:
        """Create a pipeline of the caller with one pending job. Raise PARAMETER_MISSING, PARAMETER_INVALID."""
        if not ref:
            raise missing("ref")
        if len(ref) > _LONGEST_REF:
            raise invalid("ref", f"a ref has at most {_LONGEST_REF} characters")
        project_id = self.projects.find(caller, project, DEVELOP).id
        return await self.writer.submit(lambda metadata: metadata.pipelines.add(project_id, caller.user_id, ref))

    def read(self, caller: Caller, project: str, pipeline_id: int) -> PipelineRecord:
        """Return a pipeline. Raise RECORD_NOT_FOUND."""
        return self.metadata.pipelines.get(self.projects.find(caller, project, READ_PIPELINES).id, pipeline_id)

    def list(self, caller: Caller, project: str, wanted: PipelineFilter, request: PageRequest) -> Page[PipelineRecord]:
        """Return a page of a project's pipelines by falling id."""
        return self.metadata.pipelines.list(self.projects.find(caller, project, READ_PIPELINES).id, wanted, request)

    async def delete(self, caller: UserCaller, project: str, pipeline_id: int) -> None:
        """Delete a pipeline with its job. Raise RECORD_NOT_FOUND."""
        project_id = self.projects.find(caller, project, OWN).id
        await self.writer.submit(lambda metadata: metadata.pipelines.delete(project_id, pipeline_id))


@dataclass(frozen=True, slots=True)
class JobService:
    """Jobs, for runners and for whoever may see or cancel them. `metadata` is for reading."""

    projects: ProjectAccess
    metadata: Metadata
    writer: Writer

    def read(self, caller: Caller, project: str, job_id: int) -> PipelineRecord:
        """Return a job with its pipeline. Raise RECORD_NOT_FOUND."""
        return self.metadata.pipelines.get_job(job_id, self.projects.find(caller, project, READ_PIPELINES).id)

    def list(self, caller: Caller, project: str, wanted: JobFilter, request: PageRequest) -> Page[PipelineRecord]:
        """Return a page of the jobs of a project or of one of its pipelines by falling id. Raise RECORD_NOT_FOUND."""
        project_id = self.projects.find(caller, project, READ_PIPELINES).id
        return self.metadata.pipelines.list_jobs(project_id, wanted, request)

    async def cancel(self, caller: UserCaller, project: str, job_id: int) -> PipelineRecord:
        """End a job that has not ended. Raise RECORD_NOT_FOUND."""
        project_id = self.projects.find(caller, project, DEVELOP).id
        self.metadata.pipelines.get_job(job_id, project_id)
        await self.writer.submit(
            lambda metadata: metadata.pipelines.end_job(job_id, JobStatus.CANCELED, among=UNFINISHED)
        )
        return self.metadata.pipelines.get_job(job_id, project_id)

    async def request(self, runner_token: str) -> tuple[PipelineRecord, str] | None:
        """Hand a runner the oldest job that waits for it, with its token, which is kept nowhere; None when none waits.

        Raise ROLE_INSUFFICIENT for a token that names no runner.
        """
        runner = self.metadata.runners.find(digest(runner_token))
        if runner is None:
            raise Failure(Reason.ROLE_INSUFFICIENT, "the token names no runner")
        if self.metadata.pipelines.find_waiting(runner) is None:
            return None
        token = new_job_token()
        taken = await self.writer.submit(lambda metadata: _take(metadata, runner, digest(token)))
        return None if taken is None else (taken, token)

    async def report(self, job_id: int, job_token: str, state: str) -> PipelineRecord:
        """End a running job, or let it go on. Raise RECORD_NOT_FOUND, ROLE_INSUFFICIENT, PARAMETER_VALUE_UNKNOWN."""
        job = self.metadata.pipelines.get_job(job_id).job
        if job.digest is None or not hmac.compare_digest(bytes(job.digest), digest(job_token)):
            raise Failure(Reason.ROLE_INSUFFICIENT, "the token is not this job's")
        status = read_state(state)
        runs = job.status == JobStatus.RUNNING
        if runs and status != JobStatus.RUNNING:
            running = {JobStatus.RUNNING}
            runs = await self.writer.submit(lambda metadata: metadata.pipelines.end_job(job_id, status, among=running))
        if not runs:
            raise Failure(Reason.ROLE_INSUFFICIENT, "the job does not run")
        return self.metadata.pipelines.get_job(job_id)


def _take(metadata: Metadata, runner: Runner, token_digest: bytes) -> PipelineRecord | None:
    """Make the oldest job that waits run; None when another runner was faster."""
    pipeline = metadata.pipelines.find_waiting(runner)
    return None if pipeline is None else metadata.pipelines.run_job(pipeline, runner, token_digest)
