"""Project access tokens, each with the bot user that it acts as."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from reference_server.contract.failure import Failure, Reason
from reference_server.storage.access.authentication import Authentication
from reference_server.storage.access.authorization import MAINTAIN
from reference_server.storage.access.callers import Caller, Presented, UserCaller
from reference_server.storage.access.projects import ProjectAccess
from reference_server.storage.access.scopes import ACCESS_TOKEN_SCOPES
from reference_server.storage.access.tokens import digest, new_access_token
from reference_server.storage.identity.formats import check_name, check_scopes, start_of_day
from reference_server.storage.metadata import clock
from reference_server.storage.metadata.database import Database
from reference_server.storage.metadata.hot_paths import ProjectRow
from reference_server.storage.metadata.models import AccessToken, ProjectMember, User
from reference_server.storage.metadata.writer import Writer
from reference_server.storage.rules.roles import Role


@dataclass(frozen=True, slots=True)
class NewAccessToken:
    """A token to be made; `expires_at` is a day "YYYY-MM-DD", None for never."""

    name: str
    scopes: tuple[str, ...]
    access_level: int | None
    expires_at: str | None


@dataclass(frozen=True, slots=True)
class CreatedAccessToken:
    """A new token, its bot's role, and its secret, which is kept nowhere."""

    token: AccessToken
    access_level: int
    secret: str


@dataclass(frozen=True, slots=True)
class AccessTokens:
    """Project access tokens, for the maintainers of projects."""

    authentication: Authentication
    projects: ProjectAccess
    writer: Writer

    async def create(self, presented: tuple[Presented, ...], project: str, new: NewAccessToken) -> CreatedAccessToken:
        """Create a token. Raises PARAMETER_VALUE_UNKNOWN for an unknown scope or a role that the caller cannot give."""
        caller = self.authentication.known_caller(presented)
        check_name(new.name)
        scopes = check_scopes(new.scopes, ACCESS_TOKEN_SCOPES)
        expires_at = None if new.expires_at is None else start_of_day(new.expires_at)
        level = Role.MAINTAINER if new.access_level is None else new.access_level
        found = self.projects.find(caller, project, MAINTAIN)
        _check_level(caller, found, level)
        secret = new_access_token()
        token = AccessToken(
            project_id=found.id,
            name=new.name,
            digest=digest(secret),
            scopes=scopes,
            expires_at=expires_at,
            revoked=False,
            created_at=clock.now(),
        )
        await self.writer.submit(lambda database: _create(database, token, level))
        return CreatedAccessToken(token, level, secret)

    async def revoke(self, presented: tuple[Presented, ...], project: str, token_id: int) -> None:
        """Revoke a token, for good. Raises TOKEN_NOT_FOUND, also for one that was revoked."""
        caller = self.authentication.known_caller(presented)
        project_id = self.projects.find(caller, project, MAINTAIN).id
        which = (
            (AccessToken.id == token_id) & (AccessToken.project_id == project_id) & (AccessToken.revoked == False)  # noqa: E712 -- a column
        )
        changed = await self.writer.submit(
            lambda database: database.change(AccessToken.update(revoked=True).where(which))
        )
        if not changed:
            raise Failure(Reason.TOKEN_NOT_FOUND, "no such access token")


def _check_level(caller: Caller, project: ProjectRow, level: int) -> None:
    """Let a role pass that exists and is not above the caller's own."""
    own = max(project.own_level or 0, project.group_level or 0)
    if isinstance(caller, UserCaller) and caller.administrator:
        own = Role.OWNER
    if level not in set(Role) or level > own:
        message = "access_level is no role, or above the caller's own"
        raise Failure(Reason.PARAMETER_VALUE_UNKNOWN, message, parameter="access_level")


def _create(database: Database, token: AccessToken, level: int) -> None:
    """Write the bot, its membership and the token."""
    bot = User.insert(
        username=f"project_{token.project_id}_bot_{secrets.token_hex(16)}",
        name=token.name,
        administrator=False,
        bot=True,
        created_at=token.created_at,
    )
    token.user_id = database.change(bot)
    member = ProjectMember.insert(
        project_id=token.project_id, user_id=token.user_id, access_level=level, created_at=token.created_at
    )
    database.change(member)
    token.id = database.change(AccessToken.insert(token.__data__))
