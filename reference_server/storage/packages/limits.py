"""What projects take: how large a file may be."""

from __future__ import annotations

from dataclasses import dataclass

from reference_server.contract.failure import Failure, Reason
from reference_server.storage.access.authentication import Authentication
from reference_server.storage.access.authorization import OWN, SEE, require_administrator
from reference_server.storage.access.callers import Presented, UserCaller
from reference_server.storage.access.projects import ProjectAccess
from reference_server.storage.metadata.models import PackageLimits
from reference_server.storage.metadata.sqlite.database import Database
from reference_server.storage.metadata.sqlite.hot_paths import HotPaths
from reference_server.storage.metadata.writer import Writer

_HIGHEST = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits of projects, for whoever sees them, and for administrators to change. Sizes are bytes."""

    authentication: Authentication
    projects: ProjectAccess
    lookups: HotPaths
    writer: Writer
    registry_maximum: int

    def read(self, presented: tuple[Presented, ...], project: str) -> int:
        """Give the largest file that a project takes."""
        caller = self.authentication.caller(presented)
        return self.maximum_file_bytes(self.projects.find(caller, project, SEE).id)

    def maximum_file_bytes(self, project_id: int) -> int:
        """Give the largest file that a project takes."""
        return self.lookups.terms(project_id).maximum_file_bytes or self.registry_maximum

    async def change(self, presented: tuple[Presented, ...], project: str, maximum: int | None) -> int:
        """Change the largest file that a project takes, None for what the registry takes. Raises PARAMETER_INVALID."""
        caller = self.authentication.known_caller(presented)
        if maximum is not None and maximum < 1:
            message = "a file has at least one byte, or the limit forbids all"
            raise Failure(Reason.PARAMETER_INVALID, message, parameter="maximum_file_bytes")
        if not isinstance(caller, UserCaller):
            raise Failure(Reason.ROLE_INSUFFICIENT, "only administrators change limits")
        require_administrator(caller, OWN.scopes)
        project_id = self.projects.find(caller, project, OWN).id
        await self.writer.submit(lambda metadata: _write(metadata.database, project_id, maximum))
        return maximum or self.registry_maximum


def _write(database: Database, project_id: int, maximum: int | None) -> None:
    if maximum is None:
        database.change(PackageLimits.delete().where(PackageLimits.project_id == project_id))
        return
    columns = {"maximum_file_bytes": maximum}
    limits = PackageLimits.insert(project_id=project_id, **columns)
    database.change(limits.on_conflict(conflict_target=[PackageLimits.project_id], update=columns))
