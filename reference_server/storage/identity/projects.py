"""Creating, reading and deleting projects."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from reference_server.contract.failure import Failure, Reason
from reference_server.storage.access.authentication import Authentication
from reference_server.storage.access.authorization import MAINTAIN, OWN, SEE
from reference_server.storage.access.callers import Presented
from reference_server.storage.access.groups import GroupAccess
from reference_server.storage.access.projects import ProjectAccess
from reference_server.storage.blobs.freeing import Freeing
from reference_server.storage.identity.formats import check_name, check_path, read_visibility
from reference_server.storage.identity.namespaces import claim_path, require_visibility_below
from reference_server.storage.metadata import clock
from reference_server.storage.metadata.database import Database
from reference_server.storage.metadata.models import AccessToken, Group, Project, User
from reference_server.storage.metadata.writer import Writer
from reference_server.storage.packages.forgetting import forget_packages_of
from reference_server.storage.rules.roles import Visibility


@dataclass(frozen=True, slots=True)
class NewProject:
    """A project to be made; `visibility` 0 is private."""

    name: str
    path: str
    group_id: int
    visibility: int


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
    freeing: Freeing

    async def create(self, presented: tuple[Presented, ...], new: NewProject) -> ProjectView:
        """Create a project in a group. Raises PARAMETER_MISSING, PARAMETER_TAKEN, GROUP_NOT_FOUND."""
        caller = self.authentication.known_caller(presented)
        check_name(new.name)
        check_path(new.path)
        visibility = read_visibility(new.visibility)
        if not new.group_id:
            raise Failure(Reason.PARAMETER_MISSING, "a project needs a group", parameter="namespace_id")
        group = self.groups.find(caller, str(new.group_id), MAINTAIN)
        project = await self.writer.submit(lambda database: _create(database, new, visibility))
        return ProjectView(project, group, None, self.groups.role(caller, group.id))

    def read(self, presented: tuple[Presented, ...], reference: str) -> ProjectView:
        """Read a project. Raises PROJECT_NOT_FOUND."""
        caller = self.authentication.caller(presented)
        found = self.access.find(caller, reference, SEE)
        project = self.database.first(Project.select().where(Project.id == found.id))
        group = self.database.first(Group.select().where(Group.id == found.group_id))
        return ProjectView(project, group, found.own_level, found.group_level)

    async def delete(self, presented: tuple[Presented, ...], reference: str) -> None:
        """Delete a project with its packages and tokens. Raises PROJECT_NOT_FOUND."""
        caller = self.authentication.known_caller(presented)
        project_id = self.access.find(caller, reference, OWN).id
        freed = await self.writer.submit(lambda database: forget_projects(database, [project_id]), long=True)
        self.freeing.free_later(freed)


def _create(database: Database, new: NewProject, visibility: Visibility) -> Project:
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
    )
    project.id = database.change(Project.insert(project.__data__))
    return project


def forget_projects(database: Database, project_ids: Iterable[int]) -> list[bytes]:
    """Delete projects with their packages, tokens and bots; gives the freed digests. A change for the writer."""
    wanted = list(project_ids)
    freed = forget_packages_of(database, wanted)
    for project_id in wanted:
        bots = AccessToken.select(AccessToken.user_id).where(AccessToken.project_id == project_id)
        database.change(User.delete().where(User.id.in_(bots)))
        database.change(Project.delete().where(Project.id == project_id))
    return freed
