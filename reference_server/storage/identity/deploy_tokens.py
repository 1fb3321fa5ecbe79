"""Deploy tokens of projects and groups."""

from __future__ import annotations

from dataclasses import dataclass

from peewee import Expression, ModelSelect

from reference_server.contract.failure import Failure, Reason
from reference_server.storage.access.authentication import Authentication
from reference_server.storage.access.authorization import (
    MAINTAIN,
    OWN,
    READ_TO_MAINTAIN,
    require_administrator,
)
from reference_server.storage.access.callers import Presented
from reference_server.storage.access.scopes import API, DEPLOY_TOKEN_SCOPES, READ_API
from reference_server.storage.access.tokens import digest, new_deploy_token
from reference_server.storage.identity.formats import check_expiry, check_name, check_scopes, check_token_username
from reference_server.storage.identity.places import FoundPlace, Place, Places
from reference_server.storage.metadata import clock
from reference_server.storage.metadata.models import DeployToken
from reference_server.storage.metadata.pages import Listed, Page, give_page
from reference_server.storage.metadata.sqlite.database import Database
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
    """Deploy tokens, for the maintainers of projects and the owners of groups. `database` is for reading."""

    authentication: Authentication
    places: Places
    database: Database
    writer: Writer

    async def create(self, presented: tuple[Presented, ...], place: Place, new: NewDeployToken) -> CreatedDeployToken:
        """Create a token. Raises PARAMETER_VALUE_UNKNOWN for an unknown scope, PARAMETER_INVALID for a past day."""
        caller = self.authentication.known_caller(presented)
        check_name(new.name)
        scopes = check_scopes(new.scopes, DEPLOY_TOKEN_SCOPES)
        if new.username is not None:
            check_token_username(new.username)
        if new.expires_at is not None:
            check_expiry(new.expires_at)
        found = self.places.find(caller, place, MAINTAIN, OWN)
        secret = new_deploy_token()
        token = DeployToken(
            project_id=found.project_id,
            group_id=found.group_id,
            name=new.name,
            username=new.username or "",
            digest=digest(secret),
            scopes=scopes,
            expires_at=new.expires_at,
            revoked=False,
            created_at=clock.now(),
        )
        await self.writer.submit(lambda metadata: _create(metadata.database, token))
        return CreatedDeployToken(token, secret)

    def list(
        self, presented: tuple[Presented, ...], place: Place | None, page: Page, *, active_only: bool
    ) -> Listed[DeployToken]:
        """List the tokens of a place, or of all for an administrator, by falling id, but for revoked ones."""
        if place is None:
            require_administrator(self.authentication.user(presented), (API, READ_API))
            query = _unrevoked()
        else:
            query = _unrevoked().where(_of(self._place(presented, place)))
        if active_only:
            query = query.where(DeployToken.expires_at.is_null() | (DeployToken.expires_at > clock.now()))
        return give_page(self.database, query.order_by(DeployToken.id.desc()), page)

    def read(self, presented: tuple[Presented, ...], place: Place, token_id: int) -> DeployToken:
        """Give a token. Raises TOKEN_NOT_FOUND, also for one that was revoked."""
        found = self._place(presented, place)
        token = self.database.first(_unrevoked().where(_of(found) & (DeployToken.id == token_id)))
        if not isinstance(token, DeployToken):
            raise _unknown()
        return token

    async def revoke(self, presented: tuple[Presented, ...], place: Place, token_id: int) -> None:
        """Revoke a token, for good. Raises TOKEN_NOT_FOUND, also for one that was revoked."""
        caller = self.authentication.known_caller(presented)
        found = self.places.find(caller, place, MAINTAIN, OWN)
        which = _of(found) & (DeployToken.id == token_id) & (DeployToken.revoked == False)  # noqa: E712 -- a column
        changed = await self.writer.submit(
            lambda metadata: metadata.database.change(DeployToken.update(revoked=True).where(which))
        )
        if not changed:
            raise _unknown()

    def _place(self, presented: tuple[Presented, ...], place: Place) -> FoundPlace:
        caller = self.authentication.known_caller(presented)
        return self.places.find(caller, place, READ_TO_MAINTAIN, READ_TO_MAINTAIN)


def _unrevoked() -> ModelSelect[DeployToken]:
    return DeployToken.select().where(DeployToken.revoked == False)  # noqa: E712 -- a column


def _of(place: FoundPlace) -> Expression:
    if place.project_id is not None:
        return DeployToken.project_id == place.project_id
    return DeployToken.group_id == place.group_id


def _create(database: Database, token: DeployToken) -> None:
    """Write the token, with a user name made of its id when it has none."""
    token.id = database.change(DeployToken.insert(token.__data__))
    if not token.username:
        token.username = f"gitlab+deploy-token-{token.id}"
        database.change(DeployToken.update(username=token.username).where(DeployToken.id == token.id))


def _unknown() -> Failure:
    return Failure(Reason.TOKEN_NOT_FOUND, "no such deploy token")
