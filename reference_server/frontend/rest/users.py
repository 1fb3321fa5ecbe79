"""Users, the one that calls, and the version that callers are told."""

from __future__ import annotations

from http import HTTPStatus
from typing import Final

from generic_packages.storage.v1 import identity_pb2

from reference_server.frontend.api.parameters import Parameters, path_number
from reference_server.frontend.api.shapes import users
from reference_server.frontend.rest.handler import RestHandler, read_page

_REVISION: Final = "generic-packages-reference-server"


class CurrentUserHandler(RestHandler):
    """Who the credentials belong to."""

    async def get(self) -> None:
        self.send_json(users.user((await self.caller()).user, self.origin))


class VersionHandler(RestHandler):
    """The GitLab that the registry follows; told, as in GitLab, to known callers alone."""

    async def get(self) -> None:
        self.send_json({"version": (await self.caller()).gitlab_version, "revision": _REVISION})


class UsersHandler(RestHandler):
    """All users."""

    async def get(self) -> None:
        """List users; `username`, `search`, `active` and `blocked` choose among them."""
        page = read_page(self.parameters)
        request = identity_pb2.ListUsersRequest(
            username=self.parameters.given("username"),
            search=self.parameters.given("search"),
            state=_state(self.parameters),
            **page,
        )
        answer = await self.call(self.services.identity.ListUsers, request)
        self.send_page([users.user(user, self.origin) for user in answer.users], page, answer.total)

    async def post(self) -> None:
        """Create a user from `username`, `name`, `email`, and optionally `admin`."""
        request = identity_pb2.CreateUserRequest(
            username=self.parameters.text("username"),
            name=self.parameters.text("name"),
            email=self.parameters.text("email"),
            administrator=self.parameters.flag("admin") or False,
        )
        answer = await self.call(self.services.identity.CreateUser, request)
        self.send_json(users.user(answer.user, self.origin), HTTPStatus.CREATED)


class UserHandler(RestHandler):
    """One user."""

    async def get(self, user: str) -> None:
        answer = await self.call(
            self.services.identity.GetUser, identity_pb2.GetUserRequest(user_id=path_number("id", user))
        )
        self.send_json(users.user(answer.user, self.origin))

    async def put(self, user: str) -> None:
        request = identity_pb2.UpdateUserRequest(
            user_id=path_number("id", user),
            name=self.parameters.given("name"),
            email=self.parameters.given("email"),
            administrator=self.parameters.flag("admin"),
        )
        answer = await self.call(self.services.identity.UpdateUser, request)
        self.send_json(users.user(answer.user, self.origin))

    async def delete(self, user: str) -> None:
        await self.call(
            self.services.identity.DeleteUser, identity_pb2.DeleteUserRequest(user_id=path_number("id", user))
        )
        self.send_nothing()


class UserAdmissionHandler(RestHandler):
    """Whether a user may come in."""

    async def post(self, user: str, verb: str) -> None:
        state = identity_pb2.USER_STATE_BLOCKED if verb == "block" else identity_pb2.USER_STATE_ACTIVE
        request = identity_pb2.UpdateUserRequest(user_id=path_number("id", user), state=state)
        await self.call(self.services.identity.UpdateUser, request)
        self.send_json(value=True, status=HTTPStatus.CREATED)


def _state(parameters: Parameters) -> identity_pb2.UserState.ValueType:
    if parameters.flag("blocked"):
        return identity_pb2.USER_STATE_BLOCKED
    return identity_pb2.USER_STATE_ACTIVE if parameters.flag("active") else identity_pb2.USER_STATE_UNSPECIFIED
