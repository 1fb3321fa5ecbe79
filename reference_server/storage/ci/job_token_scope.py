"""Which projects' job tokens a project lets in."""

from __future__ import annotations

from dataclasses import dataclass

from peewee import IntegrityError, ModelSelect

from reference_server.contract.failure import Failure, Reason
from reference_server.storage.access.authentication import Authentication
from reference_server.storage.access.authorization import MAINTAIN, READ_TO_MAINTAIN, SEE
from reference_server.storage.access.callers import Presented
from reference_server.storage.access.projects import ProjectAccess
from reference_server.storage.identity.formats import invalid
from reference_server.storage.identity.projects import ProjectView, views
from reference_server.storage.metadata.models import JobTokenAllowance, Project
from reference_server.storage.metadata.pages import Listed, Page, give_page
from reference_server.storage.metadata.sqlite.database import Database
from reference_server.storage.metadata.writer import Writer
from reference_server.storage.rules.editions import Edition

_TARGET = "target_project_id"


@dataclass(frozen=True, slots=True)
class JobTokenScope:
    """The job token scopes of projects, for their maintainers. `database` is for reading."""

    authentication: Authentication
    projects: ProjectAccess
    edition: Edition
    database: Database
    writer: Writer

    def enabled(self, presented: tuple[Presented, ...], reference: str) -> bool:
        """Say whether only projects on the allowlist are let in."""
        caller = self.authentication.user(presented)
        project_id = self.projects.find(caller, reference, READ_TO_MAINTAIN).id
        query = Project.select(Project.job_tokens_restricted).where(Project.id == project_id).tuples()
        (chosen,) = self.database.first(query) or (None,)
        return self.edition.job_tokens_stay_home if chosen is None else bool(chosen)

    async def enable(self, presented: tuple[Presented, ...], reference: str, *, enabled: bool) -> None:
        """Choose whether only projects on the allowlist are let in."""
        caller = self.authentication.user(presented)
        project_id = self.projects.find(caller, reference, MAINTAIN).id
        change = Project.update(job_tokens_restricted=enabled).where(Project.id == project_id)
        await self.writer.submit(lambda metadata: metadata.database.change(change))

    def list(self, presented: tuple[Presented, ...], reference: str, page: Page) -> Listed[ProjectView]:
        """List the projects that are let in: the project itself, then the others by id."""
        caller = self.authentication.user(presented)
        project_id = self.projects.find(caller, reference, READ_TO_MAINTAIN).id
        listed = give_page(self.database, _let_in(project_id), page)
        return Listed(views(self.database, caller, listed.rows), listed.total)

    async def add(self, presented: tuple[Presented, ...], reference: str, target_id: int) -> tuple[int, int]:
        """Let a project in, and give the ids of both. Raises PROJECT_NOT_FOUND, PARAMETER_TAKEN."""
        caller = self.authentication.user(presented)
        project_id = self.projects.find(caller, reference, MAINTAIN).id
        source_id = self.projects.find(caller, str(target_id), SEE).id
        if source_id == project_id:
            raise _taken()
        await self.writer.submit(lambda metadata: _add(metadata.database, project_id, source_id))
        return project_id, source_id

    async def remove(self, presented: tuple[Presented, ...], reference: str, target_id: int) -> None:
        """Keep a project out again. Raises RECORD_NOT_FOUND, PARAMETER_INVALID for the project itself."""
        caller = self.authentication.user(presented)
        project_id = self.projects.find(caller, reference, MAINTAIN).id
        if target_id == project_id:
            raise invalid(_TARGET, "a project always lets its own job tokens in")
        which = (JobTokenAllowance.project_id == project_id) & (JobTokenAllowance.source_id == target_id)
        if not await self.writer.submit(
            lambda metadata: metadata.database.change(JobTokenAllowance.delete().where(which))
        ):
            raise Failure(Reason.RECORD_NOT_FOUND, "the project is not let in")


def _let_in(project_id: int) -> ModelSelect[Project]:
    allowed = JobTokenAllowance.select(JobTokenAllowance.source_id).where(JobTokenAllowance.project_id == project_id)
    which = (Project.id == project_id) | Project.id.in_(allowed)
    return Project.select().where(which).order_by(Project.id != project_id, Project.id)


def _add(database: Database, project_id: int, source_id: int) -> None:
    try:
        database.change(JobTokenAllowance.insert(project_id=project_id, source_id=source_id))
    except IntegrityError:
        raise _taken() from None


def _taken() -> Failure:
    return Failure(Reason.PARAMETER_TAKEN, "the project is let in", parameter=_TARGET)
