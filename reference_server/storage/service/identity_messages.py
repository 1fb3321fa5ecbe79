"""Users, groups, projects, members and tokens as the contract's messages."""

from __future__ import annotations

from typing import Any

from generic_packages.storage.v1 import identity_pb2 as pb
from generic_packages.storage.v1 import members_pb2, tokens_pb2

from reference_server.storage.identity.access_tokens import ShownAccessToken
from reference_server.storage.identity.formats import day_of
from reference_server.storage.identity.memberships import ShownMember
from reference_server.storage.identity.places import Place
from reference_server.storage.identity.projects import ProjectView
from reference_server.storage.identity.users import ShownUser
from reference_server.storage.metadata import clock
from reference_server.storage.metadata.models import DeployToken, Group, User
from reference_server.storage.metadata.pages import Page
from reference_server.storage.service import messages


def page(request: Any) -> Page:  # noqa: ANN401 -- any message with both fields
    """Read which page of a list is wanted."""
    return Page(
        request.page if request.HasField("page") else None,
        request.per_page if request.HasField("per_page") else None,
    )


def place(message: pb.Place) -> Place:
    """Read a place."""
    return Place(
        message.project if message.HasField("project") else None, message.group if message.HasField("group") else None
    )


def shown_user(shown: ShownUser) -> pb.User:
    """Write a user as one caller may see it."""
    message = user(shown.user)
    if shown.with_address:
        message.email = shown.user.email
    return message


def user(value: User) -> pb.User:
    """Write a user as everyone may see it."""
    return pb.User(
        id=value.id,
        username=value.username,
        name=value.name,
        administrator=value.administrator,
        bot=value.bot,
        created_at=messages.timestamp(value.created_at),
        state=pb.USER_STATE_BLOCKED if value.blocked else pb.USER_STATE_ACTIVE,
    )


def group(value: Group) -> pb.Group:
    """Write a group."""
    return pb.Group(
        id=value.id,
        name=value.name,
        path=value.path,
        full_path=value.full_path,
        parent_id=value.parent_id,
        visibility=pb.Visibility.ValueType(value.visibility),
        created_at=messages.timestamp(value.created_at),
    )


def project(view: ProjectView) -> pb.Project:
    """Write a project with its group and the caller's roles."""
    value = view.project
    return pb.Project(
        id=value.id,
        name=value.name,
        path=value.path,
        full_path=value.full_path,
        group=group(view.group),
        visibility=pb.Visibility.ValueType(value.visibility),
        created_at=messages.timestamp(value.created_at),
        caller_project_access_level=view.own_level,
        caller_group_access_level=view.group_level,
        package_registry_access_level=pb.PackageRegistryAccessLevel.ValueType(value.package_access),
    )


def member(shown: ShownMember) -> members_pb2.Member:
    """Write a member."""
    return members_pb2.Member(
        user=user(shown.user),
        access_level=shown.access_level,
        expires_at=None if shown.expires_at is None else day_of(shown.expires_at),
        created_at=messages.timestamp(shown.created_at),
    )


def access_token(shown: ShownAccessToken) -> tokens_pb2.AccessToken:
    """Write an access token."""
    token = shown.token
    return tokens_pb2.AccessToken(
        id=token.id,
        name=token.name,
        scopes=token.scopes.split(),
        user_id=token.user_id,
        access_level=shown.access_level,
        expires_at=None if token.expires_at is None else day_of(token.expires_at),
        revoked=token.revoked,
        created_at=messages.timestamp(token.created_at),
        active=shown.active,
    )


def deploy_token(token: DeployToken) -> tokens_pb2.DeployToken:
    """Write a deploy token."""
    return tokens_pb2.DeployToken(
        id=token.id,
        name=token.name,
        username=token.username,
        scopes=token.scopes.split(),
        expires_at=None if token.expires_at is None else messages.timestamp(token.expires_at),
        revoked=token.revoked,
        expired=token.expires_at is not None and token.expires_at <= clock.now(),
    )
