"""Deploy tokens of projects and groups."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from reference_server.contract.failure import Failure, Reason
from reference_server.storage.access.authorization import MAINTAIN, OWN, READ_TO_MAINTAIN, require_administrator
from reference_server.storage.access.callers import Caller, UserCaller
from reference_server.storage.access.scopes import API, DEPLOY_TOKEN_SCOPES, READ_API
from reference_server.storage.access.tokens import digest, new_deploy_token
from reference_server.storage.identity.formats import check_expiry, check_name, check_scopes, check_token_username
from reference_server.storage.identity.resources import ResourceAccess, ResourceReference
from reference_server.storage.metadata.metadata import Metadata
from reference_server.storage.metadata.models import DeployToken
from reference_server.storage.metadata.pagination import Page, PageRequest
from reference_server.storage.metadata.repositories.tokens import NewToken
from reference_server.storage.metadata.writer import Writer


@dataclass(frozen=True, slots=True)
class DeployTokenFields:
    """What a new token is given; `expires_at` in milliseconds since 1970 UTC, None for never."""

    name: str = ""
    scopes: Sequence[str] = ()
    expires_at: int | None = None
    username: str | None = None


@dataclass(frozen=True, slots=True)
class DeployTokenService:
    """Deploy tokens, for the maintainers of projects and the owners of groups. `metadata` is for reading."""

    resources: ResourceAccess
    metadata: Metadata
    writer: Writer

    async def create(
        self, caller: Caller, where: ResourceReference, fields: DeployTokenFields
    ) -> tuple[DeployToken, str]:
        """Create a token, and return it with its secret, which is kept nowhere.

        Raise PARAMETER_VALUE_UNKNOWN for an unknown scope, PARAMETER_INVALID for a past day.
        """
        check_name(fields.name)
        scopes = check_scopes(fields.scopes, DEPLOY_TOKEN_SCOPES)
        if fields.username is not None:
            check_token_username(fields.username)
        if fields.expires_at is not None:
            check_expiry(fields.expires_at)
        key = self.resources.find(caller, where, MAINTAIN, OWN).key
        secret = new_deploy_token()
        new, username = NewToken(fields.name, digest(secret), scopes, fields.expires_at), fields.username or ""
        return await self.writer.submit(lambda metadata: metadata.deploy_tokens.add(key, username, new)), secret

    def list(
        self, caller: Caller, where: ResourceReference | None, request: PageRequest, *, active_only: bool
    ) -> Page[DeployToken]:
        """Return a page of a resource's tokens, or of all for an administrator, by falling id, but for revoked ones."""
        key = None
        if where is not None:
            key = self.resources.find(caller, where, READ_TO_MAINTAIN, READ_TO_MAINTAIN).key
        elif isinstance(caller, UserCaller):
            require_administrator(caller, (API, READ_API))
        else:
            raise Failure(Reason.CREDENTIAL_INVALID, "a deploy token is no user")
        return self.metadata.deploy_tokens.list(key, request, active_only=active_only)

    def read(self, caller: Caller, where: ResourceReference, token_id: int) -> DeployToken:
        """Return a token. Raise TOKEN_NOT_FOUND, also for one that was revoked."""
        key = self.resources.find(caller, where, READ_TO_MAINTAIN, READ_TO_MAINTAIN).key
        return self.metadata.deploy_tokens.get(token_id, key)

    async def revoke(self, caller: Caller, where: ResourceReference, token_id: int) -> None:
        """Revoke a token, for good. Raise TOKEN_NOT_FOUND, also for one that was revoked."""
        key = self.resources.find(caller, where, MAINTAIN, OWN).key
        await self.writer.submit(lambda metadata: metadata.deploy_tokens.revoke(token_id, key))
