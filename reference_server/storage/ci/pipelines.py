"""Pipelines: creating one with its pending job, reading, listing and deleting them."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from peewee import IntegrityError, fn

from reference_server.contract.failure import Failure, Reason
from reference_server.storage.access.authentication import Authentication
from reference_server.storage.access.authorization import DEVELOP, OWN, READ_PIPELINES
from reference_server.storage.access.callers import Presented
from reference_server.storage.access.projects import ProjectAccess
from reference_server.storage.ci.views import PipelineView, pipeline_views
from reference_server.storage.identity.formats import invalid
from reference_server.storage.metadata import clock
from reference_server.storage.metadata.models import Job, Pipeline
from reference_server.storage.metadata.pages import Listed, Page, give_page
from reference_server.storage.metadata.sqlite.database import Database
from reference_server.storage.metadata.writer import Writer
from reference_server.storage.rules.jobs import JobStatus

_LONGEST_REF = 255  # characters


@dataclass(frozen=True, slots=True)
class WantedPipelines:
    """Which pipelines to list; 0 or None for no such wish."""

    status: int = 0
    ref: str | None = None


@dataclass(frozen=True, slots=True)
class Pipelines:
    """Pipelines, for whoever may see or change them. `database` is for reading."""

    authentication: Authentication
    projects: ProjectAccess
    database: Database
    writer: Writer

    async def create(self, presented: tuple[Presented, ...], project: str, ref: str) -> PipelineView:
        """Create a pipeline of the caller with one pending job. Raises PARAMETER_MISSING."""
        caller = self.authentication.user(presented)
        if not ref:
            raise Failure(Reason.PARAMETER_MISSING, "ref is missing", parameter="ref")
        if len(ref) > _LONGEST_REF:
            raise invalid("ref", f"a ref has at most {_LONGEST_REF} characters")
        project_id = self.projects.find(caller, project, DEVELOP).id
        return await self.writer.submit(lambda metadata: _create(metadata.database, project_id, caller.user_id, ref))

    def read(self, presented: tuple[Presented, ...], project: str, pipeline_id: int) -> PipelineView:
        """Give a pipeline. Raises RECORD_NOT_FOUND."""
        caller = self.authentication.caller(presented)
        project_id = self.projects.find(caller, project, READ_PIPELINES).id
        return pipeline_views(self.database, [find_pipeline(self.database, project_id, pipeline_id)])[0]

    def list(
        self, presented: tuple[Presented, ...], project: str, wanted: WantedPipelines, page: Page
    ) -> Listed[PipelineView]:
        """List a project's pipelines by falling id."""
        caller = self.authentication.caller(presented)
        project_id = self.projects.find(caller, project, READ_PIPELINES).id
        query = Pipeline.select().where(Pipeline.project_id == project_id).order_by(Pipeline.id.desc())
        if wanted.status:
            in_status = Job.select(Job.pipeline_id).where(Job.status == wanted.status)
            query = query.where(Pipeline.id.in_(in_status))
        if wanted.ref is not None:
            query = query.where(Pipeline.ref == wanted.ref)
        listed = give_page(self.database, query, page)
        return Listed(pipeline_views(self.database, listed.rows), listed.total)

    async def delete(self, presented: tuple[Presented, ...], project: str, pipeline_id: int) -> None:
        """Delete a pipeline with its job. Raises RECORD_NOT_FOUND."""
        caller = self.authentication.user(presented)
        project_id = self.projects.find(caller, project, OWN).id
        which = (Pipeline.id == pipeline_id) & (Pipeline.project_id == project_id)
        if not await self.writer.submit(lambda metadata: metadata.database.change(Pipeline.delete().where(which))):
            raise _unknown()


def find_pipeline(database: Database, project_id: int, pipeline_id: int) -> Pipeline:
    """Find a pipeline of a project, or raise RECORD_NOT_FOUND."""
    which = (Pipeline.id == pipeline_id) & (Pipeline.project_id == project_id)
    pipeline = database.first(Pipeline.select().where(which))
    if not isinstance(pipeline, Pipeline):
        raise _unknown()
    return pipeline


def _create(database: Database, project_id: int, user_id: int, ref: str) -> PipelineView:
    """Write a pipeline and its job."""
    highest = Pipeline.select(fn.MAX(Pipeline.iid)).where(Pipeline.project_id == project_id).tuples()
    now = clock.now()
    iid = (database.first(highest)[0] or 0) + 1
    pipeline = Pipeline(iid=iid, project_id=project_id, user_id=user_id, ref=ref, created_at=now)
    try:
        pipeline.id = database.change(Pipeline.insert(pipeline.__data__))
    except (IntegrityError, sqlite3.IntegrityError):
        # The number was found free a moment ago in this transaction: the project or the user is gone.
        raise Failure(Reason.PROJECT_NOT_FOUND, "no such project") from None
    database.change(Job.insert(pipeline_id=pipeline.id, status=JobStatus.PENDING, created_at=now))
    return pipeline_views(database, [pipeline])[0]


def _unknown() -> Failure:
    return Failure(Reason.RECORD_NOT_FOUND, "no such pipeline")
