"""Users and bots."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

from peewee import IntegrityError

from reference_server.contract.failure import Failure, Reason
from reference_server.storage.metadata import clock
from reference_server.storage.metadata.database import Database
from reference_server.storage.metadata.models import User
from reference_server.storage.metadata.pagination import Page, PageRequest, read_numbered_page
from reference_server.storage.metadata.repositories.text_search import any_contains


@dataclass(frozen=True, slots=True)
class UserFields:
    """What a new user is given."""

    username: str
    name: str
    email: str
    administrator: bool = False
    bot: bool = False


@dataclass(frozen=True, slots=True)
class UserChanges:
    """What is to change in a user; None for what stays."""

    name: str | None = None
    email: str | None = None
    administrator: bool | None = None
    blocked: bool | None = None


@dataclass(frozen=True, slots=True)
class UserFilter:
    """Which users to list; None for any."""

    username: str | None = None
    search: str | None = None
    blocked: bool | None = None


@dataclass(frozen=True, slots=True)
class UserRepository:
    """Users over one connection."""

    database: Database

    def get(self, user_id: int) -> User:
        """Return a user. Raise USER_NOT_FOUND."""
        return self.database.get(User, User.select().where(User.id == user_id), _unknown())

    def list(self, wanted: UserFilter, request: PageRequest, *, search_emails: bool) -> Page[User]:
        """Return a page of users by falling id."""
        query = User.select().order_by(User.id.desc())
        if wanted.username is not None:
            query = query.where(User.username == wanted.username)
        if wanted.search:
            columns = [User.username, User.name, User.email] if search_emails else [User.username, User.name]
            query = query.where(any_contains(wanted.search, *columns))
        if wanted.blocked is not None:
            query = query.where(User.blocked == wanted.blocked)
        return read_numbered_page(self.database, query, request)

    def add(self, fields: UserFields) -> User:
        """Add a user and return it. Raise USER_TAKEN."""
        if self.database.exists(User.select().where(User.username == fields.username)):
            raise _taken("username")
        if fields.email and self.database.exists(User.select().where(User.email == fields.email)):
            raise _taken("email")
        new = User.insert(created_at=clock.now(), **dataclasses.asdict(fields))
        return self.get(self.database.change(new))

    def ensure_administrator(self, username: str) -> int:
        """Return the id of the user of this name, who is added as an administrator when there is none."""
        user = self.database.first(User.select().where(User.username == username))
        return (user or self.add(UserFields(username, "Administrator", "", administrator=True))).id

    def change(self, user_id: int, changes: UserChanges) -> User:
        """Change a user and return it. Raise USER_NOT_FOUND, USER_TAKEN."""
        columns = {name: value for name, value in dataclasses.asdict(changes).items() if value is not None}
        if columns:
            try:
                self.database.change(User.update(columns).where(User.id == user_id))
            except IntegrityError:
                raise _taken("email") from None
        return self.get(user_id)

    def delete(self, user_id: int) -> None:
        """Delete a user with its tokens and roles. Raise USER_NOT_FOUND."""
        if not self.database.change(User.delete().where(User.id == user_id)):
            raise _unknown()


def _taken(parameter: str) -> Failure:
    return Failure(Reason.USER_TAKEN, f"another user has this {parameter}", parameter=parameter)


def _unknown() -> Failure:
    return Failure(Reason.USER_NOT_FOUND, "no such user")
