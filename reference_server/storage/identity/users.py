"""Users: creating, reading, listing, changing and deleting them."""

from __future__ import annotations

from dataclasses import dataclass

from peewee import Expression, IntegrityError

from reference_server.contract.failure import Failure, Reason
from reference_server.storage.access.authentication import Authentication
from reference_server.storage.access.authorization import require_administrator, require_scope
from reference_server.storage.access.callers import Presented, UserCaller
from reference_server.storage.access.scopes import API, READ_API, READ_USER
from reference_server.storage.identity.formats import check_address, check_name, check_username, invalid
from reference_server.storage.metadata import clock
from reference_server.storage.metadata.models import User
from reference_server.storage.metadata.pages import Listed, Page, give_page
from reference_server.storage.metadata.sqlite.database import Database
from reference_server.storage.metadata.writer import Writer

_READING = (API, READ_API, READ_USER)


@dataclass(frozen=True, slots=True)
class NewUser:
    """A user to be made."""

    username: str
    name: str
    address: str
    administrator: bool


@dataclass(frozen=True, slots=True)
class ChangedUser:
    """What is to change in a user; None for what stays."""

    name: str | None = None
    address: str | None = None
    administrator: bool | None = None
    blocked: bool | None = None


@dataclass(frozen=True, slots=True)
class WantedUsers:
    """Which users to list; None for no such wish."""

    username: str | None = None
    search: str | None = None
    blocked: bool | None = None


@dataclass(frozen=True, slots=True)
class ShownUser:
    """A user, and whether the caller may know its address."""

    user: User
    with_address: bool


@dataclass(frozen=True, slots=True)
class Users:
    """Users, for administrators and for each other. `database` is for reading."""

    authentication: Authentication
    database: Database
    writer: Writer

    def caller(self, presented: tuple[Presented, ...]) -> ShownUser:
        """Give the user that calls; raises CREDENTIAL_INVALID when it is none."""
        caller = self.authentication.user(presented)
        require_scope(caller, _READING)
        return ShownUser(self._user(caller.user_id), with_address=True)

    def read(self, presented: tuple[Presented, ...], user_id: int) -> ShownUser:
        """Give a user. Raises USER_NOT_FOUND."""
        caller = self.authentication.user(presented)
        require_scope(caller, _READING)
        return _shown(caller, self._user(user_id))

    def list(self, presented: tuple[Presented, ...], wanted: WantedUsers, page: Page) -> Listed[ShownUser]:
        """List users by falling id."""
        caller = self.authentication.user(presented)
        require_scope(caller, _READING)
        query = User.select().order_by(User.id.desc())
        for condition in _conditions(caller, wanted):
            query = query.where(condition)
        found = give_page(self.database, query, page)
        return Listed([_shown(caller, user) for user in found.rows], found.total)

    async def create(self, presented: tuple[Presented, ...], new: NewUser) -> ShownUser:
        """Create a user. Raises USER_TAKEN."""
        caller = self.authentication.user(presented)
        check_username(new.username)
        check_name(new.name)
        check_address(new.address)
        require_administrator(caller, (API,))
        return ShownUser(await self.writer.submit(lambda metadata: add_user(metadata.database, new)), with_address=True)

    async def change(self, presented: tuple[Presented, ...], user_id: int, changed: ChangedUser) -> ShownUser:
        """Change what is not None. Raises USER_NOT_FOUND, USER_TAKEN."""
        caller = self.authentication.user(presented)
        if changed.name is not None:
            check_name(changed.name)
        if changed.address is not None:
            check_address(changed.address)
        require_administrator(caller, (API,))
        return ShownUser(
            await self.writer.submit(lambda metadata: _change(metadata.database, user_id, changed)), with_address=True
        )

    async def delete(self, presented: tuple[Presented, ...], user_id: int) -> None:
        """Delete a user with its tokens and roles. Raises USER_NOT_FOUND."""
        caller = self.authentication.user(presented)
        require_administrator(caller, (API,))
        if caller.user_id == user_id:
            raise invalid("user_id", "an administrator does not delete itself")
        if not await self.writer.submit(
            lambda metadata: metadata.database.change(User.delete().where(User.id == user_id))
        ):
            raise _unknown()

    def _user(self, user_id: int) -> User:
        return find_user(self.database, user_id)


def find_user(database: Database, user_id: int) -> User:
    """Find a user, or raise USER_NOT_FOUND."""
    user = database.first(User.select().where(User.id == user_id))
    if not isinstance(user, User):
        raise _unknown()
    return user


def add_user(database: Database, new: NewUser) -> User:
    """Write a user whose values were checked; a change for the writer. Raises USER_TAKEN."""
    _claim(database, User.username == new.username, "username")
    _claim(database, User.email == new.address, "email")
    user = User(
        username=new.username,
        name=new.name,
        administrator=new.administrator,
        bot=False,
        created_at=clock.now(),
        email=new.address,
        blocked=False,
    )
    user.id = database.change(User.insert(user.__data__))
    return user


def _change(database: Database, user_id: int, changed: ChangedUser) -> User:
    columns = {
        "name": changed.name,
        "email": changed.address,
        "administrator": changed.administrator,
        "blocked": changed.blocked,
    }
    known = {name: value for name, value in columns.items() if value is not None}
    if known:
        try:
            database.change(User.update(known).where(User.id == user_id))
        except IntegrityError:
            raise _taken("email") from None
    return find_user(database, user_id)


def _claim(database: Database, same: Expression, parameter: str) -> None:
    """Let a name pass that no other user has."""
    if database.first(User.select(User.id).where(same).tuples()) is not None:
        raise _taken(parameter)


def _conditions(caller: UserCaller, wanted: WantedUsers) -> list[Expression]:
    conditions = []
    if wanted.username is not None:
        conditions.append(User.username == wanted.username)
    if wanted.search:
        matches = User.username.contains(wanted.search) | User.name.contains(wanted.search)
        conditions.append(matches | User.email.contains(wanted.search) if caller.administrator else matches)
    if wanted.blocked is not None:
        conditions.append(User.blocked == wanted.blocked)
    return conditions


def _shown(caller: UserCaller, user: User) -> ShownUser:
    return ShownUser(user, with_address=caller.administrator or caller.user_id == user.id)


def _taken(parameter: str) -> Failure:
    return Failure(Reason.USER_TAKEN, f"another user has this {parameter}", parameter=parameter)


def _unknown() -> Failure:
    return Failure(Reason.USER_NOT_FOUND, "no such user")
