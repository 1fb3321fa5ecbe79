"""Members: the roles that users have in projects and groups."""

from __future__ import annotations

from dataclasses import dataclass, replace

from reference_server.contract.failure import Failure, Reason
from reference_server.storage.access.authorization import LEAVE, MAINTAIN, OWN, SEE
from reference_server.storage.access.callers import UserCaller
from reference_server.storage.identity.formats import missing, start_of_day
from reference_server.storage.identity.resources import FoundResource, ResourceAccess, ResourceReference
from reference_server.storage.metadata.metadata import Metadata
from reference_server.storage.metadata.pagination import Page, PageRequest
from reference_server.storage.metadata.repositories.members import MemberRecord
from reference_server.storage.metadata.writer import Writer
from reference_server.storage.rules.roles import Role


@dataclass(frozen=True, slots=True)
class MemberFields:
    """A role to be given. `expires_at` is a day "YYYY-MM-DD", "" for never, None for never or for as it was."""

    user_id: int = 0
    access_level: int = 0
    expires_at: str | None = None


@dataclass(frozen=True, slots=True)
class MemberService:
    """Members, for the maintainers of projects and the owners of groups. `metadata` is for reading."""

    resources: ResourceAccess
    metadata: Metadata
    writer: Writer

    def read(self, caller: UserCaller, where: ResourceReference, user_id: int, *, inherited: bool) -> MemberRecord:
        """Return a user's role, the highest when inherited ones count. Raise RECORD_NOT_FOUND."""
        found = self.resources.find(caller, where, SEE, SEE)
        return self.metadata.members.get(found.key, user_id, found.nearest_group_id if inherited else None)

    def list(
        self, caller: UserCaller, where: ResourceReference, search: str | None, request: PageRequest, *, inherited: bool
    ) -> Page[MemberRecord]:
        """Return a page of members by rising user id, each once with its highest role."""
        found = self.resources.find(caller, where, SEE, SEE)
        return self.metadata.members.list(found.key, search, request, found.nearest_group_id if inherited else None)

    async def add(self, caller: UserCaller, where: ResourceReference, fields: MemberFields) -> MemberRecord:
        """Give a role. Raise USER_NOT_FOUND, MEMBER_TAKEN, PARAMETER_VALUE_UNKNOWN for what is no role."""
        _check_role(fields.access_level)
        expires_at = None if fields.expires_at is None else start_of_day(fields.expires_at)
        found = self._changeable(caller, where, fields.access_level)
        level = fields.access_level
        return await self.writer.submit(
            lambda metadata: metadata.members.add(found.key, metadata.users.get(fields.user_id), level, expires_at)
        )

    async def change(self, caller: UserCaller, where: ResourceReference, fields: MemberFields) -> MemberRecord:
        """Change a role that was given here. Raise RECORD_NOT_FOUND, PARAMETER_VALUE_UNKNOWN for what is no role."""
        _check_role(fields.access_level)
        expires_at = start_of_day(fields.expires_at) if fields.expires_at else None
        found = self._changeable(caller, where, fields.access_level)
        return await self.writer.submit(lambda metadata: _change(metadata, found, fields, expires_at))

    async def remove(self, caller: UserCaller, where: ResourceReference, user_id: int) -> None:
        """Take a role that was given here. Raise RECORD_NOT_FOUND."""
        permissions = (LEAVE, LEAVE) if caller.user_id == user_id else (MAINTAIN, OWN)
        found = self.resources.find(caller, where, *permissions)
        await self.writer.submit(lambda metadata: _remove(metadata, found, user_id))

    def _changeable(self, caller: UserCaller, where: ResourceReference, level: int) -> FoundResource:
        """Return a resource where the caller may give this role."""
        found = self.resources.find(caller, where, MAINTAIN, OWN)
        _require_not_above(found, level)
        return found


def _change(metadata: Metadata, found: FoundResource, fields: MemberFields, expires_at: int | None) -> MemberRecord:
    before = metadata.members.get(found.key, fields.user_id)
    _require_not_above(found, before.access_level)
    after = replace(before, access_level=fields.access_level)
    if fields.expires_at is not None:
        after = replace(after, expires_at=expires_at)
    metadata.members.change(found.key, after)
    return after


def _remove(metadata: Metadata, found: FoundResource, user_id: int) -> None:
    _require_not_above(found, metadata.members.get(found.key, user_id).access_level)
    metadata.members.remove(found.key, user_id)


def _check_role(level: int) -> None:
    """Raise PARAMETER_MISSING or PARAMETER_VALUE_UNKNOWN for what is no role."""
    if not level:
        raise missing("access_level")
    if level not in set(Role):
        raise Failure(Reason.PARAMETER_VALUE_UNKNOWN, "access_level is no role", parameter="access_level")


def _require_not_above(found: FoundResource, level: int) -> None:
    """Raise ROLE_INSUFFICIENT for a role above the caller's."""
    if level > found.role:
        raise Failure(Reason.ROLE_INSUFFICIENT, "the role is above the caller's own")
