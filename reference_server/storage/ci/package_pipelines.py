"""The pipelines whose jobs published a package."""

from __future__ import annotations

from dataclasses import dataclass

from reference_server.storage.access.authorization import Permission
from reference_server.storage.access.callers import Caller
from reference_server.storage.access.projects import ProjectAccess
from reference_server.storage.metadata.metadata import Metadata
from reference_server.storage.metadata.pagination import Page, PageRequest
from reference_server.storage.metadata.repositories.pipelines import PACKAGE_PIPELINE_ORDERING, PipelineRecord
from reference_server.storage.packages.packages import find_package
from reference_server.storage.rules.statuses import SHOWN


@dataclass(frozen=True, slots=True)
class PackagePipelineService:
    """Pipelines of packages, for whoever may list these. `metadata` is for reading."""

    projects: ProjectAccess
    metadata: Metadata
    permission: Permission

    def list(self, caller: Caller, project: str, package_id: int, request: PageRequest) -> Page[PipelineRecord]:
        """Return a page of a package's pipelines. Raise PACKAGE_NOT_FOUND, and as every list."""
        selection = PACKAGE_PIPELINE_ORDERING.select(request)
        project_id = self.projects.find(caller, project, self.permission).id
        find_package(self.metadata, project_id, package_id, SHOWN)
        return self.metadata.pipelines.page_of_package(package_id, selection)
