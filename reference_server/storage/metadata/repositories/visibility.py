"""Visibility queries: which groups and projects a user sees, and the roles that it has in many of them at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Protocol

from peewee import Expression, ModelSelect, fn

from reference_server.storage.metadata import clock
from reference_server.storage.metadata.database import Database
from reference_server.storage.metadata.models import Group, GroupAncestor, GroupMember, Project, ProjectMember
from reference_server.storage.rules.roles import Role, Visibility


class Viewer(Protocol):
    """A user that looks at a list; an administrator sees everything."""

    @property
    def user_id(self) -> int:
        """The user."""

    @property
    def administrator(self) -> bool:
        """Whether it is one."""


def visible_groups(viewer: Viewer | None, minimum: int | None) -> ModelSelect[Group]:
    """Select the groups that a viewer sees, None being anonymous; with a minimum those in which it has that role."""
    return _visible(Group, lambda user_id, role: Group.id.in_(_groups_with_role(user_id, role)), viewer, minimum)


def visible_projects(viewer: Viewer | None, minimum: int | None) -> ModelSelect[Project]:
    """Select the projects that a viewer sees, None being anonymous; with a minimum those in which it has that role."""
    return _visible(Project, _in_projects_with_role, viewer, minimum)


def roles_in_projects(database: Database, user_id: int | None, project_ids: Iterable[int]) -> dict[int, int]:
    """Return the user's own role in each project that it has one in."""
    which = ProjectMember.project_id.in_(sorted(project_ids)) & (ProjectMember.user_id == user_id)
    query = ProjectMember.select(ProjectMember.project_id, ProjectMember.access_level)
    return dict(database.rows(query.where(which & in_force(ProjectMember)).tuples()))


def roles_in_groups(database: Database, user_id: int | None, group_ids: Iterable[int]) -> dict[int, int]:
    """Return the user's highest role, given there or above, in each group that it has one in."""
    which = GroupAncestor.group_id.in_(sorted(group_ids)) & (GroupMember.user_id == user_id)
    query = (
        GroupAncestor.select(GroupAncestor.group_id, fn.MAX(GroupMember.access_level))
        .join(GroupMember, on=GroupMember.group_id == GroupAncestor.ancestor_id)
        .where(which & in_force(GroupMember))
        .group_by(GroupAncestor.group_id)
    )
    return dict(database.rows(query.tuples()))


def groups_below(group_id: int | None) -> ModelSelect[Any]:
    """Select the ids of a group and the groups below it."""
    return GroupAncestor.select(GroupAncestor.group_id).where(GroupAncestor.ancestor_id == group_id)


def in_force(model: type[GroupMember | ProjectMember]) -> Expression:
    """Return the condition that a role has not ended."""
    return model.expires_at.is_null() | (model.expires_at > clock.now())


def _visible(
    model: type[Group | Project],
    with_role: Callable[[int, int], Expression],
    viewer: Viewer | None,
    minimum: int | None,
) -> ModelSelect[Any]:
    """Select what a viewer sees; `with_role` is the condition that a user has at least a role."""
    query = model.select()
    if viewer is None:
        return query.where((model.visibility == Visibility.PUBLIC) & (minimum is None))
    if minimum is not None:
        return query.where(with_role(viewer.user_id, minimum))
    if viewer.administrator:
        return query
    return query.where((model.visibility != Visibility.PRIVATE) | with_role(viewer.user_id, Role.GUEST))


def _groups_with_role(user_id: int, minimum: int) -> ModelSelect[Any]:
    which = (GroupMember.user_id == user_id) & (GroupMember.access_level >= minimum)
    given_in = GroupMember.select(GroupMember.group_id).where(which & in_force(GroupMember))
    return GroupAncestor.select(GroupAncestor.group_id).where(GroupAncestor.ancestor_id.in_(given_in))


def _in_projects_with_role(user_id: int, minimum: int) -> Expression:
    which = (ProjectMember.user_id == user_id) & (ProjectMember.access_level >= minimum)
    own = ProjectMember.select(ProjectMember.project_id).where(which & in_force(ProjectMember))
    return Project.id.in_(own) | Project.group_id.in_(_groups_with_role(user_id, minimum))
