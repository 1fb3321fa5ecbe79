"""Pipelines: creating one with its pending job, reading, listing and deleting them."""

from __future__ import annotations

from dataclasses import dataclass

from reference_server.contract.failure import Failure, Reason
from reference_server.storage.access.authorization import DEVELOP, OWN, READ_PIPELINES
from reference_server.storage.access.callers import Caller, UserCaller
from reference_server.storage.access.projects import ProjectAccess
from reference_server.storage.identity.formats import invalid
from reference_server.storage.metadata.metadata import Metadata
from reference_server.storage.metadata.pagination import Page, PageRequest
from reference_server.storage.metadata.repositories.pipelines import PipelineFilter, PipelineRecord
from reference_server.storage.metadata.writer import Writer

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
            raise Failure(Reason.PARAMETER_MISSING, "ref is missing", parameter="ref")
        if len(ref) > _LONGEST_REF:
            raise invalid("ref", f"a ref has at most {_LONGEST_REF} characters")
        project_id = self.projects.find(caller, project, DEVELOP).id
        return await self.writer.submit(lambda metadata: metadata.pipelines.add(project_id, caller.user_id, ref))

    def read(self, caller: Caller, project: str, pipeline_id: int) -> PipelineRecord:
        """Return a pipeline. Raise RECORD_NOT_FOUND."""
        return self.metadata.pipelines.get(self.projects.find(caller, project, READ_PIPELINES).id, pipeline_id)

    def list(self, caller: Caller, project: str, wanted: PipelineFilter, page: PageRequest) -> Page[PipelineRecord]:
        """Return a page of a project's pipelines by falling id."""
        return self.metadata.pipelines.list(self.projects.find(caller, project, READ_PIPELINES).id, wanted, page)

    async def delete(self, caller: UserCaller, project: str, pipeline_id: int) -> None:
        """Delete a pipeline with its job. Raise RECORD_NOT_FOUND."""
        project_id = self.projects.find(caller, project, OWN).id
        await self.writer.submit(lambda metadata: metadata.pipelines.delete(project_id, pipeline_id))
