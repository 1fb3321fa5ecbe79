"""Members: the roles that users have in projects and groups."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from peewee import Expression, IntegrityError, ModelSelect, Select, fn

from reference_server.contract.failure import Failure, Reason
from reference_server.storage.metadata import clock
from reference_server.storage.metadata.database import Database
from reference_server.storage.metadata.models import GroupAncestor, GroupMember, ProjectMember, User
from reference_server.storage.metadata.pagination import Page, PageRequest, read_numbered_page
from reference_server.storage.metadata.repositories.resources import ResourceKey
from reference_server.storage.metadata.repositories.text_search import any_contains
from reference_server.storage.metadata.repositories.visibility import in_force

RoleModel = type[GroupMember | ProjectMember]


@dataclass(frozen=True, slots=True)
class MemberRecord:
    """A user with a role; times are milliseconds since 1970 UTC."""

    user: User
    access_level: int
    expires_at: int | None
    created_at: int

    @classmethod
    def of(cls, selected: Any) -> MemberRecord:  # noqa: ANN401 -- a model with more columns
        """Return what `_select` selects as a record."""
        return cls(selected, selected.access_level, selected.expires_at, selected.given_at)


@dataclass(frozen=True, slots=True)
class MemberRepository:
    """Members over one connection. `inherited_from` is the lowest group whose roles count too; None for no group."""

    database: Database

    def get(self, resource: ResourceKey, user_id: int, inherited_from: int | None = None) -> MemberRecord:
        """Return a user's role, the highest that counts. Raise RECORD_NOT_FOUND."""
        member = self.database.first(_select(resource, inherited_from).where(User.id == user_id))
        if member is None:
            raise Failure(Reason.RECORD_NOT_FOUND, "no such member")
        return MemberRecord.of(member)

    def list(
        self, resource: ResourceKey, search: str | None, request: PageRequest, inherited_from: int | None
    ) -> Page[MemberRecord]:
        """Return a page of members by rising user id, each once with its highest role."""
        query = _select(resource, inherited_from).order_by(User.id)
        if search:
            query = query.where(any_contains(search, User.username, User.name))
        page = read_numbered_page(self.database, query, request)
        return page.of([MemberRecord.of(member) for member in page.rows])

    def add(self, resource: ResourceKey, user: User, level: int, expires_at: int | None = None) -> MemberRecord:
        """Give a role, in place of one that has ended, and return it. Raise MEMBER_TAKEN."""
        model, here = _roles_of(resource)
        now = clock.now()
        self.database.change(model.delete().where(here & (model.user_id == user.id) & (model.expires_at <= now)))
        row = {"user_id": user.id, "access_level": level, "expires_at": expires_at, "created_at": now}
        key = {"group_id": resource.group_id} if model is GroupMember else {"project_id": resource.project_id}
        try:
            self.database.change(model.insert(row | key))
        except IntegrityError:
            raise Failure(Reason.MEMBER_TAKEN, "the user is a member") from None
        return MemberRecord(user, level, expires_at, now)

    def change(self, resource: ResourceKey, member: MemberRecord) -> None:
        """Change a role that was given in the resource itself, and when it ends."""
        model, here = _roles_of(resource)
        columns = {"access_level": member.access_level, "expires_at": member.expires_at}
        self.database.change(model.update(columns).where(here & (model.user_id == member.user.id)))

    def remove(self, resource: ResourceKey, user_id: int) -> None:
        """Take a role that was given in the resource itself."""
        model, here = _roles_of(resource)
        self.database.change(model.delete().where(here & (model.user_id == user_id)))


def _roles_of(resource: ResourceKey) -> tuple[RoleModel, Expression]:
    """Return the table of the roles given in a resource, and which of its rows are the resource's."""
    if resource.project_id is None:
        return GroupMember, GroupMember.group_id == resource.group_id
    return ProjectMember, ProjectMember.project_id == resource.project_id


def _roles_in_force(model: RoleModel, which: Expression) -> ModelSelect[Any]:
    columns = (model.user_id, model.access_level, model.expires_at, model.created_at)
    return model.select(*columns).where(which & in_force(model))


def _select(resource: ResourceKey, inherited_from: int | None) -> ModelSelect[Any]:
    """Select the users that have a role in a resource, with the highest that counts."""
    given: Any = _roles_in_force(*_roles_of(resource))
    if inherited_from is not None:
        above = GroupAncestor.select(GroupAncestor.ancestor_id).where(GroupAncestor.group_id == inherited_from)
        given = given.union_all(_roles_in_force(GroupMember, GroupMember.group_id.in_(above)))
    every = given.alias("every")
    rank = fn.ROW_NUMBER().over(partition_by=[every.c.user_id], order_by=[every.c.access_level.desc()])
    columns = (every.c.user_id, every.c.access_level, every.c.expires_at, every.c.created_at.alias("given_at"))
    ranked = Select([every], [*columns, rank.alias("rank")]).alias("ranked")
    return (
        User.select(User, ranked.c.access_level, ranked.c.expires_at, ranked.c.given_at)
        .join(ranked, on=ranked.c.user_id == User.id)
        .where(ranked.c.rank == 1)
        .objects()
    )
