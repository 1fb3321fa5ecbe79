"""Finding the group that a call names, for a caller that may act on it."""

from __future__ import annotations

from dataclasses import dataclass

from reference_server.contract.failure import Failure, Reason
from reference_server.storage.access.authorization import Permission, Resource, authorize, sees
from reference_server.storage.access.callers import Caller, DeployTokenCaller, UserCaller
from reference_server.storage.metadata.models import Group
from reference_server.storage.metadata.repositories.access import AccessRepository


@dataclass(frozen=True, slots=True)
class GroupAccess:
    """Finds groups on behalf of callers."""

    access: AccessRepository

    def find(self, caller: Caller, reference: str, permission: Permission) -> Group:
        """Find a group by its id in decimal or full path, and check the permission.

        Raise GROUP_NOT_FOUND also for one that the caller may not know of; SCOPE_INSUFFICIENT, ROLE_INSUFFICIENT.
        """
        group = self.access.group(reference)
        if group is not None:
            resource = self._resource(caller, group)
            if sees(caller, resource, permission):
                authorize(caller, resource, permission)
                return group
        raise Failure(Reason.GROUP_NOT_FOUND, "no such group")

    def role(self, caller: Caller, group_id: int) -> int | None:
        """Return the caller's highest role in a group and the groups above it."""
        return self.access.group_role(group_id, caller.user_id) if isinstance(caller, UserCaller) else None

    def _resource(self, caller: Caller, group: Group) -> Resource:
        """Return what a group is to a caller."""
        if isinstance(caller, UserCaller):
            role = self.role(caller, group.id)
            return Resource(group.visibility, role=role, administered=caller.administrator)
        serves = (
            isinstance(caller, DeployTokenCaller)
            and caller.group_id is not None
            and self.access.is_below(group.id, caller.group_id)
        )
        return Resource(group.visibility, serves_deploy_token=serves)
