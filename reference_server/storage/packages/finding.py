"""Finding one package of a project by its id."""

from __future__ import annotations

from dataclasses import dataclass

from reference_server.contract.failure import Failure, Reason
from reference_server.storage.metadata.models import Package
from reference_server.storage.metadata.sqlite.database import Database
from reference_server.storage.rules.statuses import PackageStatus


@dataclass(frozen=True, slots=True)
class PackageRow:
    """A package as it is kept; times are milliseconds since 1970."""

    id: int
    project_id: int
    name: str
    version: str
    status: int
    created_at: int
    last_downloaded_at: int | None

    @property
    def type(self) -> int:
        """Give what orders packages by type: all are generic, so it is their time of creation."""
        return self.created_at


def find_package(
    database: Database, project_id: int, package_id: int, statuses: frozenset[PackageStatus]
) -> PackageRow:
    """Find a package of the project that has one of these statuses, or raise PACKAGE_NOT_FOUND."""
    which = (Package.id == package_id) & (Package.project_id == project_id) & Package.status.in_(sorted(statuses))
    row = database.first(Package.select().where(which).objects(PackageRow))
    if not isinstance(row, PackageRow):
        raise Failure(Reason.PACKAGE_NOT_FOUND, "no such package in this project")
    return row
