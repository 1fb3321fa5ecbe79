"""Members of projects and groups."""

from __future__ import annotations

from http import HTTPStatus

from generic_packages.storage.v1 import members_pb2

from reference_server.frontend.api.parameters import path_number
from reference_server.frontend.api.shapes import users
from reference_server.frontend.rest.groups_and_projects import place
from reference_server.frontend.rest.handler import RestHandler, read_page


class AllMembersHandler(RestHandler):
    """Members with those of the groups above."""

    inherited = True

    async def get(self, kind: str, name: str) -> None:
        """List members; `query` chooses among them."""
        page = read_page(self.parameters)
        request = members_pb2.ListMembersRequest(
            place=place(kind, name), inherited=self.inherited, search=self.parameters.given("query"), **page
        )
        answer = await self.call(self.services.members.ListMembers, request)
        self.send_page([users.member(member, self.origin) for member in answer.members], page, answer.total)


class MembersHandler(AllMembersHandler):
    """Members of a project or group itself."""

    inherited = False

    async def post(self, kind: str, name: str) -> None:
        """Make a user a member from `user_id`, `access_level`, and optionally `expires_at`."""
        request = members_pb2.AddMemberRequest(
            place=place(kind, name),
            user_id=self.parameters.required_integer("user_id"),
            access_level=self.parameters.level("access_level") or 0,
            expires_at=self.parameters.text("expires_at") or None,
        )
        answer = await self.call(self.services.members.AddMember, request)
        self.send_json(users.member(answer.member, self.origin), HTTPStatus.CREATED)


class AnyMemberHandler(RestHandler):
    """One member, perhaps by a role in a group above."""

    inherited = True

    async def get(self, kind: str, name: str, user: str) -> None:
        request = members_pb2.GetMemberRequest(
            place=place(kind, name), user_id=path_number("user_id", user), inherited=self.inherited
        )
        answer = await self.call(self.services.members.GetMember, request)
        self.send_json(users.member(answer.member, self.origin))


class MemberHandler(AnyMemberHandler):
    """One member of a project or group itself."""

    inherited = False

    async def put(self, kind: str, name: str, user: str) -> None:
        request = members_pb2.UpdateMemberRequest(
            place=place(kind, name),
            user_id=path_number("user_id", user),
            access_level=self.parameters.level("access_level") or 0,
            expires_at=self.parameters.given("expires_at"),
        )
        answer = await self.call(self.services.members.UpdateMember, request)
        self.send_json(users.member(answer.member, self.origin))

    async def delete(self, kind: str, name: str, user: str) -> None:
        request = members_pb2.RemoveMemberRequest(place=place(kind, name), user_id=path_number("user_id", user))
        await self.call(self.services.members.RemoveMember, request)
        self.send_nothing()
