"""The servicer of users, groups and projects."""

from __future__ import annotations

from generic_packages.storage.v1 import identity_pb2 as pb
from generic_packages.storage.v1.identity_pb2_grpc import IdentityServiceServicer

from reference_server.storage.metadata.repositories.groups import GroupFields, GroupFilter
from reference_server.storage.metadata.repositories.projects import ProjectChanges, ProjectFields, ProjectFilter
from reference_server.storage.metadata.repositories.users import UserChanges, UserFields, UserFilter
from reference_server.storage.rules.deletion import DeletionRequest
from reference_server.storage.service import identity_messages as messages
from reference_server.storage.service.admission import Admission
from reference_server.storage.service.calls import Context
from reference_server.storage.service.messages import page_request, read
from reference_server.storage.wiring import StorageServices

_BLOCKED = {int(pb.USER_STATE_ACTIVE): False, int(pb.USER_STATE_BLOCKED): True}


class IdentityServicer(IdentityServiceServicer):
    """Users, groups and projects."""

    def __init__(self, admission: Admission, services: StorageServices) -> None:
        self._admission = admission
        self._gitlab = services.gitlab
        self._users = services.users
        self._groups = services.groups
        self._projects = services.projects

    async def GetCaller(self, request: pb.GetCallerRequest, _: Context) -> pb.GetCallerResponse:
        caller = self._admission.user(request)
        user = messages.user(self._users.read(caller, caller.user_id), caller)
        return pb.GetCallerResponse(user=user, gitlab_version=self._gitlab.told_version)

    async def RecognizeCredentials(
        self, request: pb.RecognizeCredentialsRequest, _: Context
    ) -> pb.RecognizeCredentialsResponse:
        self._admission.recognize(request)
        return pb.RecognizeCredentialsResponse()

    async def CreateUser(self, request: pb.CreateUserRequest, _: Context) -> pb.CreateUserResponse:
        caller = self._admission.user(request)
        fields = UserFields(request.username, request.name, request.email, request.administrator)
        return pb.CreateUserResponse(user=messages.user(await self._users.create(caller, fields), caller))

    async def GetUser(self, request: pb.GetUserRequest, _: Context) -> pb.GetUserResponse:
        caller = self._admission.user(request)
        return pb.GetUserResponse(user=messages.user(self._users.read(caller, request.user_id), caller))

    async def ListUsers(self, request: pb.ListUsersRequest, _: Context) -> pb.ListUsersResponse:
        caller = self._admission.user(request)
        wanted = read(UserFilter, request, blocked=_BLOCKED.get(request.state))
        listed = self._users.list(caller, wanted, page_request(request))
        users = [messages.user(user, caller) for user in listed.rows]
        return pb.ListUsersResponse(users=users, total=listed.total)

    async def UpdateUser(self, request: pb.UpdateUserRequest, _: Context) -> pb.UpdateUserResponse:
        caller = self._admission.user(request)
        changes = read(UserChanges, request, blocked=_BLOCKED.get(request.state))
        user = await self._users.change(caller, request.user_id, changes)
        return pb.UpdateUserResponse(user=messages.user(user, caller))

    async def DeleteUser(self, request: pb.DeleteUserRequest, _: Context) -> pb.DeleteUserResponse:
        await self._users.delete(self._admission.user(request), request.user_id)
        return pb.DeleteUserResponse()

    async def CreateGroup(self, request: pb.CreateGroupRequest, _: Context) -> pb.CreateGroupResponse:
        parent_id = request.parent_id if request.HasField("parent_id") else None
        fields = GroupFields(request.name, request.path, parent_id, request.visibility)
        group = await self._groups.create(self._admission.caller(request), fields)
        return pb.CreateGroupResponse(group=messages.group(group))

    async def GetGroup(self, request: pb.GetGroupRequest, _: Context) -> pb.GetGroupResponse:
        group, level = self._groups.read(self._admission.caller(request), request.group)
        return pb.GetGroupResponse(group=messages.group(group), caller_access_level=level)

    async def ListGroups(self, request: pb.ListGroupsRequest, _: Context) -> pb.ListGroupsResponse:
        caller, wanted = self._admission.caller(request), read(GroupFilter, request)
        parent = request.parent if request.HasField("parent") else None
        listed = self._groups.list(caller, parent, wanted, page_request(request))
        return pb.ListGroupsResponse(groups=map(messages.group, listed.rows), total=listed.total)

    async def DeleteGroup(self, request: pb.DeleteGroupRequest, _: Context) -> pb.DeleteGroupResponse:
        asked = DeletionRequest(request.permanently_remove, request.full_path)
        await self._groups.delete(self._admission.caller(request), request.group, asked)
        return pb.DeleteGroupResponse()

    async def CreateProject(self, request: pb.CreateProjectRequest, _: Context) -> pb.CreateProjectResponse:
        fields = ProjectFields(
            request.name, request.path, request.group_id, request.visibility, request.package_registry_access_level
        )
        record = await self._projects.create(self._admission.caller(request), fields)
        return pb.CreateProjectResponse(project=messages.project(record))

    async def GetProject(self, request: pb.GetProjectRequest, _: Context) -> pb.GetProjectResponse:
        record = self._projects.read(self._admission.caller(request), request.project)
        return pb.GetProjectResponse(project=messages.project(record))

    async def ListProjects(self, request: pb.ListProjectsRequest, _: Context) -> pb.ListProjectsResponse:
        caller, wanted = self._admission.caller(request), read(ProjectFilter, request)
        group = request.group if request.HasField("group") else None
        listed = self._projects.list(caller, group, wanted, page_request(request))
        return pb.ListProjectsResponse(projects=map(messages.project, listed.rows), total=listed.total)

    async def UpdateProject(self, request: pb.UpdateProjectRequest, _: Context) -> pb.UpdateProjectResponse:
        changes = read(ProjectChanges, request, package_access=request.package_registry_access_level)
        record = await self._projects.change(self._admission.caller(request), request.project, changes)
        return pb.UpdateProjectResponse(project=messages.project(record))

    async def DeleteProject(self, request: pb.DeleteProjectRequest, _: Context) -> pb.DeleteProjectResponse:
        asked = DeletionRequest(request.permanently_remove, request.full_path)
        await self._projects.delete(self._admission.caller(request), request.project, asked)
        return pb.DeleteProjectResponse()
