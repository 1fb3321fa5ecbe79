"""Pipelines, each with its one job, and the packages that their jobs published."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from peewee import IntegrityError, ModelSelect, fn

from reference_server.contract.failure import Failure, Reason
from reference_server.storage.metadata import clock
from reference_server.storage.metadata.database import Database
from reference_server.storage.metadata.models import (
    Job,
    Package,
    PackageFile,
    PackagePipeline,
    Pipeline,
    Project,
    Runner,
    User,
)
from reference_server.storage.metadata.pagination import (
    Ordering,
    Page,
    PageRequest,
    Selection,
    read_numbered_page,
    read_page,
)
from reference_server.storage.metadata.repositories.visibility import groups_below
from reference_server.storage.rules.jobs import JobStatus, RunnerType

PACKAGE_PIPELINE_ORDERING = Ordering({"id": Pipeline.id}, Pipeline.id, default="id", default_sort="desc")
_SHOWN_OF_A_PACKAGE = 5


@dataclass(frozen=True, slots=True)
class PipelineFilter:
    """Which pipelines to list; 0 or None for any."""

    status: int = 0
    ref: str | None = None


@dataclass(frozen=True, slots=True)
class JobFilter:
    """Which jobs to list; None or nothing for any."""

    pipeline_id: int | None = None
    statuses: Sequence[int] = ()


@dataclass(frozen=True, slots=True)
class PipelineRecord:
    """A pipeline with its job, its project's full path, and its user; None for one that was deleted."""

    pipeline: Pipeline
    job: Job
    project_path: str
    user: User | None

    @property
    def sha(self) -> str:
        """Return 40 hexadecimal characters in place of a commit, the same for the same project and ref."""
        text = f"{self.pipeline.project_id}:{self.pipeline.ref}"
        return hashlib.sha256(text.encode()).hexdigest()[:40]

    @property
    def updated_at(self) -> int:
        """Return when its status last changed, in milliseconds since 1970 UTC."""
        return int(self.job.finished_at or self.job.started_at or self.job.created_at)


