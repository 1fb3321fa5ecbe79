"""Creating, reading, listing, changing and deleting projects."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from peewee import Expression, Field, ModelSelect

from reference_server.contract.failure import Failure, Reason
from reference_server.storage.access.authentication import Authentication
from reference_server.storage.access.authorization import MAINTAIN, OWN, SEE
from reference_server.storage.access.callers import Presented, UserCaller
from reference_server.storage.access.groups import GroupAccess
from reference_server.storage.access.projects import ProjectAccess
from reference_server.storage.blobs.garbage_collector import GarbageCollector
from reference_server.storage.identity.formats import check_name, check_path, read_package_access, read_visibility
from reference_server.storage.identity.namespaces import claim_path, require_visibility_below
from reference_server.storage.identity.sight import roles_in_groups, roles_in_projects, seen_projects, viewer
from reference_server.storage.metadata import clock
from reference_server.storage.metadata.models import AccessToken, Group, GroupAncestor, Project, User
from reference_server.storage.metadata.pages import Listed, Page, give_page
from reference_server.storage.metadata.sqlite.database import Database
from reference_server.storage.metadata.writer import Writer
from reference_server.storage.packages.forgetting import forget_packages_of
from reference_server.storage.rules.roles import PackageAccess, Visibility

_ORDERS: dict[str, Field] = {
    "": Project.created_at,
    "id": Project.id,
    "name": Project.name,
    "path": Project.path,
    "created_at": Project.created_at,
    "updated_at": Project.created_at,
}
_SORTS = frozenset({"", "asc", "desc"})


@dataclass(frozen=True, slots=True)
class NewProject:
    """A project to be made; `visibility` 0 is private, `package_access` 0 enabled."""

    name: str
    path: str
    group_id: int
    visibility: int
    package_access: int


@dataclass(frozen=True, slots=True)
class ChangedProject:
    """What is to change in a project; None or 0 for what stays."""

    name: str | None
    visibility: int
    package_access: int


@dataclass(frozen=True, slots=True)
class WantedProjects:
    """Which projects to list, and in which order; None, 0 or "" for no such wish. `group` is an id or a full path."""

    group: str | None = None
    include_subgroups: bool = False
    search: str | None = None
    visibility: int = 0
    minimum_access_level: int | None = None
    order_by: str = ""
    sort: str = ""


@dataclass(frozen=True, slots=True)
class ProjectView:
    """A project with its group, and the caller's roles in both; None without one."""

    project: Project
    group: Group
    own_level: int | None
    group_level: int | None


@dataclass(frozen=True, slots=True)
class Projects:
    """Projects, for whoever may see or change them. `database` is for reading."""

    authentication: Authentication
    access: ProjectAccess
    groups: GroupAccess
    database: Database
    writer: Writer
    garbage_collector: GarbageCollector

    async def create(self, presented: tuple[Presented, ...], new: NewProject) -> ProjectView:
        """Create a project in a group. Raises PARAMETER_MISSING, PARAMETER_TAKEN, GROUP_NOT_FOUND."""
        caller = self.authentication.known_caller(presented)
        check_name(new.name)
        check_path(new.path)
        visibility = read_visibility(new.visibility)
        access = read_package_access(new.package_access)
        if not new.group_id:
            raise Failure(Reason.PARAMETER_MISSING, "a project needs a group", parameter="namespace_id")
        group = self.groups.find(caller, str(new.group_id), MAINTAIN)
        project = await self.writer.submit(lambda metadata: _create(metadata.database, new, visibility, access))
        return ProjectView(project, group, None, self.groups.role(caller, group.id))

    def read(self, presented: tuple[Presented, ...], reference: str) -> ProjectView:
        """Read a project. Raises PROJECT_NOT_FOUND."""
        caller = self.authentication.caller(presented)
        found = self.access.find(caller, reference, SEE)
        project = self.database.first(Project.select().where(Project.id == found.id))
        group = self.database.first(Group.select().where(Group.id == found.group_id))
        return ProjectView(project, group, found.own_level, found.group_level)

    def list(self, presented: tuple[Presented, ...], wanted: WantedProjects, page: Page) -> Listed[ProjectView]:
        """List the projects that the caller sees. Raises GROUP_NOT_FOUND, PARAMETER_VALUE_UNKNOWN."""
        caller = viewer(self.authentication, presented)
        query = _ordered(seen_projects(caller, wanted.minimum_access_level), wanted)
        if wanted.group is not None:
            group = self.groups.find(self.authentication.caller(presented), wanted.group, SEE)
            query = query.where(_of_group(group.id, include_subgroups=wanted.include_subgroups))
        if wanted.search:
            query = query.where(Project.name.contains(wanted.search) | Project.path.contains(wanted.search))
        if wanted.visibility:
            query = query.where(Project.visibility == read_visibility(wanted.visibility))
        found = give_page(self.database, query, page)
        return Listed(views(self.database, caller, found.rows), found.total)

    async def change(self, presented: tuple[Presented, ...], reference: str, changed: ChangedProject) -> ProjectView:
        """Change what is given. Raises PROJECT_NOT_FOUND, PARAMETER_INVALID for a visibility wider than the group's."""
        caller = self.authentication.known_caller(presented)
        columns: dict[str, object] = {}
        if changed.name is not None:
            check_name(changed.name)
            columns["name"] = changed.name
        if changed.visibility:
            columns["visibility"] = read_visibility(changed.visibility)
        if changed.package_access:
            columns["package_access"] = read_package_access(changed.package_access)
        found = self.access.find(caller, reference, OWN if changed.visibility else MAINTAIN)
        await self.writer.submit(lambda metadata: _change(metadata.database, found.id, columns))
        return self.read(presented, reference)

    async def delete(self, presented: tuple[Presented, ...], reference: str) -> None:
        """Delete a project with its packages and tokens. Raises PROJECT_NOT_FOUND."""
        caller = self.authentication.known_caller(presented)
        project_id = self.access.find(caller, reference, OWN).id
        freed = await self.writer.submit(lambda metadata: forget_projects(metadata.database, [project_id]), long=True)
        self.garbage_collector.free_later(freed)


