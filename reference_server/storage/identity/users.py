"""Users: creating, reading, listing, changing and deleting them."""

from __future__ import annotations

from dataclasses import dataclass

from reference_server.storage.access.authorization import require_administrator, require_scope
from reference_server.storage.access.callers import UserCaller
from reference_server.storage.access.scopes import API, READ_API, READ_USER
from reference_server.storage.identity.formats import check_email, check_name, check_username, invalid
from reference_server.storage.metadata.metadata import Metadata
from reference_server.storage.metadata.models import User
from reference_server.storage.metadata.pagination import Page, PageRequest
from reference_server.storage.metadata.repositories.users import UserChanges, UserFields, UserFilter
from reference_server.storage.metadata.writer import Writer

_READING = (API, READ_API, READ_USER)


@dataclass(frozen=True, slots=True)
class UserService:
    """Users, for administrators and for each other. `metadata` is for reading."""

    metadata: Metadata
    writer: Writer

    def read(self, caller: UserCaller, user_id: int) -> User:
        """Return a user. Raise USER_NOT_FOUND."""
        require_scope(caller, _READING)
        return self.metadata.users.get(user_id)

    def list(self, caller: UserCaller, wanted: UserFilter, request: PageRequest) -> Page[User]:
        """Return a page of users by falling id."""
        require_scope(caller, _READING)
        return self.metadata.users.list(wanted, request, search_emails=caller.administrator)

    async def create(self, caller: UserCaller, fields: UserFields) -> User:
        """Create a user. Raise USER_TAKEN."""
        check_username(fields.username)
        check_name(fields.name)
        check_email(fields.email)
        require_administrator(caller, (API,))
        return await self.writer.submit(lambda metadata: metadata.users.add(fields))

    async def change(self, caller: UserCaller, user_id: int, changes: UserChanges) -> User:
        """Change what is not None. Raise USER_NOT_FOUND, USER_TAKEN."""
        if changes.name is not None:
            check_name(changes.name)
        if changes.email is not None:
            check_email(changes.email)
        require_administrator(caller, (API,))
        return await self.writer.submit(lambda metadata: metadata.users.change(user_id, changes))

    async def delete(self, caller: UserCaller, user_id: int) -> None:
        """Delete a user with its tokens and roles. Raise USER_NOT_FOUND."""
        require_administrator(caller, (API,))
        if caller.user_id == user_id:
            raise invalid("user_id", "an administrator does not delete itself")
        await self.writer.submit(lambda metadata: metadata.users.delete(user_id))


def may_know_email(caller: UserCaller, user: User) -> bool:
    """Return whether a caller may know a user's email address."""
    return caller.administrator or caller.user_id == user.id
