"""Replacing access tokens by new ones of the same name, scopes and user, as GitLab's rotation does."""

from __future__ import annotations

from dataclasses import dataclass

from reference_server.contract.failure import Failure, Reason
from reference_server.storage.access.authorization import MAINTAIN, OWN, require_scope
from reference_server.storage.access.callers import UserCaller
from reference_server.storage.access.scopes import API, SELF_ROTATE
from reference_server.storage.access.tokens import digest, new_access_token
from reference_server.storage.identity.access_tokens import revoke
from reference_server.storage.identity.formats import day_of, start_of_day
from reference_server.storage.identity.resources import ResourceAccess, ResourceReference
from reference_server.storage.metadata import clock
from reference_server.storage.metadata.metadata import Metadata
from reference_server.storage.metadata.repositories.resources import ResourceKey
from reference_server.storage.metadata.repositories.tokens import AccessTokenRecord
from reference_server.storage.metadata.writer import Writer
from reference_server.storage.rules.gitlab import GitLab

_WEEK_MILLISECONDS = 7 * 24 * 60 * 60 * 1000

RotatedToken = tuple[AccessTokenRecord, str]
"""A new token with its secret, which is kept nowhere."""


@dataclass(frozen=True, slots=True)
class TokenRotationService:
    """Replaces tokens (`app/services/personal_access_tokens/rotate_service.rb`). `metadata` is for reading.

    `expires_at` is a day "YYYY-MM-DD", None for a week from today. Everything raises ROTATION_REFUSED for a token that
    was revoked.
    """

    resources: ResourceAccess
    metadata: Metadata
    writer: Writer
    gitlab: GitLab

    async def rotate_personal(self, caller: UserCaller, token_id: int, expires_at: str | None) -> RotatedToken:
        """Replace a token of the caller, any for an administrator.

        Raise TOKEN_NOT_FOUND, for others than administrators CREDENTIAL_INVALID.
        """
        require_scope(caller, (API,))
        try:
            token = self.metadata.access_tokens.get_presented(token_id)
        except Failure:
            if caller.administrator:
                raise
            raise _not_theirs() from None
        if not caller.administrator and token.user_id != caller.user_id:
            raise _not_theirs()
        return await self._replace(token_id, expires_at)

    async def rotate_presented(
        self, caller: UserCaller, where: ResourceReference | None, expires_at: str | None
    ) -> RotatedToken:
        """Replace the token that the call presents, which must be one of the place if a place is given.

        Raise ROTATION_NOT_ALLOWED for a personal token where a place is given, CREDENTIAL_INVALID for another place.
        """
        require_scope(caller, (API, SELF_ROTATE))
        token = self.metadata.access_tokens.get_presented(caller.token_id)
        if where is not None:
            key = ResourceKey(token.project_id, token.group_id)
            if key == ResourceKey():
                raise Failure(Reason.ROTATION_NOT_ALLOWED, "a personal token belongs to no project and no group")
            if key != self._key(where):
                raise Failure(Reason.CREDENTIAL_INVALID, "the token belongs elsewhere")
        return await self._replace(token.id, expires_at)

    async def rotate_in(
        self, caller: UserCaller, where: ResourceReference, token_id: int, expires_at: str | None
    ) -> RotatedToken:
        """Replace a token of a project or group.

        Raise CREDENTIAL_INVALID for a caller that is a bot, and where others than administrators know no such token.
        """
        if self.metadata.users.get(caller.user_id).bot:
            raise Failure(Reason.CREDENTIAL_INVALID, "a bot replaces no token but its own")
        found = self.resources.find(caller, where, MAINTAIN, OWN)
        try:
            token = self.metadata.access_tokens.get(token_id, found.key)
        except Failure:
            if caller.administrator:
                raise
            raise _not_theirs() from None
        if (token.access_level or 0) > found.role:
            raise _refused("Not eligible to rotate token with access level higher than the user")
        return await self._replace(token_id, expires_at)

    async def revoke_successor(self, secret_digest: bytes) -> None:
        """Revoke what replaced a token, which was presented although it is revoked: one of its two users stole it."""
        token = self.metadata.access_tokens.newest_successor(secret_digest)
        if token is not None and not token.revoked:
            await self.writer.submit(lambda metadata: revoke(metadata, token))

    async def _replace(self, token_id: int, expires_at: str | None) -> RotatedToken:
        ends_at = self._end(expires_at)
        secret = new_access_token()

        def replace(metadata: Metadata) -> AccessTokenRecord:
            token = metadata.access_tokens.get_presented(token_id)
            if token.revoked:
                raise _refused("Token already revoked")
            return metadata.access_tokens.replace(token, digest(secret), ends_at)

        return await self.writer.submit(replace), secret

    def _end(self, expires_at: str | None) -> int:
        """Return when a new token expires, in milliseconds. Raise PARAMETER_INVALID."""
        if expires_at is None or not self.gitlab.rotation_takes_expiry:
            expires_at = day_of(clock.now() + _WEEK_MILLISECONDS)
        return start_of_day(expires_at)

    def _key(self, where: ResourceReference) -> ResourceKey | None:
        """Return what a reference names, whoever may see it; None for nothing."""
        access = self.resources.projects.access
        if where.project is not None:
            project = access.project(where.project, None)
            return None if project is None else ResourceKey(project_id=project.id)
        group = None if where.group is None else access.group(where.group)
        return None if group is None else ResourceKey(group_id=group.id)


def _not_theirs() -> Failure:
    return Failure(Reason.CREDENTIAL_INVALID, "only an administrator learns of another user's tokens")


def _refused(complaint: str) -> Failure:
    return Failure(Reason.ROTATION_REFUSED, "the token is not replaced", complaint=complaint)
