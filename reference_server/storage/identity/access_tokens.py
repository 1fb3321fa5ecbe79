"""Access tokens of projects and groups, each with the bot user that it acts as."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Any

from peewee import JOIN, Case, Expression, ModelSelect

from reference_server.contract.failure import Failure, Reason
from reference_server.storage.access.authentication import Authentication
from reference_server.storage.access.authorization import MAINTAIN, OWN, READ_TO_MAINTAIN, READ_TO_OWN
from reference_server.storage.access.callers import Presented
from reference_server.storage.access.scopes import ACCESS_TOKEN_SCOPES
from reference_server.storage.access.tokens import digest, new_access_token
from reference_server.storage.identity.formats import check_name, check_scopes, start_of_day
from reference_server.storage.identity.places import FoundPlace, Place, Places
from reference_server.storage.metadata import clock
from reference_server.storage.metadata.models import AccessToken, GroupMember, ProjectMember, User
from reference_server.storage.metadata.pages import Listed, Page, give_page
from reference_server.storage.metadata.sqlite.database import Database
from reference_server.storage.metadata.writer import Writer
from reference_server.storage.rules.roles import Role


@dataclass(frozen=True, slots=True)
class NewAccessToken:
    """A token to be made; `expires_at` is a day "YYYY-MM-DD", None for never. A personal one has no `access_level`."""

    name: str
    scopes: tuple[str, ...]
    access_level: int | None
    expires_at: str | None


@dataclass(frozen=True, slots=True)
class ShownAccessToken:
    """A token and its bot's role; None for a personal one, and for a bot that has none any more."""

    token: AccessToken
    access_level: int | None

    @property
    def active(self) -> bool:
        """Say whether the token is good."""
        expires_at = self.token.expires_at
        return not self.token.revoked and (expires_at is None or expires_at > clock.now())

    @classmethod
    def of(cls, selected: Any) -> ShownAccessToken:  # noqa: ANN401 -- a model with one column more
        """Take a token as `shown_tokens` selects it."""
        return cls(selected, selected.access_level)


@dataclass(frozen=True, slots=True)
class CreatedAccessToken:
    """A new token, and its secret, which is kept nowhere."""

    shown: ShownAccessToken
    secret: str


@dataclass(frozen=True, slots=True)
class WantedTokens:
    """Which access tokens to list; None for no such wish."""

    active: bool | None = None
    search: str | None = None

    def conditions(self) -> list[Expression]:
        """Give the wishes as conditions of a query."""
        conditions = []
        if self.active is not None:
            unexpired = AccessToken.expires_at.is_null() | (AccessToken.expires_at > clock.now())
            good = (AccessToken.revoked == False) & unexpired  # noqa: E712 -- a column
            conditions.append(good if self.active else ~good)
        if self.search:
            conditions.append(AccessToken.name.contains(self.search))
        return conditions


