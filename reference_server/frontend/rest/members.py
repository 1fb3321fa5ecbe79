"""Members of projects and groups."""

from __future__ import annotations

from generic_packages.storage.v1.members_pb2 import (
    AddMemberRequest,
    GetMemberRequest,
    ListMembersRequest,
    RemoveMemberRequest,
    UpdateMemberRequest,
)

from reference_server.frontend.rest.addressed import path_number, place
from reference_server.frontend.rest.handler import ApiHandler, judged
from reference_server.frontend.rest.pagination import read_page
from reference_server.frontend.rest.shapes import users


class AllMembers(ApiHandler):
    """Members with those of the groups above."""

    inherited = True

    @judged
    async def get(self, kind: str, name: str) -> None:
        """List members; `query` chooses among them."""
        parameters = self.parameters
        page = read_page(parameters)
        request = ListMembersRequest(
            credentials=self.credentials,
            place=place(kind, name),
            inherited=self.inherited,
            search=parameters.given("query"),
            page=page.number,
            per_page=page.size,
        )
        parameters.check()
        answer = await self.ask(self.services.members.ListMembers, request)
        self.send_page([users.member(member, self.origin) for member in answer.members], page, answer.total)


class Members(AllMembers):
    """Members of a project or group itself."""

    inherited = False

    @judged
    async def post(self, kind: str, name: str) -> None:
        """Make a user a member from `user_id`, `access_level`, and optionally `expires_at`."""
        parameters = self.parameters
        request = AddMemberRequest(
            credentials=self.credentials,
            place=place(kind, name),
            user_id=parameters.required_integer("user_id"),
            access_level=parameters.level("access_level") or 0,
            expires_at=parameters.text("expires_at") or None,
        )
        parameters.check()
        answer = await self.ask(self.services.members.AddMember, request)
        self.send_json(201, users.member(answer.member, self.origin))


class AnyMember(ApiHandler):
    """One member, perhaps by a role in a group above."""

    inherited = True

    @judged
    async def get(self, kind: str, name: str, user: str) -> None:
        """Show a member."""
        request = GetMemberRequest(
            credentials=self.credentials,
            place=place(kind, name),
            user_id=path_number("user_id", user),
            inherited=self.inherited,
        )
        answer = await self.ask(self.services.members.GetMember, request)
        self.send_json(200, users.member(answer.member, self.origin))


class Member(AnyMember):
    """One member of a project or group itself."""

    inherited = False

    @judged
    async def put(self, kind: str, name: str, user: str) -> None:
        """Change `access_level` and `expires_at`."""
        parameters = self.parameters
        request = UpdateMemberRequest(
            credentials=self.credentials,
            place=place(kind, name),
            user_id=path_number("user_id", user),
            access_level=parameters.level("access_level") or 0,
            expires_at=parameters.given("expires_at"),
        )
        parameters.check()
        answer = await self.ask(self.services.members.UpdateMember, request)
        self.send_json(200, users.member(answer.member, self.origin))

    @judged
    async def delete(self, kind: str, name: str, user: str) -> None:
        """Take a member's role."""
        request = RemoveMemberRequest(
            credentials=self.credentials, place=place(kind, name), user_id=path_number("user_id", user)
        )
        await self.ask(self.services.members.RemoveMember, request)
        self.send_nothing()
