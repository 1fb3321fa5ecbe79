"""The pipelines whose jobs published a package."""

from __future__ import annotations

from dataclasses import dataclass

from reference_server.storage.access.authorization import Permission
from reference_server.storage.access.callers import Caller
from reference_server.storage.access.projects import ProjectAccess
from reference_server.storage.metadata.metadata import Metadata
from reference_server.storage.metadata.models import PackagePipeline, Pipeline
from reference_server.storage.metadata.repositories.pipelines import PipelineRecord
from reference_server.storage.packages.finding import find_package
from reference_server.storage.packages.parts import Asked, Given, Orders, give
from reference_server.storage.rules.editions import Edition, require
from reference_server.storage.rules.statuses import SHOWN

_ORDERS = Orders({"id": Pipeline.id}, Pipeline.id, default="id", default_sort="desc")


@dataclass(frozen=True, slots=True)
class PackagePipelineService:
    """Pipelines of packages, for whoever may list these. `metadata` is for reading."""

    projects: ProjectAccess
    metadata: Metadata
    permission: Permission
    edition: Edition

    def list(self, caller: Caller, project: str, package_id: int, asked: Asked) -> Given[PipelineRecord]:
        """Return a page of a package's pipelines. Raise PACKAGE_NOT_FOUND, NOT_IN_EDITION, and as every list."""
        require(self.edition.pipelines_of_packages)
        part = _ORDERS.judge(asked)
        project_id = self.projects.find(caller, project, self.permission).id
        find_package(self.metadata.database, project_id, package_id, SHOWN)
        publishing = PackagePipeline.select(PackagePipeline.pipeline_id).where(PackagePipeline.package_id == package_id)
        query = Pipeline.select().where(Pipeline.id.in_(publishing))
        given = give(self.metadata.database, query, Pipeline, _ORDERS, part)
        return given.of(self.metadata.pipelines.records(given.rows))
