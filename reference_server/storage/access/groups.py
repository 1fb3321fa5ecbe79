"""Finding the group that a call names, for a caller that may act on it."""

from __future__ import annotations

from dataclasses import dataclass

from peewee import Expression, fn

from reference_server.contract.failure import Failure, Reason
from reference_server.storage.access.authorization import Permission, Resource, judge, sees
from reference_server.storage.access.callers import Caller, DeployTokenCaller, UserCaller
from reference_server.storage.metadata import clock
from reference_server.storage.metadata.models import Group, GroupAncestor, GroupMember
from reference_server.storage.metadata.sqlite.database import Database
from reference_server.storage.metadata.sqlite.hot_paths import HotPaths

_HIGHEST_ID_DIGITS = 18


@dataclass(frozen=True, slots=True)
class GroupAccess:
    """Finds groups on behalf of callers."""

    database: Database
    lookups: HotPaths

    def find(self, caller: Caller, reference: str, permission: Permission) -> Group:
        """Find a group by its id in decimal or full path, and check the permission.

        Raises GROUP_NOT_FOUND also for one that the caller may not know of; SCOPE_INSUFFICIENT, ROLE_INSUFFICIENT.
        """
        group = self._group(reference)
        if group is None:
            raise Failure(Reason.GROUP_NOT_FOUND, "no such group")
        resource = self._resource(caller, group)
        if not sees(caller, resource, permission):
            raise Failure(Reason.GROUP_NOT_FOUND, "no such group")
        judge(caller, resource, permission)
        return group

    def _resource(self, caller: Caller, group: Group) -> Resource:
        """Say what a group is to a caller."""
        if isinstance(caller, UserCaller):
            role = self.role(caller, group.id)
            return Resource(group.visibility, role=role, administered=caller.administrator)
        serves = (
            isinstance(caller, DeployTokenCaller)
            and caller.group_id is not None
            and self.lookups.is_below(group.id, caller.group_id)
        )
        return Resource(group.visibility, serves_deploy_token=serves)

    def role(self, caller: Caller, group_id: int) -> int | None:
        """Give the caller's highest role in a group and the groups above it."""
        if not isinstance(caller, UserCaller):
            return None
        query = (
            GroupMember.select(fn.MAX(GroupMember.access_level))
            .join(GroupAncestor, on=GroupAncestor.ancestor_id == GroupMember.group_id)
            .where((GroupAncestor.group_id == group_id) & (GroupMember.user_id == caller.user_id) & holds_now())
        )
        (level,) = self.database.first(query.tuples())
        return None if level is None else int(level)

    def _group(self, reference: str) -> Group | None:
        if not (reference.isascii() and reference.isdigit()):
            return _as_group(self.database.first(Group.select().where(Group.full_path == reference)))
        if len(reference) > _HIGHEST_ID_DIGITS:
            return None
        return _as_group(self.database.first(Group.select().where(Group.id == int(reference))))


def holds_now() -> Expression:
    """Say in a query of group members that a role has not ended."""
    return GroupMember.expires_at.is_null() | (GroupMember.expires_at > clock.now())


def _as_group(found: object) -> Group | None:
    return found if isinstance(found, Group) else None
