"""Creating and listing users, groups and projects."""

from __future__ import annotations

import argparse

from generic_packages.storage.v1 import identity_pb2 as pb

from reference_server.programs.admin.output import Row
from reference_server.programs.admin.session import Session
from reference_server.storage.rules.roles import Visibility


async def create_user(session: Session, given: argparse.Namespace) -> list[Row]:
    """Create a user."""
    request = pb.CreateUserRequest(
        credentials=session.credentials,
        username=given.username,
        name=given.name or given.username,
        email=given.email,
        administrator=given.administrator,
    )
    return [_user((await session.ask(session.identity.CreateUser, request)).user)]


async def list_users(session: Session, given: argparse.Namespace) -> list[Row]:
    """List users, the newest first."""
    request = pb.ListUsersRequest(credentials=session.credentials, search=given.search)
    found = await session.read_all(session.identity.ListUsers, request, lambda response: response.users)
    return [_user(user) for user in found]


async def create_group(session: Session, given: argparse.Namespace) -> list[Row]:
    """Create a group."""
    parent_id = None if given.parent is None else (await _group_named(session, given.parent)).id
    request = pb.CreateGroupRequest(
        credentials=session.credentials,
        name=given.name or given.path,
        path=given.path,
        parent_id=parent_id,
        visibility=_visibility(given),
    )
    return [_resource((await session.ask(session.identity.CreateGroup, request)).group)]


async def list_groups(session: Session, given: argparse.Namespace) -> list[Row]:
    """List groups by name."""
    request = pb.ListGroupsRequest(credentials=session.credentials, search=given.search)
    found = await session.read_all(session.identity.ListGroups, request, lambda response: response.groups)
    return [_resource(group) for group in found]


async def create_project(session: Session, given: argparse.Namespace) -> list[Row]:
    """Create a project."""
    request = pb.CreateProjectRequest(
        credentials=session.credentials,
        name=given.name or given.path,
        path=given.path,
        group_id=(await _group_named(session, given.group)).id,
        visibility=_visibility(given),
    )
    return [_resource((await session.ask(session.identity.CreateProject, request)).project)]


async def list_projects(session: Session, given: argparse.Namespace) -> list[Row]:
    """List projects, the newest first."""
    request = pb.ListProjectsRequest(
        credentials=session.credentials, group=given.group, include_subgroups=True, search=given.search
    )
    found = await session.read_all(session.identity.ListProjects, request, lambda response: response.projects)
    return [_resource(project) for project in found]


async def _group_named(session: Session, reference: str) -> pb.Group:
    """Return a group by its id or full path."""
    request = pb.GetGroupRequest(credentials=session.credentials, group=reference)
    return (await session.ask(session.identity.GetGroup, request)).group


def _user(user: pb.User) -> Row:
    return {
        "id": user.id,
        "username": user.username,
        "name": user.name,
        "email": user.email or None,
        "administrator": user.administrator,
        "bot": user.bot,
        "state": "blocked" if user.state == pb.USER_STATE_BLOCKED else "active",
    }


def _resource(record: pb.Group | pb.Project) -> Row:
    visibility = Visibility(record.visibility).name.lower()
    return {"id": record.id, "full_path": record.full_path, "name": record.name, "visibility": visibility}


def _visibility(given: argparse.Namespace) -> pb.Visibility.ValueType:
    return pb.Visibility.ValueType(Visibility[given.visibility.upper()])
