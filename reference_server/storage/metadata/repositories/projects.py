"""Projects, with their groups and a user's roles in both."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from peewee import Field

from reference_server.contract.failure import Failure, Reason
from reference_server.storage.metadata import clock
from reference_server.storage.metadata.database import Database
from reference_server.storage.metadata.models import AccessToken, Group, Project, User
from reference_server.storage.metadata.pagination import Ordering, Page, PageRequest, read_numbered_page
from reference_server.storage.metadata.repositories.resources import claim_path
from reference_server.storage.metadata.repositories.text_search import any_contains
from reference_server.storage.metadata.repositories.visibility import (
    Viewer,
    groups_below,
    roles_in_groups,
    roles_in_projects,
    visible_projects,
)
from reference_server.storage.rules.deletion import marked_name

_COLUMNS: Mapping[str, Field] = {
    "id": Project.id,
    "name": Project.name,
    "path": Project.path,
    "created_at": Project.created_at,
    "updated_at": Project.created_at,
}
_ORDERING = Ordering(_COLUMNS, Project.id, default="created_at", default_sort="desc")


@dataclass(frozen=True, slots=True)
class ProjectFields:
    """What a new project is given; unspecified numbers are 0."""

    name: str
    path: str
    group_id: int
    visibility: int
    package_access: int


@dataclass(frozen=True, slots=True)
class ProjectChanges:
    """What is to change in a project; None or 0 for what stays."""

    name: str | None = None
    visibility: int = 0
    package_access: int = 0


@dataclass(frozen=True, slots=True)
class ProjectFilter:
    """Which projects to list; None or 0 for any."""

    group_id: int | None = None
    include_subgroups: bool = False
    search: str | None = None
    visibility: int = 0
    minimum_access_level: int | None = None


@dataclass(frozen=True, slots=True)
class ProjectRecord:
    """A project with its group, and a user's roles in both; None without one."""

    project: Project
    group: Group
    own_level: int | None
    group_level: int | None


@dataclass(frozen=True, slots=True)
class ProjectRepository:
    """Projects over one connection."""

    database: Database

    def get(self, project_id: int, user_id: int | None) -> ProjectRecord:
        """Return a project as a user sees it; None for nobody in particular. Raise PROJECT_NOT_FOUND."""
        projects = self.database.rows(Project.select().where(Project.id == project_id))
        if not projects:
            raise Failure(Reason.PROJECT_NOT_FOUND, "no such project")
        return self.records(projects, user_id)[0]

    def list(self, viewer: Viewer | None, wanted: ProjectFilter, request: PageRequest) -> Page[ProjectRecord]:
        """Return a page of the projects that a viewer sees; None is anonymous. Raise PARAMETER_VALUE_UNKNOWN."""
        query = visible_projects(viewer, wanted.minimum_access_level)
        query = _ORDERING.apply(query, _ORDERING.select(request))
        if wanted.group_id is not None and wanted.include_subgroups:
            query = query.where(Project.group_id.in_(groups_below(wanted.group_id)))
        elif wanted.group_id is not None:
            query = query.where(Project.group_id == wanted.group_id)
        if wanted.search:
            query = query.where(any_contains(wanted.search, Project.name, Project.path))
        if wanted.visibility:
            query = query.where(Project.visibility == wanted.visibility)
        page = read_numbered_page(self.database, query, request)
        return page.of(self.records(page.rows, None if viewer is None else viewer.user_id))

    def records(self, projects: Sequence[Project], user_id: int | None) -> Sequence[ProjectRecord]:
        """Return projects as a user sees them, in three queries however many they are."""
        group_ids = {project.group_id for project in projects}
        groups = {
            group.id: group for group in self.database.rows(Group.select().where(Group.id.in_(sorted(group_ids))))
        }
        own = roles_in_projects(self.database, user_id, [project.id for project in projects])
        from_groups = roles_in_groups(self.database, user_id, group_ids)
        return [
            ProjectRecord(each, groups[each.group_id], own.get(each.id), from_groups.get(each.group_id))
            for each in projects
        ]

    def below(self, group_id: int) -> Sequence[int]:
        """Return the ids of the projects of a group and of the groups below it."""
        query = Project.select(Project.id).where(Project.group_id.in_(groups_below(group_id)))
        return [project_id for (project_id,) in self.database.rows(query.tuples())]

    def add(self, fields: ProjectFields, group: Group) -> int:
        """Add a project to its group and return its id. Raise PARAMETER_TAKEN."""
        full_path = f"{group.full_path}/{fields.path}"
        claim_path(self.database, full_path)
        new = Project.insert(full_path=full_path, created_at=clock.now(), **dataclasses.asdict(fields))
        return self.database.change(new)

    def change(self, project_id: int, changes: ProjectChanges) -> None:
        columns = {name: value for name, value in dataclasses.asdict(changes).items() if value}
        if columns:
            self.database.change(Project.update(columns).where(Project.id == project_id))

    def mark_for_deletion(self, project: Project) -> None:
        """Mark a project now, and rename it so that its path is free."""
        path = marked_name(project.path, project.id)
        columns = {
            "name": marked_name(project.name, project.id),
            "path": path,
            "full_path": project.full_path.removesuffix(project.path) + path,
            "marked_for_deletion_at": clock.now(),
        }
        self.database.change(Project.update(columns).where(Project.id == project.id))

    def marked_by(self, time: int) -> Sequence[int]:
        """Return the ids of the projects that were marked for deletion by a time, in milliseconds since 1970."""
        query = Project.select(Project.id).where(Project.marked_for_deletion_at <= time)
        return [project_id for (project_id,) in self.database.rows(query.tuples())]

    def delete(self, project_ids: Iterable[int]) -> None:
        """Delete projects with their tokens and bots; they have no packages any more."""
        for project_id in project_ids:
            bots = AccessToken.select(AccessToken.user_id).where(AccessToken.project_id == project_id)
            self.database.change(User.delete().where(User.id.in_(bots)))
            self.database.change(Project.delete().where(Project.id == project_id))
