"""The servicer of members."""

from __future__ import annotations

from generic_packages.storage.v1 import members_pb2 as pb
from generic_packages.storage.v1.members_pb2_grpc import MembersServiceServicer

from reference_server.storage.identity.members import MemberFields, MemberService
from reference_server.storage.service import identity_messages as messages
from reference_server.storage.service.admission import Admission
from reference_server.storage.service.calls import Context
from reference_server.storage.service.messages import page_request, read


class MembersServicer(MembersServiceServicer):
    """Members of projects and groups."""

    def __init__(self, admission: Admission, members: MemberService) -> None:
        self._admission = admission
        self._members = members

    async def AddMember(self, request: pb.AddMemberRequest, _: Context) -> pb.AddMemberResponse:
        where = messages.resource(request.place)
        member = await self._members.add(self._admission.user(request), where, read(MemberFields, request))
        return pb.AddMemberResponse(member=messages.member(member))

    async def GetMember(self, request: pb.GetMemberRequest, _: Context) -> pb.GetMemberResponse:
        caller, where = self._admission.user(request), messages.resource(request.place)
        member = self._members.read(caller, where, request.user_id, inherited=request.inherited)
        return pb.GetMemberResponse(member=messages.member(member))

    async def ListMembers(self, request: pb.ListMembersRequest, _: Context) -> pb.ListMembersResponse:
        caller, where = self._admission.user(request), messages.resource(request.place)
        search = request.search if request.HasField("search") else None
        listed = self._members.list(caller, where, search, page_request(request), inherited=request.inherited)
        return pb.ListMembersResponse(members=map(messages.member, listed.rows), total=listed.total)

    async def UpdateMember(self, request: pb.UpdateMemberRequest, _: Context) -> pb.UpdateMemberResponse:
        where = messages.resource(request.place)
        member = await self._members.change(self._admission.user(request), where, read(MemberFields, request))
        return pb.UpdateMemberResponse(member=messages.member(member))

    async def RemoveMember(self, request: pb.RemoveMemberRequest, _: Context) -> pb.RemoveMemberResponse:
        where = messages.resource(request.place)
        await self._members.remove(self._admission.user(request), where, request.user_id)
        return pb.RemoveMemberResponse()
