"""Deploy tokens of projects."""

from __future__ import annotations

from dataclasses import dataclass

from reference_server.contract.failure import Failure, Reason
from reference_server.storage.access.authentication import Authentication
from reference_server.storage.access.authorization import MAINTAIN
from reference_server.storage.access.callers import Presented
from reference_server.storage.access.projects import ProjectAccess
from reference_server.storage.access.scopes import DEPLOY_TOKEN_SCOPES
from reference_server.storage.access.tokens import digest, new_deploy_token
from reference_server.storage.identity.formats import check_expiry, check_name, check_scopes, check_token_username
from reference_server.storage.metadata import clock
from reference_server.storage.metadata.database import Database
from reference_server.storage.metadata.models import DeployToken
from reference_server.storage.metadata.writer import Writer


@dataclass(frozen=True, slots=True)
class NewDeployToken:
    """A token to be made; `expires_at` in milliseconds since 1970 UTC, None for never."""

    name: str
    scopes: tuple[str, ...]
    expires_at: int | None
    username: str | None


@dataclass(frozen=True, slots=True)
class CreatedDeployToken:
    """A new token, and its secret, which is kept nowhere."""

    token: DeployToken
    secret: str


@dataclass(frozen=True, slots=True)
class DeployTokens:
    """Deploy tokens, for the maintainers of projects."""

    authentication: Authentication
    projects: ProjectAccess
    writer: Writer

    async def create(self, presented: tuple[Presented, ...], project: str, new: NewDeployToken) -> CreatedDeployToken:
        """Create a token. Raises PARAMETER_VALUE_UNKNOWN for an unknown scope, PARAMETER_INVALID for a past day."""
        caller = self.authentication.known_caller(presented)
        check_name(new.name)
        scopes = check_scopes(new.scopes, DEPLOY_TOKEN_SCOPES)
        if new.username is not None:
            check_token_username(new.username)
        if new.expires_at is not None:
            check_expiry(new.expires_at)
        project_id = self.projects.find(caller, project, MAINTAIN).id
        secret = new_deploy_token()
        token = DeployToken(
            project_id=project_id,
            name=new.name,
            username=new.username or "",
            digest=digest(secret),
            scopes=scopes,
            expires_at=new.expires_at,
            revoked=False,
            created_at=clock.now(),
        )
        await self.writer.submit(lambda database: _create(database, token))
        return CreatedDeployToken(token, secret)

    async def revoke(self, presented: tuple[Presented, ...], project: str, token_id: int) -> None:
        """Revoke a token, for good. Raises TOKEN_NOT_FOUND, also for one that was revoked."""
        caller = self.authentication.known_caller(presented)
        project_id = self.projects.find(caller, project, MAINTAIN).id
        which = (
            (DeployToken.id == token_id) & (DeployToken.project_id == project_id) & (DeployToken.revoked == False)  # noqa: E712 -- a column
        )
        changed = await self.writer.submit(
            lambda database: database.change(DeployToken.update(revoked=True).where(which))
        )
        if not changed:
            raise Failure(Reason.TOKEN_NOT_FOUND, "no such deploy token")


def _create(database: Database, token: DeployToken) -> None:
    """Write the token, with a user name made of its id when it has none."""
    token.id = database.change(DeployToken.insert(token.__data__))
    if not token.username:
        token.username = f"gitlab+deploy-token-{token.id}"
        database.change(DeployToken.update(username=token.username).where(DeployToken.id == token.id))
