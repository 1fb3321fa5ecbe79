"""Creating and listing users, groups and projects."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from generic_packages.storage.v1 import identity_pb2 as pb

from reference_server.programs.admin.output import Row
from reference_server.programs.admin.pages import ROWS, every_row
from reference_server.programs.admin.session import Session
from reference_server.programs.admin.words import VISIBILITIES, VISIBILITY_WORDS


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

    async def read(page: int) -> tuple[Sequence[pb.User], int]:
        request = pb.ListUsersRequest(credentials=session.credentials, search=given.search, page=page, per_page=ROWS)
        answer = await session.ask(session.identity.ListUsers, request)
        return answer.users, answer.total

    return [_user(user) for user in await every_row(read)]


async def create_group(session: Session, given: argparse.Namespace) -> list[Row]:
    """Create a group."""
    parent_id = None if given.parent is None else (await _group_named(session, given.parent)).id
    request = pb.CreateGroupRequest(
        credentials=session.credentials,
        name=given.name or given.path,
        path=given.path,
        parent_id=parent_id,
        visibility=VISIBILITIES[given.visibility],
    )
    return [_group((await session.ask(session.identity.CreateGroup, request)).group)]


async def list_groups(session: Session, given: argparse.Namespace) -> list[Row]:
    """List groups by name."""

    async def read(page: int) -> tuple[Sequence[pb.Group], int]:
        request = pb.ListGroupsRequest(credentials=session.credentials, search=given.search, page=page, per_page=ROWS)
        answer = await session.ask(session.identity.ListGroups, request)
        return answer.groups, answer.total

    return [_group(group) for group in await every_row(read)]


async def create_project(session: Session, given: argparse.Namespace) -> list[Row]:
    """Create a project."""
    request = pb.CreateProjectRequest(
        credentials=session.credentials,
        name=given.name or given.path,
        path=given.path,
        group_id=(await _group_named(session, given.group)).id,
        visibility=VISIBILITIES[given.visibility],
    )
    return [_project((await session.ask(session.identity.CreateProject, request)).project)]


async def list_projects(session: Session, given: argparse.Namespace) -> list[Row]:
    """List projects, the newest first."""

    async def read(page: int) -> tuple[Sequence[pb.Project], int]:
        request = pb.ListProjectsRequest(
            credentials=session.credentials,
            group=given.group,
            include_subgroups=True,
            search=given.search,
            page=page,
            per_page=ROWS,
        )
        answer = await session.ask(session.identity.ListProjects, request)
        return answer.projects, answer.total

    return [_project(project) for project in await every_row(read)]


async def _group_named(session: Session, reference: str) -> pb.Group:
    """Find a group by its id or full path."""
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


def _group(group: pb.Group) -> Row:
    visibility = VISIBILITY_WORDS[group.visibility]
    return {"id": group.id, "full_path": group.full_path, "name": group.name, "visibility": visibility}


def _project(project: pb.Project) -> Row:
    visibility = VISIBILITY_WORDS[project.visibility]
    return {"id": project.id, "full_path": project.full_path, "name": project.name, "visibility": visibility}
