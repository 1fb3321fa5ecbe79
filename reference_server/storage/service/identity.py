"""IdentityService."""

# ruff: noqa: N802, ARG002 -- names and parameters are those of the generated service

from __future__ import annotations

from typing import Any

import grpc
from generic_packages.storage.v1 import identity_pb2 as pb
from generic_packages.storage.v1.identity_pb2_grpc import IdentityServiceServicer

from reference_server.storage.identity.groups import NewGroup, WantedGroups
from reference_server.storage.identity.projects import ChangedProject, NewProject, WantedProjects
from reference_server.storage.identity.users import ChangedUser, NewUser, WantedUsers
from reference_server.storage.rooms import IdentityRooms
from reference_server.storage.service import admission
from reference_server.storage.service import identity_messages as to_message

Context = grpc.aio.ServicerContext[Any, Any]


class IdentityServicer(IdentityServiceServicer):
    """Translates between messages and rooms; calls.py turns what is raised into statuses."""

    def __init__(self, rooms: IdentityRooms) -> None:
        self._rooms = rooms

    async def GetCaller(self, request: pb.GetCallerRequest, context: Context) -> pb.GetCallerResponse:
        """Answer GetCaller."""
        user = self._rooms.users.caller(admission.presented(request.credentials))
        return pb.GetCallerResponse(user=to_message.shown_user(user), edition=self._rooms.edition.name)

    async def CreateUser(self, request: pb.CreateUserRequest, context: Context) -> pb.CreateUserResponse:
        """Answer CreateUser."""
        new = NewUser(request.username, request.name, request.email, request.administrator)
        user = await self._rooms.users.create(admission.presented(request.credentials), new)
        return pb.CreateUserResponse(user=to_message.shown_user(user))

    async def GetUser(self, request: pb.GetUserRequest, context: Context) -> pb.GetUserResponse:
        """Answer GetUser."""
        user = self._rooms.users.read(admission.presented(request.credentials), request.user_id)
        return pb.GetUserResponse(user=to_message.shown_user(user))

    async def ListUsers(self, request: pb.ListUsersRequest, context: Context) -> pb.ListUsersResponse:
        """Answer ListUsers."""
        wanted = WantedUsers(
            request.username if request.HasField("username") else None,
            request.search if request.HasField("search") else None,
            _blocked(request.state),
        )
        listed = self._rooms.users.list(admission.presented(request.credentials), wanted, to_message.page(request))
        return pb.ListUsersResponse(users=map(to_message.shown_user, listed.rows), total=listed.total)

    async def UpdateUser(self, request: pb.UpdateUserRequest, context: Context) -> pb.UpdateUserResponse:
        """Answer UpdateUser."""
        changed = ChangedUser(
            request.name if request.HasField("name") else None,
            request.email if request.HasField("email") else None,
            request.administrator if request.HasField("administrator") else None,
            _blocked(request.state),
        )
        user = await self._rooms.users.change(admission.presented(request.credentials), request.user_id, changed)
        return pb.UpdateUserResponse(user=to_message.shown_user(user))

    async def DeleteUser(self, request: pb.DeleteUserRequest, context: Context) -> pb.DeleteUserResponse:
        """Answer DeleteUser."""
        await self._rooms.users.delete(admission.presented(request.credentials), request.user_id)
        return pb.DeleteUserResponse()

    async def CreateGroup(self, request: pb.CreateGroupRequest, context: Context) -> pb.CreateGroupResponse:
        """Answer CreateGroup."""
        parent_id = request.parent_id if request.HasField("parent_id") else None
        new = NewGroup(request.name, request.path, parent_id, request.visibility)
        group = await self._rooms.groups.create(admission.presented(request.credentials), new)
        return pb.CreateGroupResponse(group=to_message.group(group))

    async def GetGroup(self, request: pb.GetGroupRequest, context: Context) -> pb.GetGroupResponse:
        """Answer GetGroup."""
        view = self._rooms.groups.read(admission.presented(request.credentials), request.group)
        return pb.GetGroupResponse(group=to_message.group(view.group), caller_access_level=view.level)

    async def ListGroups(self, request: pb.ListGroupsRequest, context: Context) -> pb.ListGroupsResponse:
        """Answer ListGroups."""
        wanted = WantedGroups(
            request.parent if request.HasField("parent") else None,
            request.search if request.HasField("search") else None,
            request.top_level_only,
            request.minimum_access_level if request.HasField("minimum_access_level") else None,
        )
        listed = self._rooms.groups.list(admission.presented(request.credentials), wanted, to_message.page(request))
        return pb.ListGroupsResponse(groups=map(to_message.group, listed.rows), total=listed.total)

    async def DeleteGroup(self, request: pb.DeleteGroupRequest, context: Context) -> pb.DeleteGroupResponse:
        """Answer DeleteGroup."""
        await self._rooms.groups.delete(admission.presented(request.credentials), request.group)
        return pb.DeleteGroupResponse()

    async def CreateProject(self, request: pb.CreateProjectRequest, context: Context) -> pb.CreateProjectResponse:
        """Answer CreateProject."""
        new = NewProject(
            request.name, request.path, request.group_id, request.visibility, request.package_registry_access_level
        )
        view = await self._rooms.projects.create(admission.presented(request.credentials), new)
        return pb.CreateProjectResponse(project=to_message.project(view))

    async def GetProject(self, request: pb.GetProjectRequest, context: Context) -> pb.GetProjectResponse:
        """Answer GetProject."""
        view = self._rooms.projects.read(admission.presented(request.credentials), request.project)
        return pb.GetProjectResponse(project=to_message.project(view))

    async def ListProjects(self, request: pb.ListProjectsRequest, context: Context) -> pb.ListProjectsResponse:
        """Answer ListProjects."""
        wanted = WantedProjects(
            group=request.group if request.HasField("group") else None,
            include_subgroups=request.include_subgroups,
            search=request.search if request.HasField("search") else None,
            visibility=request.visibility,
            minimum_access_level=request.minimum_access_level if request.HasField("minimum_access_level") else None,
            order_by=request.order_by,
            sort=request.sort,
        )
        listed = self._rooms.projects.list(admission.presented(request.credentials), wanted, to_message.page(request))
        return pb.ListProjectsResponse(projects=map(to_message.project, listed.rows), total=listed.total)

    async def UpdateProject(self, request: pb.UpdateProjectRequest, context: Context) -> pb.UpdateProjectResponse:
        """Answer UpdateProject."""
        name = request.name if request.HasField("name") else None
        changed = ChangedProject(name, request.visibility, request.package_registry_access_level)
        view = await self._rooms.projects.change(admission.presented(request.credentials), request.project, changed)
        return pb.UpdateProjectResponse(project=to_message.project(view))

    async def DeleteProject(self, request: pb.DeleteProjectRequest, context: Context) -> pb.DeleteProjectResponse:
        """Answer DeleteProject."""
        await self._rooms.projects.delete(admission.presented(request.credentials), request.project)
        return pb.DeleteProjectResponse()


def _blocked(state: int) -> bool | None:
    """Read a user's state; None when it is unspecified."""
    return {int(pb.USER_STATE_ACTIVE): False, int(pb.USER_STATE_BLOCKED): True}.get(state)