@dataclass(frozen=True, slots=True)
class AccessTokens:
    """Access tokens of places, for the maintainers of projects and the owners of groups. `database` is for reading."""

    authentication: Authentication
    places: Places
    database: Database
    writer: Writer

    async def create(self, presented: tuple[Presented, ...], place: Place, new: NewAccessToken) -> CreatedAccessToken:
        """Create a token. Raises PARAMETER_VALUE_UNKNOWN for an unknown scope or a role that the caller cannot give."""
        caller = self.authentication.known_caller(presented)
        check_name(new.name)
        scopes = check_scopes(new.scopes, ACCESS_TOKEN_SCOPES)
        expires_at = None if new.expires_at is None else start_of_day(new.expires_at)
        level = Role.MAINTAINER if new.access_level is None else new.access_level
        found = self.places.find(caller, place, MAINTAIN, OWN)
        if level not in set(Role) or level > found.role:
            message = "access_level is no role, or above the caller's own"
            raise Failure(Reason.PARAMETER_VALUE_UNKNOWN, message, parameter="access_level")
        secret = new_access_token()
        token = AccessToken(
            project_id=found.project_id,
            group_id=found.group_id,
            name=new.name,
            digest=digest(secret),
            scopes=scopes,
            expires_at=expires_at,
            revoked=False,
            created_at=clock.now(),
        )
        await self.writer.submit(lambda metadata: _create(metadata.database, token, level))
        return CreatedAccessToken(ShownAccessToken(token, level), secret)

    def list(
        self, presented: tuple[Presented, ...], place: Place, wanted: WantedTokens, page: Page
    ) -> Listed[ShownAccessToken]:
        """List a place's tokens by falling id."""
        found = self._place(presented, place)
        query = shown_tokens().where(_of(found), *wanted.conditions()).order_by(AccessToken.id.desc())
        listed = give_page(self.database, query, page)
        return Listed([ShownAccessToken.of(token) for token in listed.rows], listed.total)

    def read(self, presented: tuple[Presented, ...], place: Place, token_id: int) -> ShownAccessToken:
        """Give a token. Raises TOKEN_NOT_FOUND."""
        found = self._place(presented, place)
        token = self.database.first(shown_tokens().where(_of(found) & (AccessToken.id == token_id)))
        if not isinstance(token, AccessToken):
            raise _unknown()
        return ShownAccessToken.of(token)

    async def revoke(self, presented: tuple[Presented, ...], place: Place, token_id: int) -> None:
        """Revoke a token, for good. Raises TOKEN_NOT_FOUND, also for one that was revoked."""
        caller = self.authentication.known_caller(presented)
        found = self.places.find(caller, place, MAINTAIN, OWN)
        which = _of(found) & (AccessToken.id == token_id) & (AccessToken.revoked == False)  # noqa: E712 -- a column
        token = self.database.first(AccessToken.select().where(which))
        if not isinstance(token, AccessToken):
            raise _unknown()
        await self.writer.submit(lambda metadata: revoke_token(metadata.database, token))

    def _place(self, presented: tuple[Presented, ...], place: Place) -> FoundPlace:
        caller = self.authentication.known_caller(presented)
        return self.places.find(caller, place, READ_TO_MAINTAIN, READ_TO_OWN)


def shown_tokens() -> ModelSelect[AccessToken]:
    """Select access tokens, each with its bot's role as `access_level`."""
    in_project = (ProjectMember.user_id == AccessToken.user_id) & (ProjectMember.project_id == AccessToken.project_id)
    in_group = (GroupMember.user_id == AccessToken.user_id) & (GroupMember.group_id == AccessToken.group_id)
    role = Case(None, [(AccessToken.project_id.is_null(), GroupMember.access_level)], ProjectMember.access_level)
    return (
        AccessToken.select(AccessToken, role.alias("access_level"))
        .join(ProjectMember, JOIN.LEFT_OUTER, on=in_project)
        .switch(AccessToken)
        .join(GroupMember, JOIN.LEFT_OUTER, on=in_group)
        .objects()
    )


def revoke_token(database: Database, token: AccessToken) -> None:
    """Revoke an access token, and take its bot's role from it; a change for the writer."""
    database.change(AccessToken.update(revoked=True).where(AccessToken.id == token.id))
    if token.project_id is not None:
        of_project = (ProjectMember.project_id == token.project_id) & (ProjectMember.user_id == token.user_id)
        database.change(ProjectMember.delete().where(of_project))
    if token.group_id is not None:
        of_group = (GroupMember.group_id == token.group_id) & (GroupMember.user_id == token.user_id)
        database.change(GroupMember.delete().where(of_group))


def _of(place: FoundPlace) -> Expression:
    if place.project_id is not None:
        return AccessToken.project_id == place.project_id
    return AccessToken.group_id == place.group_id


def _create(database: Database, token: AccessToken, level: int) -> None:
    """Write the bot, its role and the token."""
    place = f"group_{token.group_id}" if token.project_id is None else f"project_{token.project_id}"
    bot = User.insert(
        username=f"{place}_bot_{secrets.token_hex(16)}",
        name=token.name,
        administrator=False,
        bot=True,
        created_at=token.created_at,
    )
    token.user_id = database.change(bot)
    role = {"user_id": token.user_id, "access_level": level, "created_at": token.created_at}
    if token.project_id is None:
        database.change(GroupMember.insert(group_id=token.group_id, **role))
    else:
        database.change(ProjectMember.insert(project_id=token.project_id, **role))
    token.id = database.change(AccessToken.insert(token.__data__))


def _unknown() -> Failure:
    return Failure(Reason.TOKEN_NOT_FOUND, "no such access token")
