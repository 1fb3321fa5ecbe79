"""MembersService."""

# ruff: noqa: N802, ARG002 -- names and parameters are those of the generated service

from __future__ import annotations

from typing import Any

import grpc
from generic_packages.storage.v1 import members_pb2 as pb
from generic_packages.storage.v1.members_pb2_grpc import MembersServiceServicer

from reference_server.storage.identity.members import ChangedMember, Members, NewMember
from reference_server.storage.service import admission
from reference_server.storage.service import identity_messages as to_message

Context = grpc.aio.ServicerContext[Any, Any]


class MembersServicer(MembersServiceServicer):
    """Translates between messages and rooms; calls.py turns what is raised into statuses."""

    def __init__(self, members: Members) -> None:
        self._members = members

    async def AddMember(self, request: pb.AddMemberRequest, context: Context) -> pb.AddMemberResponse:
        """Answer AddMember."""
        expires_at = request.expires_at if request.HasField("expires_at") else None
        new = NewMember(request.user_id, request.access_level, expires_at)
        presented, place = admission.presented(request.credentials), to_message.place(request.place)
        return pb.AddMemberResponse(member=to_message.member(await self._members.add(presented, place, new)))

    async def GetMember(self, request: pb.GetMemberRequest, context: Context) -> pb.GetMemberResponse:
        """Answer GetMember."""
        presented, place = admission.presented(request.credentials), to_message.place(request.place)
        member = self._members.read(presented, place, request.user_id, inherited=request.inherited)
        return pb.GetMemberResponse(member=to_message.member(member))

    async def ListMembers(self, request: pb.ListMembersRequest, context: Context) -> pb.ListMembersResponse:
        """Answer ListMembers."""
        presented, place = admission.presented(request.credentials), to_message.place(request.place)
        search = request.search if request.HasField("search") else None
        listed = self._members.list(presented, place, search, to_message.page(request), inherited=request.inherited)
        return pb.ListMembersResponse(members=map(to_message.member, listed.rows), total=listed.total)

    async def UpdateMember(self, request: pb.UpdateMemberRequest, context: Context) -> pb.UpdateMemberResponse:
        """Answer UpdateMember."""
        expires_at = request.expires_at if request.HasField("expires_at") else None
        changed = ChangedMember(request.user_id, request.access_level, expires_at)
        presented, place = admission.presented(request.credentials), to_message.place(request.place)
        return pb.UpdateMemberResponse(member=to_message.member(await self._members.change(presented, place, changed)))

    async def RemoveMember(self, request: pb.RemoveMemberRequest, context: Context) -> pb.RemoveMemberResponse:
        """Answer RemoveMember."""
        presented, place = admission.presented(request.credentials), to_message.place(request.place)
        await self._members.remove(presented, place, request.user_id)
        return pb.RemoveMemberResponse()
