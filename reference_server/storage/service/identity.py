"""IdentityService."""

# ruff: noqa: N802, ARG002 -- names and parameters are those of the generated service

from __future__ import annotations

from typing import Any

import grpc
from generic_packages.storage.v1 import identity_pb2 as pb
from generic_packages.storage.v1.identity_pb2_grpc import IdentityServiceServicer

from reference_server.storage.identity.access_tokens import CreatedAccessToken, NewAccessToken
from reference_server.storage.identity.deploy_tokens import NewDeployToken
from reference_server.storage.identity.formats import day_of
from reference_server.storage.identity.groups import NewGroup
from reference_server.storage.identity.projects import NewProject, ProjectView
from reference_server.storage.metadata.models import DeployToken, Group, User
from reference_server.storage.rooms import IdentityRooms
from reference_server.storage.service import messages

Context = grpc.aio.ServicerContext[Any, Any]


class IdentityServicer(IdentityServiceServicer):
    """Translates between messages and rooms; calls.py turns what is raised into statuses."""

    def __init__(self, rooms: IdentityRooms) -> None:
        self._rooms = rooms

    async def GetCaller(self, request: pb.GetCallerRequest, context: Context) -> pb.GetCallerResponse:
        """Answer GetCaller."""
        user = self._rooms.users.caller(messages.presented(request.credentials))
        return pb.GetCallerResponse(user=_user(user))

    async def CreateGroup(self, request: pb.CreateGroupRequest, context: Context) -> pb.CreateGroupResponse:
        """Answer CreateGroup."""
        parent_id = request.parent_id if request.HasField("parent_id") else None
        new = NewGroup(request.name, request.path, parent_id, request.visibility)
        group = await self._rooms.groups.create(messages.presented(request.credentials), new)
        return pb.CreateGroupResponse(group=_group(group))

    async def DeleteGroup(self, request: pb.DeleteGroupRequest, context: Context) -> pb.DeleteGroupResponse:
        """Answer DeleteGroup."""
        await self._rooms.groups.delete(messages.presented(request.credentials), request.group)
        return pb.DeleteGroupResponse()

    async def CreateProject(self, request: pb.CreateProjectRequest, context: Context) -> pb.CreateProjectResponse:
        """Answer CreateProject."""
        new = NewProject(request.name, request.path, request.group_id, request.visibility)
        view = await self._rooms.projects.create(messages.presented(request.credentials), new)
        return pb.CreateProjectResponse(project=_project(view))

    async def GetProject(self, request: pb.GetProjectRequest, context: Context) -> pb.GetProjectResponse:
        """Answer GetProject."""
        view = self._rooms.projects.read(messages.presented(request.credentials), request.project)
        return pb.GetProjectResponse(project=_project(view))

    async def DeleteProject(self, request: pb.DeleteProjectRequest, context: Context) -> pb.DeleteProjectResponse:
        """Answer DeleteProject."""
        await self._rooms.projects.delete(messages.presented(request.credentials), request.project)
        return pb.DeleteProjectResponse()

    async def CreateProjectAccessToken(
        self, request: pb.CreateProjectAccessTokenRequest, context: Context
    ) -> pb.CreateProjectAccessTokenResponse:
        """Answer CreateProjectAccessToken."""
        new = NewAccessToken(
            request.name,
            tuple(request.scopes),
            request.access_level if request.HasField("access_level") else None,
            request.expires_at if request.HasField("expires_at") else None,
        )
        created = await self._rooms.access_tokens.create(messages.presented(request.credentials), request.project, new)
        return pb.CreateProjectAccessTokenResponse(access_token=_access_token(created), secret=created.secret)

    async def RevokeProjectAccessToken(
        self, request: pb.RevokeProjectAccessTokenRequest, context: Context
    ) -> pb.RevokeProjectAccessTokenResponse:
        """Answer RevokeProjectAccessToken."""
        presented = messages.presented(request.credentials)
        await self._rooms.access_tokens.revoke(presented, request.project, request.token_id)
        return pb.RevokeProjectAccessTokenResponse()

    async def CreateProjectDeployToken(
        self, request: pb.CreateProjectDeployTokenRequest, context: Context
    ) -> pb.CreateProjectDeployTokenResponse:
        """Answer CreateProjectDeployToken."""
        new = NewDeployToken(
            request.name,
            tuple(request.scopes),
            messages.milliseconds(request.expires_at) if request.HasField("expires_at") else None,
            request.username if request.HasField("username") else None,
        )
        created = await self._rooms.deploy_tokens.create(messages.presented(request.credentials), request.project, new)
        return pb.CreateProjectDeployTokenResponse(deploy_token=_deploy_token(created.token), secret=created.secret)

    async def RevokeProjectDeployToken(
        self, request: pb.RevokeProjectDeployTokenRequest, context: Context
    ) -> pb.RevokeProjectDeployTokenResponse:
        """Answer RevokeProjectDeployToken."""
        presented = messages.presented(request.credentials)
        await self._rooms.deploy_tokens.revoke(presented, request.project, request.token_id)
        return pb.RevokeProjectDeployTokenResponse()


def _user(user: User) -> pb.User:
    return pb.User(
        id=user.id,
        username=user.username,
        name=user.name,
        administrator=user.administrator,
        bot=user.bot,
        created_at=messages.timestamp(user.created_at),
    )


def _group(group: Group) -> pb.Group:
    return pb.Group(
        id=group.id,
        name=group.name,
        path=group.path,
        full_path=group.full_path,
        parent_id=group.parent_id,
        visibility=pb.Visibility.ValueType(group.visibility),
        created_at=messages.timestamp(group.created_at),
    )


def _project(view: ProjectView) -> pb.Project:
    project = view.project
    return pb.Project(
        id=project.id,
        name=project.name,
        path=project.path,
        full_path=project.full_path,
        group=_group(view.group),
        visibility=pb.Visibility.ValueType(project.visibility),
        created_at=messages.timestamp(project.created_at),
        caller_project_access_level=view.own_level,
        caller_group_access_level=view.group_level,
    )


def _access_token(created: CreatedAccessToken) -> pb.AccessToken:
    token = created.token
    return pb.AccessToken(
        id=token.id,
        name=token.name,
        scopes=token.scopes.split(),
        user_id=token.user_id,
        access_level=created.access_level,
        expires_at=None if token.expires_at is None else day_of(token.expires_at),
        revoked=token.revoked,
        created_at=messages.timestamp(token.created_at),
    )


def _deploy_token(token: DeployToken) -> pb.DeployToken:
    return pb.DeployToken(
        id=token.id,
        name=token.name,
        username=token.username,
        scopes=token.scopes.split(),
        expires_at=None if token.expires_at is None else messages.timestamp(token.expires_at),
        revoked=token.revoked,
    )
