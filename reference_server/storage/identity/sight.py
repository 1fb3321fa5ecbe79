"""Which groups and projects a caller sees, and its roles in many of them at once."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from peewee import Expression, ModelSelect, fn

from reference_server.storage.access.authentication import Authentication
from reference_server.storage.access.authorization import require_scope
from reference_server.storage.access.callers import Anonymous, Presented, UserCaller
from reference_server.storage.access.groups import holds_now
from reference_server.storage.access.scopes import API, READ_API
from reference_server.storage.metadata import clock
from reference_server.storage.metadata.models import Group, GroupAncestor, GroupMember, Project, ProjectMember
from reference_server.storage.metadata.sqlite.database import Database
from reference_server.storage.rules.roles import Role, Visibility

_ANY_ROLE = Role.GUEST


def viewer(authentication: Authentication, presented: tuple[Presented, ...]) -> UserCaller | None:
    """Say which user looks at a list; None for an anonymous caller. Raises as the authentication of a user."""
    if isinstance(authentication.caller(presented), Anonymous):
        return None
    caller = authentication.user(presented)
    require_scope(caller, (API, READ_API))
    return caller


def seen_groups(caller: UserCaller | None, minimum: int | None) -> ModelSelect[Group]:
    """Select the groups that a caller sees; with a minimum those in which it has at least that role."""
    query = Group.select()
    if caller is None:
        return query.where((Group.visibility == Visibility.PUBLIC) & (minimum is None))
    if minimum is not None:
        return query.where(Group.id.in_(_groups_with_role(caller, minimum)))
    if caller.administrator:
        return query
    return query.where(_open_to_users(Group) | Group.id.in_(_groups_with_role(caller, _ANY_ROLE)))


def seen_projects(caller: UserCaller | None, minimum: int | None) -> ModelSelect[Project]:
    """Select the projects that a caller sees; with a minimum those in which it has at least that role."""
    query = Project.select()
    if caller is None:
        return query.where((Project.visibility == Visibility.PUBLIC) & (minimum is None))
    if minimum is not None:
        return query.where(_in_projects_with_role(caller, minimum))
    if caller.administrator:
        return query
    return query.where(_open_to_users(Project) | _in_projects_with_role(caller, _ANY_ROLE))


def roles_in_projects(database: Database, caller: UserCaller | None, project_ids: Iterable[int]) -> dict[int, int]:
    """Give the caller's own role in each project that it has one in."""
    if caller is None:
        return {}
    query = ProjectMember.select(ProjectMember.project_id, ProjectMember.access_level).where(
        ProjectMember.project_id.in_(list(project_ids))
        & (ProjectMember.user_id == caller.user_id)
        & _project_role_holds()
    )
    return dict(database.rows(query.tuples()))


def roles_in_groups(database: Database, caller: UserCaller | None, group_ids: Iterable[int]) -> dict[int, int]:
    """Give the caller's highest role, given there or above, in each group that it has one in."""
    if caller is None:
        return {}
    query = (
        GroupAncestor.select(GroupAncestor.group_id, fn.MAX(GroupMember.access_level))
        .join(GroupMember, on=GroupMember.group_id == GroupAncestor.ancestor_id)
        .where(GroupAncestor.group_id.in_(list(group_ids)) & (GroupMember.user_id == caller.user_id) & holds_now())
        .group_by(GroupAncestor.group_id)
    )
    return dict(database.rows(query.tuples()))


def _groups_with_role(caller: UserCaller, minimum: int) -> ModelSelect[Any]:
    return (
        GroupAncestor.select(GroupAncestor.group_id)
        .join(GroupMember, on=GroupMember.group_id == GroupAncestor.ancestor_id)
        .where((GroupMember.user_id == caller.user_id) & (GroupMember.access_level >= minimum) & holds_now())
    )


def _in_projects_with_role(caller: UserCaller, minimum: int) -> Expression:
    own = ProjectMember.select(ProjectMember.project_id).where(
        (ProjectMember.user_id == caller.user_id) & (ProjectMember.access_level >= minimum) & _project_role_holds()
    )
    return Project.id.in_(own) | Project.group_id.in_(_groups_with_role(caller, minimum))


def _project_role_holds() -> Expression:
    return ProjectMember.expires_at.is_null() | (ProjectMember.expires_at > clock.now())


def _open_to_users(model: type[Group | Project]) -> Expression:
    return model.visibility != Visibility.PRIVATE