def _create(database: Database, new: NewProject, visibility: Visibility, access: PackageAccess) -> Project:
    group = database.first(Group.select().where(Group.id == new.group_id))
    if group is None:
        raise Failure(Reason.GROUP_NOT_FOUND, "no such group")
    require_visibility_below(group, visibility)
    full_path = f"{group.full_path}/{new.path}"
    claim_path(database, full_path)
    project = Project(
        group_id=group.id,
        name=new.name,
        path=new.path,
        full_path=full_path,
        visibility=visibility,
        created_at=clock.now(),
        package_access=access,
    )
    project.id = database.change(Project.insert(project.__data__))
    return project


def _change(database: Database, project_id: int, columns: dict[str, object]) -> None:
    visibility = columns.get("visibility")
    if isinstance(visibility, Visibility):
        above = Group.select().join(Project, on=Project.group_id == Group.id).where(Project.id == project_id)
        require_visibility_below(database.first(above), visibility)
    if columns:
        database.change(Project.update(columns).where(Project.id == project_id))


def views(database: Database, caller: UserCaller | None, projects: Sequence[Project]) -> list[ProjectView]:
    """Show projects, each with its group and the caller's roles in both."""
    group_ids = {project.group_id for project in projects}
    groups = {group.id: group for group in database.rows(Group.select().where(Group.id.in_(sorted(group_ids))))}
    own = roles_in_projects(database, caller, [project.id for project in projects])
    from_groups = roles_in_groups(database, caller, group_ids)
    return [
        ProjectView(project, groups[project.group_id], own.get(project.id), from_groups.get(project.group_id))
        for project in projects
    ]


def _ordered(query: ModelSelect[Project], wanted: WantedProjects) -> ModelSelect[Project]:
    """Order a list of projects."""
    column = _ORDERS.get(wanted.order_by)
    if column is None:
        raise Failure(Reason.PARAMETER_VALUE_UNKNOWN, "order_by has no such value", parameter="order_by")
    if wanted.sort not in _SORTS:
        raise Failure(Reason.PARAMETER_VALUE_UNKNOWN, "sort has no such value", parameter="sort")
    columns = (column, Project.id)
    return query.order_by(*(each.asc() if wanted.sort == "asc" else each.desc() for each in columns))


def _of_group(group_id: int, *, include_subgroups: bool) -> Expression:
    if not include_subgroups:
        return Project.group_id == group_id
    return Project.group_id.in_(
        GroupAncestor.select(GroupAncestor.group_id).where(GroupAncestor.ancestor_id == group_id)
    )


def forget_projects(database: Database, project_ids: Iterable[int]) -> list[bytes]:
    """Delete projects with their packages, tokens and bots; gives the freed digests. A change for the writer."""
    wanted = list(project_ids)
    freed = forget_packages_of(database, wanted)
    for project_id in wanted:
        bots = AccessToken.select(AccessToken.user_id).where(AccessToken.project_id == project_id)
        database.change(User.delete().where(User.id.in_(bots)))
        database.change(Project.delete().where(Project.id == project_id))
    return freed
