"""POST /groups and DELETE /groups/:id."""

from __future__ import annotations

from generic_packages.storage.v1.identity_pb2 import CreateGroupRequest, DeleteGroupRequest, Visibility

from reference_server.frontend.rest import shapes
from reference_server.frontend.rest.handler import ApiHandler, ChangingHandler
from reference_server.frontend.rest.parameters import Parameters


class Groups(ChangingHandler):
    """The collection of groups."""

    async def create(self, parameters: Parameters, *_path: str) -> None:
        """Create a group from `name`, `path`, and optionally `parent_id` and `visibility`."""
        request = CreateGroupRequest(
            credentials=self.credentials,
            name=parameters.text("name"),
            path=parameters.text("path"),
            parent_id=parameters.integer("parent_id"),
            visibility=Visibility.ValueType(parameters.choice("visibility", shapes.VISIBILITIES, absent=0)),
        )
        parameters.check()
        answer = await self.ask(self.identity.CreateGroup, request)
        self.send_json(201, shapes.group(answer.group, self.origin))


class Group(ApiHandler):
    """One group."""

    async def delete(self, group: str) -> None:
        """Delete a group and everything below it."""
        await self.ask(self.identity.DeleteGroup, DeleteGroupRequest(credentials=self.credentials, group=group))
        self.send_json(202, {"message": "202 Accepted"})
