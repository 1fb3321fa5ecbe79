"""Groups and the groups above them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from peewee import Value, fn

from reference_server.contract.failure import Failure, Reason
from reference_server.storage.metadata import clock
from reference_server.storage.metadata.database import Database
from reference_server.storage.metadata.models import AccessToken, Group, GroupAncestor, Project, User
from reference_server.storage.metadata.pagination import Page, PageRequest, read_numbered_page
from reference_server.storage.metadata.repositories.resources import claim_path
from reference_server.storage.metadata.repositories.text_search import any_contains
from reference_server.storage.metadata.repositories.visibility import Viewer, groups_below, visible_groups
from reference_server.storage.rules.deletion import marked_name


@dataclass(frozen=True, slots=True)
class GroupFields:
    """What a new group is given; `parent_id` is None for one at the top."""

    name: str
    path: str
    parent_id: int | None
    visibility: int


@dataclass(frozen=True, slots=True)
class GroupFilter:
    """Which groups to list; None for any."""

    parent_id: int | None = None
    search: str | None = None
    top_level_only: bool = False
    minimum_access_level: int | None = None


@dataclass(frozen=True, slots=True)
class GroupRepository:
    """Groups over one connection."""

    database: Database

    def get(self, group_id: int) -> Group:
        """Return a group. Raise GROUP_NOT_FOUND."""
        missing = Failure(Reason.GROUP_NOT_FOUND, "no such group")
        return self.database.get(Group, Group.select().where(Group.id == group_id), missing)

    def list(self, viewer: Viewer | None, wanted: GroupFilter, request: PageRequest) -> Page[Group]:
        """Return a page of the groups that a viewer sees, by name; None is anonymous."""
        query = visible_groups(viewer, wanted.minimum_access_level).order_by(Group.name, Group.id)
        if wanted.parent_id is not None:
            query = query.where(Group.parent_id == wanted.parent_id)
        if wanted.search:
            query = query.where(any_contains(wanted.search, Group.name, Group.path))
        if wanted.top_level_only:
            query = query.where(Group.parent_id.is_null())
        return read_numbered_page(self.database, query, request)

    def add(self, fields: GroupFields, parent: Group | None) -> Group:
        """Add a group below its parent and return it. Raise PARAMETER_TAKEN."""
        full_path = fields.path if parent is None else f"{parent.full_path}/{fields.path}"
        claim_path(self.database, full_path)
        new = Group.insert(full_path=full_path, created_at=clock.now(), **asdict(fields))
        group_id = self.database.change(new)
        self.database.change(GroupAncestor.insert(group_id=group_id, ancestor_id=group_id, distance=0))
        above = GroupAncestor.select().where(GroupAncestor.group_id == fields.parent_id)
        for each in self.database.rows(above):
            row = {"group_id": group_id, "ancestor_id": each.ancestor_id, "distance": each.distance + 1}
            self.database.change(GroupAncestor.insert(row))
        return self.get(group_id)

    def mark_for_deletion(self, group: Group) -> None:
        """Mark a group now, and rename it so that its path is free; the paths of all below it change with it."""
        path = marked_name(group.path, group.id)
        full_path = group.full_path.removesuffix(group.path) + path
        below = groups_below(group.id)
        for model, where in ((Group, Group.id.in_(below)), (Project, Project.group_id.in_(below))):
            rest = fn.SUBSTR(model.full_path, len(group.full_path) + 1)
            self.database.change(model.update(full_path=Value(full_path).concat(rest)).where(where))
        columns = {"name": marked_name(group.name, group.id), "path": path, "marked_for_deletion_at": clock.now()}
        self.database.change(Group.update(columns).where(Group.id == group.id))

    def marked_by(self, time: int) -> Sequence[int]:
        """Return the ids of the groups that were marked for deletion by a time, in milliseconds since 1970."""
        query = Group.select(Group.id).where(Group.marked_for_deletion_at <= time)
        return [group_id for (group_id,) in self.database.rows(query.tuples())]

    def delete(self, group_id: int) -> None:
        """Delete a group and those below it, with their tokens and bots; they have no projects any more."""
        below = groups_below(group_id).order_by(GroupAncestor.distance.desc())
        group_ids = [each for (each,) in self.database.rows(below.tuples())]
        bots = AccessToken.select(AccessToken.user_id).where(AccessToken.group_id.in_(group_ids))
        self.database.change(User.delete().where(User.id.in_(bots)))
        for each in group_ids:
            self.database.change(Group.delete().where(Group.id == each))
