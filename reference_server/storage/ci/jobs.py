"""Jobs: handing them to runners with their tokens, and ending both."""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from dataclasses import dataclass

from peewee import Expression, ModelSelect

from reference_server.contract.failure import Failure, Reason
from reference_server.storage.access.authentication import Authentication
from reference_server.storage.access.authorization import DEVELOP, READ_PIPELINES
from reference_server.storage.access.callers import Presented
from reference_server.storage.access.projects import ProjectAccess
from reference_server.storage.access.tokens import digest, new_job_token
from reference_server.storage.ci.pipelines import find_pipeline
from reference_server.storage.ci.runners import Runners
from reference_server.storage.ci.views import PipelineView, pipeline_views
from reference_server.storage.metadata import clock
from reference_server.storage.metadata.models import GroupAncestor, Job, Pipeline, Project, Runner
from reference_server.storage.metadata.pages import Listed, Page, give_page
from reference_server.storage.metadata.sqlite.database import Database
from reference_server.storage.metadata.writer import Writer
from reference_server.storage.rules.jobs import UNFINISHED, JobStatus, RunnerType, read_state


@dataclass(frozen=True, slots=True)
class WantedJobs:
    """Which jobs to list; None or nothing for no such wish."""

    pipeline_id: int | None = None
    statuses: Sequence[int] = ()


@dataclass(frozen=True, slots=True)
class TakenJob:
    """A job that runs from now on, and its token, which is kept nowhere."""

    view: PipelineView
    token: str


@dataclass(frozen=True, slots=True)
class Jobs:
    """Jobs, for runners and for whoever may see or cancel them. `database` is for reading."""

    authentication: Authentication
    projects: ProjectAccess
    runners: Runners
    database: Database
    writer: Writer

    def read(self, presented: tuple[Presented, ...], project: str, job_id: int) -> PipelineView:
        """Give a job with its pipeline. Raises RECORD_NOT_FOUND."""
        caller = self.authentication.caller(presented)
        return _view(self.database, self.projects.find(caller, project, READ_PIPELINES).id, job_id)

    def list(
        self, presented: tuple[Presented, ...], project: str, wanted: WantedJobs, page: Page
    ) -> Listed[PipelineView]:
        """List the jobs of a project or of one of its pipelines by falling id. Raises RECORD_NOT_FOUND."""
        caller = self.authentication.caller(presented)
        project_id = self.projects.find(caller, project, READ_PIPELINES).id
        query = _with_jobs().where(Pipeline.project_id == project_id).order_by(Job.id.desc())
        if wanted.pipeline_id is not None:
            query = query.where(Pipeline.id == find_pipeline(self.database, project_id, wanted.pipeline_id).id)
        if wanted.statuses:
            query = query.where(Job.status.in_(list(wanted.statuses)))
        listed = give_page(self.database, query, page)
        return Listed(pipeline_views(self.database, listed.rows), listed.total)

    async def cancel(self, presented: tuple[Presented, ...], project: str, job_id: int) -> PipelineView:
        """End a job that has not ended. Raises RECORD_NOT_FOUND."""
        caller = self.authentication.user(presented)
        project_id = self.projects.find(caller, project, DEVELOP).id
        job = _view(self.database, project_id, job_id).job
        which = (Job.id == job.id) & Job.status.in_(sorted(UNFINISHED))
        await self.writer.submit(lambda metadata: _end(metadata.database, which, JobStatus.CANCELED))
        return _view(self.database, project_id, job_id)

    async def request(self, runner_token: str) -> TakenJob | None:
        """Hand the oldest job that waits for a runner to it; None when none does. Raises ROLE_INSUFFICIENT."""
        runner = self.runners.named_by(digest(runner_token))
        waiting = _waiting_for(runner)
        if self.database.first(waiting) is None:
            return None
        token = new_job_token()
        view = await self.writer.submit(lambda metadata: _take(metadata.database, waiting, runner, digest(token)))
        return None if view is None else TakenJob(view, token)

    async def report(self, job_id: int, job_token: str, state: str) -> PipelineView:
        """End a running job, or let it go on. Raises RECORD_NOT_FOUND, ROLE_INSUFFICIENT, PARAMETER_VALUE_UNKNOWN."""
        job = self.database.first(Job.select().where(Job.id == job_id))
        if not isinstance(job, Job):
            raise _unknown()
        if job.digest is None or not hmac.compare_digest(bytes(job.digest), digest(job_token)):
            raise Failure(Reason.ROLE_INSUFFICIENT, "the token is not this job's")
        wanted = read_state(state)
        if job.status != JobStatus.RUNNING:
            raise _not_running()
        if wanted != JobStatus.RUNNING:
            which = (Job.id == job_id) & (Job.status == JobStatus.RUNNING)
            if not await self.writer.submit(lambda metadata: _end(metadata.database, which, wanted)):
                raise _not_running()
        pipeline = self.database.first(Pipeline.select().where(Pipeline.id == job.pipeline_id))
        return pipeline_views(self.database, [pipeline])[0]


def _take(
    database: Database, waiting: ModelSelect[Pipeline], runner: Runner, token_digest: bytes
) -> PipelineView | None:
    """Make the oldest job that waits run; None when another runner was faster."""
    pipeline = database.first(waiting)
    if not isinstance(pipeline, Pipeline):
        return None
    taken = {
        "status": JobStatus.RUNNING,
        "runner_id": runner.id,
        "digest": token_digest,
        "started_at": clock.now(),
    }
    database.change(Job.update(taken).where(Job.pipeline_id == pipeline.id))
    return pipeline_views(database, [pipeline])[0]


def _end(database: Database, which: Expression, status: JobStatus) -> int:
    return database.change(Job.update(status=status, finished_at=clock.now()).where(which))


def _waiting_for(runner: Runner) -> ModelSelect[Pipeline]:
    """Select the oldest pipeline whose job waits and that a runner may take."""
    query = _with_jobs().where(Job.status == JobStatus.PENDING).order_by(Job.id).limit(1)
    if runner.type == RunnerType.PROJECT:
        return query.where(Pipeline.project_id == runner.project_id)
    if runner.type == RunnerType.GROUP:
        below = GroupAncestor.select(GroupAncestor.group_id).where(GroupAncestor.ancestor_id == runner.group_id)
        return query.where(Pipeline.project_id.in_(Project.select(Project.id).where(Project.group_id.in_(below))))
    return query


def _view(database: Database, project_id: int, job_id: int) -> PipelineView:
    """Find a job of a project with its pipeline, or raise RECORD_NOT_FOUND."""
    pipeline = database.first(_with_jobs().where((Job.id == job_id) & (Pipeline.project_id == project_id)))
    if not isinstance(pipeline, Pipeline):
        raise _unknown()
    return pipeline_views(database, [pipeline])[0]


def _with_jobs() -> ModelSelect[Pipeline]:
    return Pipeline.select(Pipeline).join(Job, on=Job.pipeline_id == Pipeline.id)


def _unknown() -> Failure:
    return Failure(Reason.RECORD_NOT_FOUND, "no such job")


def _not_running() -> Failure:
    return Failure(Reason.ROLE_INSUFFICIENT, "the job does not run")
