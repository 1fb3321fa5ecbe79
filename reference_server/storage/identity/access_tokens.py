"""Access tokens of users, and those of projects and groups, each with the bot user that it acts as."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace

from reference_server.contract.failure import Failure, Reason
from reference_server.storage.access.authorization import (
    MAINTAIN,
    OWN,
    READ_TO_MAINTAIN,
    READ_TO_OWN,
    require_administrator,
    require_scope,
)
from reference_server.storage.access.callers import Caller, UserCaller
from reference_server.storage.access.scopes import ACCESS_TOKEN_SCOPES, API, READ_API
from reference_server.storage.access.tokens import digest, new_access_token
from reference_server.storage.identity.formats import check_name, check_scopes, start_of_day
from reference_server.storage.identity.resources import ResourceAccess, ResourceReference
from reference_server.storage.metadata.metadata import Metadata
from reference_server.storage.metadata.pagination import Page, PageRequest
from reference_server.storage.metadata.repositories.resources import ResourceKey
from reference_server.storage.metadata.repositories.tokens import AccessTokenFilter, AccessTokenRecord, NewToken
from reference_server.storage.metadata.repositories.users import UserFields
from reference_server.storage.metadata.writer import Writer
from reference_server.storage.rules.roles import Role


@dataclass(frozen=True, slots=True)
class AccessTokenFields:
    """What a new token is given; `expires_at` is a day "YYYY-MM-DD", None for never. `access_level` is its bot's."""

    name: str = ""
    scopes: Sequence[str] = ()
    expires_at: str | None = None
    access_level: int | None = None


@dataclass(frozen=True, slots=True)
class AccessTokenService:
    """Access tokens, for the maintainers of projects and the owners of groups. `metadata` is for reading."""

    resources: ResourceAccess
    metadata: Metadata
    writer: Writer

    async def create(
        self, caller: Caller, where: ResourceReference, fields: AccessTokenFields
    ) -> tuple[AccessTokenRecord, str]:
        """Create a token, and return it with its secret, which is kept nowhere.

        Raise PARAMETER_VALUE_UNKNOWN for an unknown scope or a role that the caller cannot give.
        """
        secret = new_access_token()
        new = _checked(fields, secret)
        level = Role.MAINTAINER if fields.access_level is None else fields.access_level
        found = self.resources.find(caller, where, MAINTAIN, OWN)
        if level not in set(Role) or level > found.role:
            message = "access_level is no role, or above the caller's own"
            raise Failure(Reason.PARAMETER_VALUE_UNKNOWN, message, parameter="access_level")

        def add(metadata: Metadata) -> AccessTokenRecord:
            bot = metadata.users.add(UserFields(_bot_name(found.key), fields.name, "", bot=True))
            metadata.members.add(found.key, bot, level)
            return metadata.access_tokens.add(found.key, bot.id, new)

        return await self.writer.submit(add), secret

    def list(
        self, caller: Caller, where: ResourceReference, wanted: AccessTokenFilter, request: PageRequest
    ) -> Page[AccessTokenRecord]:
        """Return a page of a resource's tokens by falling id."""
        found = self.resources.find(caller, where, READ_TO_MAINTAIN, READ_TO_OWN)
        return self.metadata.access_tokens.list(found.key, wanted, request)

    def read(self, caller: Caller, where: ResourceReference, token_id: int) -> AccessTokenRecord:
        """Return a token. Raise TOKEN_NOT_FOUND."""
        found = self.resources.find(caller, where, READ_TO_MAINTAIN, READ_TO_OWN)
        return self.metadata.access_tokens.get(token_id, found.key)

    async def revoke(self, caller: Caller, where: ResourceReference, token_id: int) -> None:
        """Revoke a token, for good. Raise TOKEN_NOT_FOUND, also for one that was revoked."""
        found = self.resources.find(caller, where, MAINTAIN, OWN)
        token = self.metadata.access_tokens.get(token_id, found.key)
        if token.revoked:
            raise Failure(Reason.TOKEN_NOT_FOUND, "no such access token")
        await self.writer.submit(lambda metadata: revoke(metadata, token))


