"""What a caller is shown of packages beside their rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from reference_server.storage.access.authorization import DELETE_PACKAGES
from reference_server.storage.access.callers import Caller
from reference_server.storage.access.projects import ProjectAccess
from reference_server.storage.metadata.models import Project
from reference_server.storage.metadata.sqlite.database import Database
from reference_server.storage.metadata.sqlite.hot_paths import ProjectRow
from reference_server.storage.packages.downloads import Downloads
from reference_server.storage.packages.finding import PackageRow


@dataclass(frozen=True, slots=True)
class ShownPackage:
    """A package as it is shown to a caller; times are milliseconds since 1970."""

    row: PackageRow
    project_path: str
    last_downloaded_at: int | None
    caller_may_delete: bool


@dataclass(frozen=True, slots=True)
class Showing:
    """Shows packages, with as many statements for many as for one."""

    database: Database
    projects: ProjectAccess
    downloads: Downloads

    def show(
        self, caller: Caller, rows: Sequence[PackageRow], projects: Mapping[int, ProjectRow]
    ) -> list[ShownPackage]:
        """Show packages of these projects, which are given by their ids."""
        ids = sorted({row.project_id for row in rows})
        deletable = {number for number in ids if self.projects.permits(caller, projects[number], DELETE_PACKAGES)}
        paths = dict(
            self.database.rows(Project.select(Project.id, Project.full_path).where(Project.id << ids).tuples())
        )
        return [
            ShownPackage(
                row,
                paths[row.project_id],
                self.downloads.last(row.id, row.last_downloaded_at),
                row.project_id in deletable,
            )
            for row in rows
        ]
