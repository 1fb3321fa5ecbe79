"""/users."""

from __future__ import annotations

from generic_packages.storage.v1.identity_pb2 import (
    USER_STATE_ACTIVE,
    USER_STATE_BLOCKED,
    USER_STATE_UNSPECIFIED,
    CreateUserRequest,
    DeleteUserRequest,
    GetUserRequest,
    ListUsersRequest,
    UpdateUserRequest,
    UserState,
)

from reference_server.frontend.rest.addressed import path_number
from reference_server.frontend.rest.handler import ApiHandler, judged
from reference_server.frontend.rest.pagination import read_page
from reference_server.frontend.rest.parameters import Parameters
from reference_server.frontend.rest.shapes import users


class Users(ApiHandler):
    """All users."""

    @judged
    async def get(self) -> None:
        """List users; `username`, `search`, `active` and `blocked` choose among them."""
        parameters = self.parameters
        page = read_page(parameters)
        request = ListUsersRequest(
            credentials=self.credentials,
            username=parameters.given("username"),
            search=parameters.given("search"),
            state=_wanted_state(parameters),
            page=page.number,
            per_page=page.size,
        )
        parameters.check()
        answer = await self.ask(self.services.identity.ListUsers, request)
        self.send_page([users.user(user, self.origin) for user in answer.users], page, answer.total)

    @judged
    async def post(self) -> None:
        """Create a user from `username`, `name`, `email`, and optionally `admin`."""
        parameters = self.parameters
        request = CreateUserRequest(
            credentials=self.credentials,
            username=parameters.text("username"),
            name=parameters.text("name"),
            email=parameters.text("email"),
            administrator=parameters.flag("admin") or False,
        )
        parameters.check()
        answer = await self.ask(self.services.identity.CreateUser, request)
        self.send_json(201, users.user(answer.user, self.origin))


class User(ApiHandler):
    """One user."""

    @judged
    async def get(self, user: str) -> None:
        """Show a user."""
        request = GetUserRequest(credentials=self.credentials, user_id=path_number("id", user))
        answer = await self.ask(self.services.identity.GetUser, request)
        self.send_json(200, users.user(answer.user, self.origin))

    @judged
    async def put(self, user: str) -> None:
        """Change `name`, `email` or `admin`."""
        parameters = self.parameters
        request = UpdateUserRequest(
            credentials=self.credentials,
            user_id=path_number("id", user),
            name=parameters.given("name"),
            email=parameters.given("email"),
            administrator=parameters.flag("admin"),
        )
        parameters.check()
        answer = await self.ask(self.services.identity.UpdateUser, request)
        self.send_json(200, users.user(answer.user, self.origin))

    @judged
    async def delete(self, user: str) -> None:
        """Delete a user."""
        request = DeleteUserRequest(credentials=self.credentials, user_id=path_number("id", user))
        await self.ask(self.services.identity.DeleteUser, request)
        self.send_nothing()


class UserAdmission(ApiHandler):
    """Whether a user may come in."""

    @judged
    async def post(self, user: str, verb: str) -> None:
        """Block or unblock a user."""
        request = UpdateUserRequest(
            credentials=self.credentials,
            user_id=path_number("id", user),
            state=USER_STATE_BLOCKED if verb == "block" else USER_STATE_ACTIVE,
        )
        await self.ask(self.services.identity.UpdateUser, request)
        self.send_json(201, value=True)


def _wanted_state(parameters: Parameters) -> UserState.ValueType:
    """Read which users are wanted by their state."""
    if parameters.flag("blocked"):
        return USER_STATE_BLOCKED
    return USER_STATE_ACTIVE if parameters.flag("active") else USER_STATE_UNSPECIFIED
