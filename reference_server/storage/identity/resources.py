"""Resources, which have members and tokens: a project or a group, found for a caller that may act on it."""

from __future__ import annotations

from dataclasses import dataclass

from reference_server.contract.failure import Failure, Reason
from reference_server.storage.access.authorization import Permission
from reference_server.storage.access.callers import Caller, UserCaller
from reference_server.storage.access.groups import GroupAccess
from reference_server.storage.access.projects import ProjectAccess
from reference_server.storage.metadata.repositories.resources import ResourceKey
from reference_server.storage.rules.roles import Role


@dataclass(frozen=True, slots=True)
class ResourceReference:
    """A resource as a client names it, by id in decimal or full path: one of the two is not None."""

    project: str | None = None
    group: str | None = None


@dataclass(frozen=True, slots=True)
class FoundResource:
    """A resource with the group that it is or belongs to, and the caller's role as far as giving roles goes."""

    key: ResourceKey
    nearest_group_id: int
    role: int


@dataclass(frozen=True, slots=True)
class ResourceAccess:
    """Finds resources on behalf of callers."""

    projects: ProjectAccess
    groups: GroupAccess

    def find(
        self, caller: Caller, reference: ResourceReference, in_project: Permission, in_group: Permission
    ) -> FoundResource:
        """Return a resource. Raise PROJECT_NOT_FOUND, GROUP_NOT_FOUND, PARAMETER_MISSING, as the permission needs."""
        if reference.project is not None:
            row = self.projects.find(caller, reference.project, in_project)
            role = max(row.own_level or 0, row.group_level or 0)
            return FoundResource(ResourceKey(project_id=row.id), row.group_id, _role(caller, role))
        if reference.group is not None:
            group_id = self.groups.find(caller, reference.group, in_group).id
            role = self.groups.role(caller, group_id) or 0
            return FoundResource(ResourceKey(group_id=group_id), group_id, _role(caller, role))
        raise Failure(Reason.PARAMETER_MISSING, "a project or a group must be named", parameter="id")


def _role(caller: Caller, role: int) -> int:
    """Return a caller's role, which is every one for an administrator."""
    return Role.OWNER if isinstance(caller, UserCaller) and caller.administrator else role
