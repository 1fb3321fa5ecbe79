"""Creating, reading, listing and deleting groups."""

from __future__ import annotations

from dataclasses import dataclass

from reference_server.contract.failure import Failure, Reason
from reference_server.storage.access.authentication import Authentication
from reference_server.storage.access.authorization import OWN, SEE, require_scope
from reference_server.storage.access.callers import Caller, Presented, UserCaller
from reference_server.storage.access.groups import GroupAccess
from reference_server.storage.blobs.garbage_collector import GarbageCollector
from reference_server.storage.identity.formats import check_name, check_path, read_visibility
from reference_server.storage.identity.namespaces import claim_path, require_visibility_below
from reference_server.storage.identity.projects import forget_projects
from reference_server.storage.identity.sight import seen_groups, viewer
from reference_server.storage.metadata import clock
from reference_server.storage.metadata.models import AccessToken, Group, GroupAncestor, GroupMember, Project, User
from reference_server.storage.metadata.pages import Listed, Page, give_page
from reference_server.storage.metadata.sqlite.database import Database
from reference_server.storage.metadata.writer import Writer
from reference_server.storage.rules.roles import Role, Visibility


@dataclass(frozen=True, slots=True)
class NewGroup:
    """A group to be made; `parent_id` is None for one at the top, `visibility` 0 for private."""

    name: str
    path: str
    parent_id: int | None
    visibility: int


@dataclass(frozen=True, slots=True)
class WantedGroups:
    """Which groups to list; None for no such wish. `parent` is an id in decimal or a full path."""

    parent: str | None = None
    search: str | None = None
    top_level_only: bool = False
    minimum_access_level: int | None = None


@dataclass(frozen=True, slots=True)
class GroupView:
    """A group, and the caller's role in it; None without one."""

    group: Group
    level: int | None


@dataclass(frozen=True, slots=True)
class Groups:
    """Groups, for whoever may see or change them. `database` is for reading."""

    authentication: Authentication
    access: GroupAccess
    database: Database
    writer: Writer
    garbage_collector: GarbageCollector

    def read(self, presented: tuple[Presented, ...], reference: str) -> GroupView:
        """Read a group. Raises GROUP_NOT_FOUND."""
        caller = self.authentication.caller(presented)
        group = self.access.find(caller, reference, SEE)
        return GroupView(group, self.access.role(caller, group.id))

    def list(self, presented: tuple[Presented, ...], wanted: WantedGroups, page: Page) -> Listed[Group]:
        """List the groups that the caller sees, by name. Raises GROUP_NOT_FOUND for the parent."""
        query = seen_groups(viewer(self.authentication, presented), wanted.minimum_access_level)
        if wanted.parent is not None:
            query = query.where(Group.parent_id == self.read(presented, wanted.parent).group.id)
        if wanted.search:
            query = query.where(Group.name.contains(wanted.search) | Group.path.contains(wanted.search))
        if wanted.top_level_only:
            query = query.where(Group.parent_id.is_null())
        return give_page(self.database, query.order_by(Group.name, Group.id), page)

    async def create(self, presented: tuple[Presented, ...], new: NewGroup) -> Group:
        """Create a group whose owner is the caller. Raises PARAMETER_TAKEN, GROUP_NOT_FOUND for the parent."""
        caller = self.authentication.known_caller(presented)
        check_name(new.name)
        check_path(new.path)
        visibility = read_visibility(new.visibility)
        owner = self._owner(caller, new)
        return await self.writer.submit(lambda metadata: _create(metadata.database, new, visibility, owner.user_id))

    async def delete(self, presented: tuple[Presented, ...], reference: str) -> None:
        """Delete a group with everything below it. Raises GROUP_NOT_FOUND."""
        caller = self.authentication.known_caller(presented)
        group_id = self.access.find(caller, reference, OWN).id
        freed = await self.writer.submit(lambda metadata: _delete(metadata.database, group_id), long=True)
        self.garbage_collector.free_later(freed)

    def _owner(self, caller: Caller, new: NewGroup) -> UserCaller:
        """Let a caller pass that may create the group, and that is a user."""
        if new.parent_id is not None:
            self.access.find(caller, str(new.parent_id), OWN)
        if not isinstance(caller, UserCaller):
            raise Failure(Reason.ROLE_INSUFFICIENT, "only a user can own a group")
        require_scope(caller, OWN.scopes)
        if new.parent_id is None and not caller.administrator:
            raise Failure(Reason.ROLE_INSUFFICIENT, "only an administrator creates a group at the top")
        return caller


def _create(database: Database, new: NewGroup, visibility: Visibility, owner_id: int) -> Group:
    """Write a group, its place below its ancestors, and its owner."""
    parent = None
    if new.parent_id is not None:
        parent = database.first(Group.select().where(Group.id == new.parent_id))
        if parent is None:
            raise Failure(Reason.GROUP_NOT_FOUND, "no such group")
        require_visibility_below(parent, visibility)
    full_path = new.path if parent is None else f"{parent.full_path}/{new.path}"
    claim_path(database, full_path)
    group = Group(
        parent_id=new.parent_id,
        name=new.name,
        path=new.path,
        full_path=full_path,
        visibility=visibility,
        created_at=clock.now(),
    )
    group.id = database.change(Group.insert(group.__data__))
    _place(database, group)
    owner = GroupMember.insert(
        group_id=group.id, user_id=owner_id, access_level=Role.OWNER, created_at=group.created_at
    )
    database.change(owner)
    return group


def _place(database: Database, group: Group) -> None:
    """Write the group's ancestors: itself, and those of its parent one step further."""
    database.change(GroupAncestor.insert(group_id=group.id, ancestor_id=group.id, distance=0))
    above = GroupAncestor.select().where(GroupAncestor.group_id == group.parent_id)
    for ancestor in database.rows(above):
        database.change(
            GroupAncestor.insert(group_id=group.id, ancestor_id=ancestor.ancestor_id, distance=ancestor.distance + 1)
        )


def _delete(database: Database, group_id: int) -> list[bytes]:
    """Delete a group, the groups below it and their projects, the deepest first; gives the freed digests."""
    below = (
        GroupAncestor.select(GroupAncestor.group_id)
        .where(GroupAncestor.ancestor_id == group_id)
        .order_by(GroupAncestor.distance.desc())
    )
    group_ids = [row for (row,) in database.rows(below.tuples())]
    bots = AccessToken.select(AccessToken.user_id).where(AccessToken.group_id.in_(group_ids))
    database.change(User.delete().where(User.id.in_(bots)))
    freed: list[bytes] = []
    for each in group_ids:
        projects = database.rows(Project.select(Project.id).where(Project.group_id == each).tuples())
        freed += forget_projects(database, [project_id for (project_id,) in projects])
        database.change(Group.delete().where(Group.id == each))
    return freed
