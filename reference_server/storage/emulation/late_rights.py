"""Rights that arrive and leave late, as where a background job works out who may do what in which project."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace

from reference_server.contract.failure import Failure
from reference_server.storage.access.callers import Caller, UserCaller
from reference_server.storage.identity.access_tokens import AccessTokenFields, AccessTokenService
from reference_server.storage.identity.members import MemberFields, MemberService
from reference_server.storage.identity.resources import ResourceReference
from reference_server.storage.metadata.metadata import Metadata
from reference_server.storage.metadata.repositories.access import AccessRepository
from reference_server.storage.metadata.repositories.members import MemberRecord
from reference_server.storage.metadata.repositories.projects import ProjectRecord
from reference_server.storage.metadata.repositories.resources import ResourceKey
from reference_server.storage.metadata.repositories.tokens import AccessTokenRecord
from reference_server.storage.metadata.rows import ProjectRow

_Role = tuple[ResourceKey, int]
_NOBODY = 0


@dataclass(frozen=True, slots=True)
class RoleChange:
    """When a role was given, changed or taken, on the monotonic clock, and what it was before; None for none."""

    at: float
    before: int | None


class LateRights:
    """Returns roles as they were `seconds` ago. What the creator of a group is in it is no change, as in GitLab."""

    def __init__(self, seconds: float, metadata: Metadata, now: Callable[[], float] = time.monotonic) -> None:
        self._seconds = seconds
        self._metadata = metadata
        self._now = now
        self._changes: dict[_Role, list[RoleChange]] = {}

    def change(self, resource: ResourceKey, user_id: int, before: int | None) -> None:
        """Take note that a role was changed now, and forget what has taken effect."""
        self._changes.setdefault((resource, user_id), []).append(RoleChange(self._now(), before))
        self._changes = {role: late for role, changes in self._changes.items() if (late := self._late(changes))}

    def role(self, resource: ResourceKey, user_id: int) -> int | None:
        """Return the role in a resource itself that a user has, or will have when everything has taken effect."""
        try:
            return self._metadata.members.get(resource, user_id).access_level
        except Failure:
            return None

    def in_project(self, row: ProjectRow, user_id: int) -> ProjectRow:
        """Return a project with the roles that have taken effect."""
        own = self._effective(ResourceKey(project_id=row.id), user_id, row.own_level)
        return replace(row, own_level=own, group_level=self.in_group(row.group_id, user_id, row.group_level))

    def projects(self, user_id: int) -> set[int]:
        """Return the ids of the projects in which a role that was given, changed or taken there is still late."""
        return {
            resource.project_id
            for (resource, late_user), changes in self._changes.items()
            if resource.project_id is not None and late_user == user_id and self._late(changes)
        }

    def in_record(self, record: ProjectRecord, user_id: int) -> ProjectRecord:
        """Return a project as it is listed, with the roles that have taken effect."""
        project = record.project
        own = self._effective(ResourceKey(project_id=project.id), user_id, record.own_level)
        return replace(record, own_level=own, group_level=self.in_group(project.group_id, user_id, record.group_level))

    def in_group(self, group_id: int, user_id: int, level: int | None) -> int | None:
        """Return the highest role in a group and those above it that has taken effect; `level` is what it will be."""
        if not any(resource.group_id is not None and late_user == user_id for resource, late_user in self._changes):
            return level
        highest, above = _NOBODY, self._metadata.groups.get(group_id)
        while True:
            resource = ResourceKey(group_id=above.id)
            highest = max(highest, self._effective(resource, user_id, self.role(resource, user_id)) or _NOBODY)
            if above.parent_id is None:
                return highest or None
            above = self._metadata.groups.get(above.parent_id)

    def _effective(self, resource: ResourceKey, user_id: int, level: int | None) -> int | None:
        late = self._late(self._changes.get((resource, user_id), []))
        return late[0].before if late else level

    def _late(self, changes: list[RoleChange]) -> list[RoleChange]:
        return [change for change in changes if change.at + self._seconds > self._now()]


@dataclass(frozen=True, slots=True)
class LateAccessRepository(AccessRepository):
    """What projects and groups are to a user whose roles are late."""

    late: LateRights

    def project(self, reference: str, user_id: int | None) -> ProjectRow | None:
        """Find a project, with the roles that have taken effect."""
        row = AccessRepository.project(self, reference, user_id)
        return row if row is None or user_id is None else self.late.in_project(row, user_id)

    def projects_of_group(self, group_id: int, user_id: int | None, *, with_subgroups: bool) -> list[ProjectRow]:
        """Return the projects of a group, with the roles that have taken effect."""
        rows = AccessRepository.projects_of_group(self, group_id, user_id, with_subgroups=with_subgroups)
        return rows if user_id is None else [self.late.in_project(row, user_id) for row in rows]

    def group_role(self, group_id: int, user_id: int) -> int | None:
        """Return a user's highest role in a group and those above it that has taken effect."""
        return self.late.in_group(group_id, user_id, AccessRepository.group_role(self, group_id, user_id))


@dataclass(frozen=True, slots=True)
class LateMemberService(MemberService):
    """Members whose roles take effect late, though they are shown at once."""

    late: LateRights

    async def add(self, caller: UserCaller, where: ResourceReference, fields: MemberFields) -> MemberRecord:
        """Give a role."""
        return await self._change(MemberService.add, caller, where, fields)

    async def change(self, caller: UserCaller, where: ResourceReference, fields: MemberFields) -> MemberRecord:
        """Change a role."""
        return await self._change(MemberService.change, caller, where, fields)

    async def remove(self, caller: UserCaller, where: ResourceReference, user_id: int) -> None:
        """Take a role."""
        key = self.key(where)
        before = None if key is None else self.late.role(key, user_id)
        await MemberService.remove(self, caller, where, user_id)
        if key is not None:
            self.late.change(key, user_id, before)

    def key(self, where: ResourceReference) -> ResourceKey | None:
        """Return the key of the resource that a call names, None when there is none."""
        if where.project is not None:
            row = self.resources.projects.access.project(where.project, None)
            return None if row is None else ResourceKey(project_id=row.id)
        group = None if where.group is None else self.resources.groups.access.group(where.group)
        return None if group is None else ResourceKey(group_id=group.id)

    async def _change(
        self, act: Callable[..., object], caller: UserCaller, where: ResourceReference, fields: MemberFields
    ) -> MemberRecord:
        key = self.key(where)
        before = None if key is None else self.late.role(key, fields.user_id)
        record: MemberRecord = await act(self, caller, where, fields)  # type: ignore[misc]
        if key is not None:
            self.late.change(key, fields.user_id, before)
        return record


@dataclass(frozen=True, slots=True)
class LateAccessTokenService(AccessTokenService):
    """Access tokens of projects and groups whose bots' roles take effect late."""

    late: LateRights

    async def create(
        self, caller: Caller, where: ResourceReference, fields: AccessTokenFields
    ) -> tuple[AccessTokenRecord, str]:
        """Create a token whose bot is nobody yet."""
        record, secret = await AccessTokenService.create(self, caller, where, fields)
        self.late.change(ResourceKey(record.project_id, record.group_id), record.user_id, None)
        return record, secret
