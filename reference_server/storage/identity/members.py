"""Members: the roles that users have in projects and groups."""

from __future__ import annotations

from dataclasses import dataclass

from peewee import IntegrityError

from reference_server.contract.failure import Failure, Reason
from reference_server.storage.access.authentication import Authentication
from reference_server.storage.access.authorization import LEAVE, MAINTAIN, OWN, SEE
from reference_server.storage.access.callers import Presented
from reference_server.storage.identity.formats import start_of_day
from reference_server.storage.identity.memberships import RoleTable, ShownMember, select_members
from reference_server.storage.identity.places import FoundPlace, Place, Places
from reference_server.storage.identity.users import find_user
from reference_server.storage.metadata import clock
from reference_server.storage.metadata.models import User
from reference_server.storage.metadata.pages import Listed, Page, give_page
from reference_server.storage.metadata.sqlite.database import Database
from reference_server.storage.metadata.writer import Writer
from reference_server.storage.rules.roles import Role


@dataclass(frozen=True, slots=True)
class NewMember:
    """A role to be given; `expires_at` is a day "YYYY-MM-DD", None for never."""

    user_id: int
    access_level: int
    expires_at: str | None


@dataclass(frozen=True, slots=True)
class ChangedMember:
    """A role after a change; `expires_at` is a day, "" for never, None for as it was."""

    user_id: int
    access_level: int
    expires_at: str | None


@dataclass(frozen=True, slots=True)
class Members:
    """The members of places, for the maintainers of projects and the owners of groups. `database` is for reading."""

    authentication: Authentication
    places: Places
    database: Database
    writer: Writer

    def read(self, presented: tuple[Presented, ...], place: Place, user_id: int, *, inherited: bool) -> ShownMember:
        """Give a user's role, the highest when inherited ones count. Raises RECORD_NOT_FOUND."""
        found = self._seen(presented, place)
        member = self.database.first(select_members(found, inherited=inherited).where(User.id == user_id))
        if not isinstance(member, User):
            raise _unknown()
        return ShownMember.of(member)

    def list(
        self, presented: tuple[Presented, ...], place: Place, search: str | None, page: Page, *, inherited: bool
    ) -> Listed[ShownMember]:
        """List members by rising user id, each once with its highest role."""
        query = select_members(self._seen(presented, place), inherited=inherited)
        if search:
            query = query.where(User.username.contains(search) | User.name.contains(search))
        listed = give_page(self.database, query.order_by(User.id), page)
        return Listed([ShownMember.of(member) for member in listed.rows], listed.total)

    async def add(self, presented: tuple[Presented, ...], place: Place, new: NewMember) -> ShownMember:
        """Give a role. Raises USER_NOT_FOUND, MEMBER_TAKEN, PARAMETER_VALUE_UNKNOWN for what is no role."""
        level = _known_role(new.access_level)
        expires_at = None if new.expires_at is None else start_of_day(new.expires_at)
        found = self._changeable(presented, place, level)
        return await self.writer.submit(lambda metadata: _add(metadata.database, found, new.user_id, level, expires_at))

    async def change(self, presented: tuple[Presented, ...], place: Place, changed: ChangedMember) -> ShownMember:
        """Change a role that was given here. Raises RECORD_NOT_FOUND, PARAMETER_VALUE_UNKNOWN for what is no role."""
        columns: dict[str, int | None] = {"access_level": _known_role(changed.access_level)}
        if changed.expires_at is not None:
            columns["expires_at"] = start_of_day(changed.expires_at) if changed.expires_at else None
        found = self._changeable(presented, place, changed.access_level)
        return await self.writer.submit(lambda metadata: _change(metadata.database, found, changed.user_id, columns))

    async def remove(self, presented: tuple[Presented, ...], place: Place, user_id: int) -> None:
        """Take a role that was given here. Raises RECORD_NOT_FOUND."""
        caller = self.authentication.user(presented)
        if caller.user_id == user_id:
            found = self.places.find(caller, place, LEAVE, LEAVE)
        else:
            found = self.places.find(caller, place, MAINTAIN, OWN)
        await self.writer.submit(lambda metadata: _remove(metadata.database, found, user_id))

    def _seen(self, presented: tuple[Presented, ...], place: Place) -> FoundPlace:
        return self.places.find(self.authentication.user(presented), place, SEE, SEE)

    def _changeable(self, presented: tuple[Presented, ...], place: Place, level: int) -> FoundPlace:
        """Find a place where the caller may give a role."""
        found = self.places.find(self.authentication.user(presented), place, MAINTAIN, OWN)
        if level > found.role:
            raise _too_high()
        return found


def _add(database: Database, place: FoundPlace, user_id: int, level: int, expires_at: int | None) -> ShownMember:
    """Write a role, in place of one that has ended."""
    user = find_user(database, user_id)
    table = RoleTable.of(place)
    database.change(table.model.delete().where(table.here & table.ended & (table.model.user_id == user_id)))
    row = {"user_id": user_id, "access_level": level, "expires_at": expires_at, "created_at": clock.now()}
    try:
        database.change(table.model.insert(row | table.key))
    except IntegrityError:
        raise Failure(Reason.MEMBER_TAKEN, "the user is a member") from None
    return ShownMember(user, level, expires_at, row["created_at"] or 0)


def _change(database: Database, place: FoundPlace, user_id: int, columns: dict[str, int | None]) -> ShownMember:
    _require_not_above(database, place, user_id)
    table = RoleTable.of(place)
    database.change(table.model.update(columns).where(table.here & (table.model.user_id == user_id)))
    return ShownMember.of(database.first(select_members(place, inherited=False).where(User.id == user_id)))


def _remove(database: Database, place: FoundPlace, user_id: int) -> None:
    _require_not_above(database, place, user_id)
    table = RoleTable.of(place)
    database.change(table.model.delete().where(table.here & (table.model.user_id == user_id)))


def _require_not_above(database: Database, place: FoundPlace, user_id: int) -> None:
    """Let a member's role be touched that is not above that of the caller. Raises RECORD_NOT_FOUND."""
    member = database.first(select_members(place, inherited=False).where(User.id == user_id))
    if member is None:
        raise _unknown()
    if member.access_level > place.role:
        raise _too_high()


def _known_role(level: int) -> int:
    """Let what is a role pass."""
    if not level:
        raise Failure(Reason.PARAMETER_MISSING, "access_level is missing", parameter="access_level")
    if level not in set(Role):
        raise Failure(Reason.PARAMETER_VALUE_UNKNOWN, "access_level is no role", parameter="access_level")
    return level


def _too_high() -> Failure:
    return Failure(Reason.ROLE_INSUFFICIENT, "the role is above the caller's own")


def _unknown() -> Failure:
    return Failure(Reason.RECORD_NOT_FOUND, "no such member")
