"""/groups, without what belongs to a group."""

from __future__ import annotations

from generic_packages.storage.v1.identity_pb2 import (
    CreateGroupRequest,
    DeleteGroupRequest,
    GetGroupRequest,
    ListGroupsRequest,
    Visibility,
)

from reference_server.frontend.rest.handler import ApiHandler, judged
from reference_server.frontend.rest.levels import OWNER
from reference_server.frontend.rest.pagination import read_page
from reference_server.frontend.rest.shapes import places


class Groups(ApiHandler):
    """The groups that the caller sees, or those directly below one."""

    @judged
    async def get(self, parent: str | None = None) -> None:
        """List groups; `search`, `top_level_only`, `owned` and `min_access_level` choose among them."""
        parameters = self.parameters
        page = read_page(parameters)
        owned = parameters.flag("owned")
        request = ListGroupsRequest(
            credentials=self.credentials,
            parent=parent,
            search=parameters.given("search"),
            top_level_only=parameters.flag("top_level_only") or False,
            minimum_access_level=parameters.level("min_access_level") or (OWNER if owned else None),
            page=page.number,
            per_page=page.size,
        )
        parameters.check()
        answer = await self.ask(self.services.identity.ListGroups, request)
        self.send_page([places.group(group, self.origin) for group in answer.groups], page, answer.total)


class GroupCollection(Groups):
    """All groups."""

    @judged
    async def post(self) -> None:
        """Create a group from `name`, `path`, and optionally `parent_id` and `visibility`."""
        parameters = self.parameters
        request = CreateGroupRequest(
            credentials=self.credentials,
            name=parameters.text("name"),
            path=parameters.text("path"),
            parent_id=parameters.integer("parent_id"),
            visibility=Visibility.ValueType(parameters.choice("visibility", places.VISIBILITIES, absent=0)),
        )
        parameters.check()
        answer = await self.ask(self.services.identity.CreateGroup, request)
        self.send_json(201, places.group(answer.group, self.origin))


class Group(ApiHandler):
    """One group."""

    async def get(self, group: str) -> None:
        """Show a group."""
        request = GetGroupRequest(credentials=self.credentials, group=group)
        answer = await self.ask(self.services.identity.GetGroup, request)
        self.send_json(200, places.group(answer.group, self.origin))

    async def delete(self, group: str) -> None:
        """Delete a group and everything below it."""
        request = DeleteGroupRequest(credentials=self.credentials, group=group)
        await self.ask(self.services.identity.DeleteGroup, request)
        self.send_json(202, {"message": "202 Accepted"})