@dataclass(frozen=True, slots=True)
class PipelineRepository:
    """Pipelines and jobs over one connection."""

    database: Database

    def get(self, project_id: int, pipeline_id: int) -> PipelineRecord:
        """Return a pipeline of a project. Raise RECORD_NOT_FOUND."""
        which = (Pipeline.id == pipeline_id) & (Pipeline.project_id == project_id)
        return self._first(_with_jobs().where(which), "pipeline")

    def get_job(self, job_id: int, project_id: int | None = None) -> PipelineRecord:
        """Return a job, of a project unless that is None, with its pipeline. Raise RECORD_NOT_FOUND."""
        query = _with_jobs().where(Job.id == job_id)
        return self._first(query if project_id is None else query.where(Pipeline.project_id == project_id), "job")

    def list(self, project_id: int, wanted: PipelineFilter, request: PageRequest) -> Page[PipelineRecord]:
        """Return a page of a project's pipelines by falling id."""
        query = _with_jobs().where(Pipeline.project_id == project_id).order_by(Pipeline.id.desc())
        if wanted.status:
            query = query.where(Job.status == wanted.status)
        if wanted.ref is not None:
            query = query.where(Pipeline.ref == wanted.ref)
        return self._page(query, request)

    def list_jobs(self, project_id: int, wanted: JobFilter, request: PageRequest) -> Page[PipelineRecord]:
        """Return a page of the jobs of a project or of one of its pipelines by falling id. Raise RECORD_NOT_FOUND."""
        query = _with_jobs().where(Pipeline.project_id == project_id).order_by(Job.id.desc())
        if wanted.pipeline_id is not None:
            query = query.where(Pipeline.id == self.get(project_id, wanted.pipeline_id).pipeline.id)
        if wanted.statuses:
            query = query.where(Job.status.in_(list(wanted.statuses)))
        return self._page(query, request)

    def add(self, project_id: int, user_id: int, ref: str) -> PipelineRecord:
        """Add a pipeline with a pending job and return it. Raise PROJECT_NOT_FOUND."""
        highest = Pipeline.select(fn.MAX(Pipeline.iid)).where(Pipeline.project_id == project_id).tuples()
        iid, now = (self.database.first(highest)[0] or 0) + 1, clock.now()
        new = Pipeline.insert(iid=iid, project_id=project_id, user_id=user_id, ref=ref, created_at=now)
        try:
            pipeline_id = self.database.change(new)
        except IntegrityError:
            # The number was found free a moment ago in this transaction: the project or the user is gone.
            raise Failure(Reason.PROJECT_NOT_FOUND, "no such project") from None
        self.database.change(Job.insert(pipeline_id=pipeline_id, status=JobStatus.PENDING, created_at=now))
        return self.get(project_id, pipeline_id)

    def delete(self, project_id: int, pipeline_id: int) -> None:
        """Delete a pipeline of a project with its job. Raise RECORD_NOT_FOUND."""
        pipeline = self.get(project_id, pipeline_id).pipeline
        self.database.change(Pipeline.delete().where(Pipeline.id == pipeline.id))

    def find_waiting(self, runner: Runner) -> Pipeline | None:
        """Return the oldest pipeline whose job waits and that a runner may take."""
        query = _with_jobs().where(Job.status == JobStatus.PENDING).order_by(Job.id).limit(1)
        if runner.type == RunnerType.PROJECT:
            query = query.where(Pipeline.project_id == runner.project_id)
        elif runner.type == RunnerType.GROUP:
            projects = Project.select(Project.id).where(Project.group_id.in_(groups_below(runner.group_id)))
            query = query.where(Pipeline.project_id.in_(projects))
        found: Pipeline | None = self.database.first(query)
        return found

    def run_job(self, pipeline: Pipeline, runner: Runner, token_digest: bytes) -> PipelineRecord:
        """Let a runner have a pipeline's job from now on, and return it."""
        columns = {"status": JobStatus.RUNNING, "runner_id": runner.id, "started_at": clock.now()}
        self.database.change(Job.update(columns | {"digest": token_digest}).where(Job.pipeline_id == pipeline.id))
        return self.records([pipeline])[0]

    def end_job(self, job_id: int, status: JobStatus, among: Iterable[JobStatus]) -> bool:
        """End a job whose status is among these; return whether it was."""
        which = (Job.id == job_id) & Job.status.in_(sorted(among))
        return bool(self.database.change(Job.update(status=status, finished_at=clock.now()).where(which)))

    def page_of_package(self, package_id: int, selection: Selection) -> Page[PipelineRecord]:
        """Return a page of the pipelines that published a package, ordered as PACKAGE_PIPELINE_ORDERING says."""
        publishing = PackagePipeline.select(PackagePipeline.pipeline_id).where(PackagePipeline.package_id == package_id)
        query = Pipeline.select().where(Pipeline.id.in_(publishing))
        page = read_page(self.database, query, Pipeline, PACKAGE_PIPELINE_ORDERING, selection)
        return page.of(self.records(page.rows))

    def of_packages(self, package_ids: Collection[int]) -> dict[int, Sequence[PipelineRecord]]:
        """Return the newest few pipelines of packages, newest first, for those that have any."""
        newest = (
            (other := PackagePipeline.alias())
            .select(other.pipeline_id)
            .where(other.package_id == Package.id)
            .order_by(other.pipeline_id.desc())
            .limit(_SHOWN_OF_A_PACKAGE)
        )
        of_package = (PackagePipeline.package_id == Package.id) & PackagePipeline.pipeline_id.in_(newest)
        query = (
            Package.select(Package.id, PackagePipeline.pipeline_id)
            .join(PackagePipeline, on=of_package)
            .where(Package.id.in_(sorted(package_ids)))
            .order_by(PackagePipeline.pipeline_id.desc())
        )
        found: dict[int, Any] = {}
        for package_id, record in self._paired(query):
            found.setdefault(package_id, []).append(record)
        return found

    def of_files(self, file_ids: Collection[int]) -> dict[int, PipelineRecord]:
        """Return the pipelines of package files, for those that have one."""
        which = PackageFile.id.in_(sorted(file_ids)) & PackageFile.pipeline_id.is_null(False)
        return dict(self._paired(PackageFile.select(PackageFile.id, PackageFile.pipeline_id).where(which)))

    def records(self, pipelines: Sequence[Pipeline]) -> Sequence[PipelineRecord]:
        """Return pipelines with what belongs to them, in three queries however many they are."""
        jobs = self.database.rows(Job.select().where(Job.pipeline_id.in_([each.id for each in pipelines])))
        users = self.database.rows(User.select().where(User.id.in_([each.user_id for each in pipelines])))
        paths = Project.select(Project.id, Project.full_path).where(
            Project.id.in_([each.project_id for each in pipelines])
        )
        job_of = {job.pipeline_id: job for job in jobs}
        user_of = {user.id: user for user in users}
        path_of = dict(self.database.rows(paths.tuples()))
        return [
            PipelineRecord(each, job_of[each.id], path_of[each.project_id], user_of.get(each.user_id))
            for each in pipelines
        ]

    def _paired(self, query: ModelSelect[Any]) -> Iterable[tuple[int, PipelineRecord]]:
        """Run a query for pairs of an id and a pipeline's id, and return records in place of the latter."""
        pairs = self.database.rows(query.tuples())
        pipeline_ids = sorted({pipeline_id for _, pipeline_id in pairs})
        if not pipeline_ids:
            return []
        pipelines = self.database.rows(Pipeline.select().where(Pipeline.id.in_(pipeline_ids)))
        record_of = {record.pipeline.id: record for record in self.records(pipelines)}
        return [(row_id, record_of[pipeline_id]) for row_id, pipeline_id in pairs]

    def _first(self, query: ModelSelect[Pipeline], kind: str) -> PipelineRecord:
        pipeline = self.database.first(query)
        if pipeline is None:
            raise Failure(Reason.RECORD_NOT_FOUND, f"no such {kind}")
        return self.records([pipeline])[0]

    def _page(self, query: ModelSelect[Pipeline], request: PageRequest) -> Page[PipelineRecord]:
        page = read_numbered_page(self.database, query, request)
        return page.of(self.records(page.rows))


def _with_jobs() -> ModelSelect[Pipeline]:
    return Pipeline.select(Pipeline).join(Job, on=Job.pipeline_id == Pipeline.id)
