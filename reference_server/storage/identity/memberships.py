"""Where roles are kept, and how they are selected with the users that have them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from peewee import Expression, ModelSelect, Select, fn

from reference_server.storage.identity.places import FoundPlace
from reference_server.storage.metadata import clock
from reference_server.storage.metadata.models import GroupAncestor, GroupMember, ProjectMember, User


@dataclass(frozen=True, slots=True)
class ShownMember:
    """A user with a role; times are milliseconds since 1970 UTC."""

    user: User
    access_level: int
    expires_at: int | None
    created_at: int

    @classmethod
    def of(cls, selected: Any) -> ShownMember:  # noqa: ANN401 -- a model with more columns
        """Take a user as `select_members` selects it."""
        return cls(selected, selected.access_level, selected.expires_at, selected.given_at)


@dataclass(frozen=True, slots=True)
class RoleTable:
    """Where the roles of one place are kept: the model, what a new row says of the place, and which rows are its."""

    model: type[GroupMember | ProjectMember]
    key: dict[str, int | None]
    here: Expression

    @classmethod
    def of(cls, place: FoundPlace) -> RoleTable:
        """Give the table for a place."""
        if place.project_id is None:
            return cls(GroupMember, {"group_id": place.group_id}, GroupMember.group_id == place.group_id)
        return cls(ProjectMember, {"project_id": place.project_id}, ProjectMember.project_id == place.project_id)

    @property
    def ended(self) -> Expression:
        """Say which roles have ended."""
        return self.model.expires_at <= clock.now()

    def roles(self) -> ModelSelect[Any]:
        """Select the roles given in the place itself."""
        return _roles_of(self.model).where(self.here)


def _roles_of(model: type[GroupMember | ProjectMember]) -> ModelSelect[Any]:
    """Select the roles of a table that have not ended."""
    columns = (model.user_id, model.access_level, model.expires_at, model.created_at)
    return model.select(*columns).where(model.expires_at.is_null() | (model.expires_at > clock.now()))


def select_members(place: FoundPlace, *, inherited: bool) -> ModelSelect[Any]:
    """Select the users that have a role in a place, with the highest that counts."""
    given = RoleTable.of(place).roles()
    above = GroupAncestor.select(GroupAncestor.ancestor_id).where(GroupAncestor.group_id == place.nearest_group_id)
    from_above = _roles_of(GroupMember).where(GroupMember.group_id.in_(above))
    every = (given.union_all(from_above) if inherited else given).alias("every")
    rank = fn.ROW_NUMBER().over(partition_by=[every.c.user_id], order_by=[every.c.access_level.desc()])
    columns = (every.c.user_id, every.c.access_level, every.c.expires_at, every.c.created_at.alias("given_at"))
    ranked = Select([every], [*columns, rank.alias("rank")]).alias("ranked")
    return (
        User.select(User, ranked.c.access_level, ranked.c.expires_at, ranked.c.given_at)
        .join(ranked, on=ranked.c.user_id == User.id)
        .where(ranked.c.rank == 1)
        .objects()
    )
