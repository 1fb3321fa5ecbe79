"""The places that have members and tokens: a project or a group, found for a caller that may act on it."""

from __future__ import annotations

from dataclasses import dataclass

from reference_server.contract.failure import Failure, Reason
from reference_server.storage.access.authorization import Permission
from reference_server.storage.access.callers import Caller, UserCaller
from reference_server.storage.access.groups import GroupAccess
from reference_server.storage.access.projects import ProjectAccess
from reference_server.storage.rules.roles import Role


@dataclass(frozen=True, slots=True)
class Place:
    """A place as a client names it, by id in decimal or full path: one of the two is not None."""

    project: str | None = None
    group: str | None = None


@dataclass(frozen=True, slots=True)
class FoundPlace:
    """A place with its ids: one of `project_id` and `group_id` is None.

    `nearest_group_id` is the group or the one that the project belongs to; `role` is the caller's, as far as giving
    roles to others goes.
    """

    project_id: int | None
    group_id: int | None
    nearest_group_id: int
    role: int


@dataclass(frozen=True, slots=True)
class Places:
    """Finds places on behalf of callers."""

    projects: ProjectAccess
    groups: GroupAccess

    def find(self, caller: Caller, place: Place, in_project: Permission, in_group: Permission) -> FoundPlace:
        """Find a place and check the permission. Raises PROJECT_NOT_FOUND, GROUP_NOT_FOUND, PARAMETER_MISSING."""
        if place.project is not None:
            row = self.projects.find(caller, place.project, in_project)
            return FoundPlace(row.id, None, row.group_id, _role(caller, max(row.own_level or 0, row.group_level or 0)))
        if place.group is not None:
            group = self.groups.find(caller, place.group, in_group)
            return FoundPlace(None, group.id, group.id, _role(caller, self.groups.role(caller, group.id) or 0))
        raise Failure(Reason.PARAMETER_MISSING, "a project or a group must be named", parameter="id")


def _role(caller: Caller, role: int) -> int:
    """Give a caller's role, which is every one for an administrator."""
    return Role.OWNER if isinstance(caller, UserCaller) and caller.administrator else role
