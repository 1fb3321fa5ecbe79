"""The pipelines whose jobs published packages and their files."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from reference_server.storage.access.authentication import Authentication
from reference_server.storage.access.authorization import Permission
from reference_server.storage.access.callers import Presented
from reference_server.storage.access.projects import ProjectAccess
from reference_server.storage.ci.views import PipelineView, pipeline_views
from reference_server.storage.metadata.models import Package, PackageFile, PackagePipeline, Pipeline
from reference_server.storage.metadata.sqlite.database import Database
from reference_server.storage.packages.finding import find_package
from reference_server.storage.packages.parts import Asked, Given, Orders, give
from reference_server.storage.rules.editions import Edition, require
from reference_server.storage.rules.statuses import SHOWN

_ORDERS = Orders({"id": Pipeline.id}, Pipeline.id, default="id", default_sort="desc")
_SHOWN_OF_A_PACKAGE = 5


@dataclass(frozen=True, slots=True)
class PackagePipelines:
    """Finds pipelines, with as many queries for many packages as for one. `database` is for reading."""

    authentication: Authentication
    projects: ProjectAccess
    database: Database
    permission: Permission
    edition: Edition

    def pipelines(
        self, presented: tuple[Presented, ...], project: str, package_id: int, asked: Asked
    ) -> Given[PipelineView]:
        """List a package's pipelines. Raises PACKAGE_NOT_FOUND, NOT_IN_EDITION, and what every list may raise."""
        require(self.edition.pipelines_of_packages)
        caller = self.authentication.caller(presented)
        part = _ORDERS.judge(asked)
        project_id = self.projects.find(caller, project, self.permission).id
        find_package(self.database, project_id, package_id, SHOWN)
        publishing = PackagePipeline.select(PackagePipeline.pipeline_id).where(PackagePipeline.package_id == package_id)
        query = Pipeline.select().where(Pipeline.id.in_(publishing))
        given = give(self.database, query, Pipeline, _ORDERS, part)
        return given.of(pipeline_views(self.database, given.rows))

    def of_packages(self, package_ids: Collection[int]) -> dict[int, list[PipelineView]]:
        """Give the newest few pipelines of packages, newest first, for those that have any."""
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
        pairs = self.database.rows(query.tuples())
        views = self._views({pipeline_id for _, pipeline_id in pairs})
        found: dict[int, list[PipelineView]] = {}
        for package_id, pipeline_id in pairs:
            found.setdefault(package_id, []).append(views[pipeline_id])
        return found

    def of_files(self, file_ids: Collection[int]) -> dict[int, PipelineView]:
        """Give the pipelines of package files, for those that have one."""
        which = PackageFile.id.in_(sorted(file_ids)) & PackageFile.pipeline_id.is_null(False)
        pairs = self.database.rows(PackageFile.select(PackageFile.id, PackageFile.pipeline_id).where(which).tuples())
        views = self._views({pipeline_id for _, pipeline_id in pairs})
        return {file_id: views[pipeline_id] for file_id, pipeline_id in pairs}

    def _views(self, pipeline_ids: Collection[int]) -> dict[int, PipelineView]:
        if not pipeline_ids:
            return {}
        pipelines = self.database.rows(Pipeline.select().where(Pipeline.id.in_(sorted(pipeline_ids))))
        return {view.pipeline.id: view for view in pipeline_views(self.database, pipelines)}