@dataclass(frozen=True, slots=True)
class PersonalAccessTokenService:
    """Personal access tokens, for their owners and for administrators. `metadata` is for reading."""

    metadata: Metadata
    writer: Writer

    async def create(
        self, caller: UserCaller, user_id: int, fields: AccessTokenFields
    ) -> tuple[AccessTokenRecord, str]:
        """Create a token for a user, and return it with its secret, which is kept nowhere.

        Raise USER_NOT_FOUND, PARAMETER_VALUE_UNKNOWN for an unknown scope.
        """
        secret = new_access_token()
        new = _checked(fields, secret)
        require_administrator(caller, (API,))

        def add(metadata: Metadata) -> AccessTokenRecord:
            metadata.users.get(user_id)
            return metadata.access_tokens.add(ResourceKey(), user_id, new)

        return await self.writer.submit(add), secret

    def list(self, caller: UserCaller, wanted: AccessTokenFilter, request: PageRequest) -> Page[AccessTokenRecord]:
        """Return a page of tokens by falling id: everyone's for an administrator, else the caller's own."""
        require_scope(caller, (API, READ_API))
        if not caller.administrator:
            if wanted.user_id not in {None, caller.user_id}:
                raise _not_shown()
            wanted = replace(wanted, user_id=caller.user_id)
        return self.metadata.access_tokens.list(ResourceKey(), wanted, request)

    def read(self, caller: UserCaller, token_id: int) -> AccessTokenRecord:
        """Return a token. Raise TOKEN_NOT_FOUND, or CREDENTIAL_INVALID when the caller is no administrator."""
        require_scope(caller, (API, READ_API))
        try:
            return self._own(caller, token_id)
        except Failure:
            if caller.administrator:
                raise
            raise _not_shown() from None

    async def revoke(self, caller: UserCaller, token_id: int) -> None:
        """Revoke a token, for good. Raise TOKEN_NOT_FOUND."""
        require_scope(caller, (API,))
        token = self._own(caller, token_id)
        await self.writer.submit(lambda metadata: revoke(metadata, token))

    def presented(self, caller: UserCaller) -> AccessTokenRecord:
        """Return the access token that the call presents."""
        return self.metadata.access_tokens.get_presented(caller.token_id)

    async def revoke_presented(self, caller: UserCaller) -> None:
        """Revoke the access token that the call presents."""
        token = self.presented(caller)
        await self.writer.submit(lambda metadata: revoke(metadata, token))

    def _own(self, caller: UserCaller, token_id: int) -> AccessTokenRecord:
        """Return a personal token that the caller may know of. Raise TOKEN_NOT_FOUND."""
        token = self.metadata.access_tokens.get(token_id, ResourceKey())
        if not caller.administrator and token.user_id != caller.user_id:
            raise Failure(Reason.TOKEN_NOT_FOUND, "no such access token")
        return token


def _checked(fields: AccessTokenFields, secret: str) -> NewToken:
    """Return a token as it is kept.

    Raise PARAMETER_MISSING, PARAMETER_INVALID, PARAMETER_VALUE_UNKNOWN.
    """
    check_name(fields.name)
    scopes = check_scopes(fields.scopes, ACCESS_TOKEN_SCOPES)
    expires_at = None if fields.expires_at is None else start_of_day(fields.expires_at)
    return NewToken(fields.name, digest(secret), scopes, expires_at)


def revoke(metadata: Metadata, token: AccessTokenRecord) -> None:
    """Revoke an access token, and take its bot's role from it; a change for the writer."""
    metadata.access_tokens.revoke(token.id)
    if token.project_id is not None or token.group_id is not None:
        metadata.members.remove(ResourceKey(token.project_id, token.group_id), token.user_id)


def _bot_name(resource: ResourceKey) -> str:
    prefix = f"group_{resource.group_id}" if resource.project_id is None else f"project_{resource.project_id}"
    return f"{prefix}_bot_{secrets.token_hex(16)}"


def _not_shown() -> Failure:
    return Failure(Reason.CREDENTIAL_INVALID, "only an administrator sees another user's tokens")
