"""Job token scopes: which projects' job tokens a project lets in."""

from __future__ import annotations

from dataclasses import dataclass

from reference_server.contract.failure import Failure, Reason
from reference_server.storage.access.authorization import MAINTAIN, READ_TO_MAINTAIN, SEE
from reference_server.storage.access.callers import UserCaller
from reference_server.storage.access.projects import ProjectAccess
from reference_server.storage.identity.formats import invalid
from reference_server.storage.metadata.metadata import Metadata
from reference_server.storage.metadata.pagination import Page, PageRequest
from reference_server.storage.metadata.repositories.projects import ProjectRecord
from reference_server.storage.metadata.writer import Writer
from reference_server.storage.rules.gitlab import GitLab

_TARGET = "target_project_id"


@dataclass(frozen=True, slots=True)
class JobTokenScopeService:
    """The job token scopes of projects, for their maintainers. `metadata` is for reading."""

    projects: ProjectAccess
    gitlab: GitLab
    metadata: Metadata
    writer: Writer

    def enabled(self, caller: UserCaller, reference: str) -> bool:
        """Return whether only projects on the allowlist are let in."""
        project_id = self.projects.find(caller, reference, READ_TO_MAINTAIN).id
        chosen = self.metadata.job_token_scopes.restricted(project_id)
        return self.gitlab.job_tokens_stay_home if chosen is None else chosen

    async def enable(self, caller: UserCaller, reference: str, *, enabled: bool) -> None:
        """Choose whether only projects on the allowlist are let in."""
        project_id = self.projects.find(caller, reference, MAINTAIN).id
        await self.writer.submit(lambda metadata: metadata.job_token_scopes.restrict(project_id, restricted=enabled))

    def list(self, caller: UserCaller, reference: str, request: PageRequest) -> Page[ProjectRecord]:
        """Return a page of the projects that are let in: the project itself, then the others by id."""
        project_id = self.projects.find(caller, reference, READ_TO_MAINTAIN).id
        page = self.metadata.job_token_scopes.list(project_id, request)
        return page.of(self.metadata.projects.records(page.rows, caller.user_id))

    async def add(self, caller: UserCaller, reference: str, target_id: int) -> tuple[int, int]:
        """Let a project in, and return the ids of both. Raise PROJECT_NOT_FOUND, PARAMETER_TAKEN."""
        project_id = self.projects.find(caller, reference, MAINTAIN).id
        source_id = self.projects.find(caller, str(target_id), SEE).id
        if source_id == project_id or not await self.writer.submit(
            lambda metadata: metadata.job_token_scopes.add(project_id, source_id)
        ):
            raise Failure(Reason.PARAMETER_TAKEN, "the project is let in", parameter=_TARGET)
        return project_id, source_id

    async def remove(self, caller: UserCaller, reference: str, target_id: int) -> None:
        """Keep a project out again. Raise RECORD_NOT_FOUND, PARAMETER_INVALID for the project itself."""
        project_id = self.projects.find(caller, reference, MAINTAIN).id
        if target_id == project_id:
            raise invalid(_TARGET, "a project always lets its own job tokens in")
        if not await self.writer.submit(lambda metadata: metadata.job_token_scopes.remove(project_id, target_id)):
            raise Failure(Reason.RECORD_NOT_FOUND, "the project is not let in")
