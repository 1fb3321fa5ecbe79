"""Pipelines and jobs put together from their rows."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from reference_server.storage.metadata.models import Job, Pipeline, Project, User
from reference_server.storage.metadata.sqlite.database import Database


@dataclass(frozen=True, slots=True)
class PipelineView:
    """A pipeline with its job, its project's full path, and its user; None for one that was deleted."""

    pipeline: Pipeline
    job: Job
    project_path: str
    user: User | None

    @property
    def sha(self) -> str:
        """Give 40 hexadecimal characters in place of a commit, the same for the same project and ref."""
        text = f"{self.pipeline.project_id}:{self.pipeline.ref}"
        return hashlib.sha256(text.encode()).hexdigest()[:40]

    @property
    def updated_at(self) -> int:
        """Give when its status last changed, in milliseconds since 1970 UTC."""
        return int(self.job.finished_at or self.job.started_at or self.job.created_at)


def pipeline_views(database: Database, pipelines: Sequence[Pipeline]) -> list[PipelineView]:
    """Put pipelines together with what belongs to them, in three queries however many they are."""
    jobs = database.rows(Job.select().where(Job.pipeline_id.in_([pipeline.id for pipeline in pipelines])))
    users = database.rows(User.select().where(User.id.in_([pipeline.user_id for pipeline in pipelines])))
    paths = Project.select(Project.id, Project.full_path).where(
        Project.id.in_([pipeline.project_id for pipeline in pipelines])
    )
    job_of = {job.pipeline_id: job for job in jobs}
    user_of = {user.id: user for user in users}
    path_of = dict(database.rows(paths.tuples()))
    return [
        PipelineView(pipeline, job_of[pipeline.id], path_of[pipeline.project_id], user_of.get(pipeline.user_id))
        for pipeline in pipelines
    ]
