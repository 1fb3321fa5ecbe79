"""Personal access tokens, and whatever access token a call itself presents."""

from __future__ import annotations

from dataclasses import dataclass

from reference_server.contract.failure import Failure, Reason
from reference_server.storage.access.authentication import Authentication
from reference_server.storage.access.authorization import require_administrator, require_scope
from reference_server.storage.access.callers import Presented, UserCaller
from reference_server.storage.access.scopes import ACCESS_TOKEN_SCOPES, API, READ_API
from reference_server.storage.access.tokens import digest, new_access_token
from reference_server.storage.identity.access_tokens import (
    CreatedAccessToken,
    NewAccessToken,
    ShownAccessToken,
    WantedTokens,
    revoke_token,
    shown_tokens,
)
from reference_server.storage.identity.formats import check_name, check_scopes, start_of_day
from reference_server.storage.identity.users import find_user
from reference_server.storage.metadata import clock
from reference_server.storage.metadata.models import AccessToken
from reference_server.storage.metadata.pages import Listed, Page, give_page
from reference_server.storage.metadata.sqlite.database import Database
from reference_server.storage.metadata.writer import Writer

_OF_A_PERSON = AccessToken.project_id.is_null() & AccessToken.group_id.is_null()


@dataclass(frozen=True, slots=True)
class PersonalTokens:
    """Personal access tokens, for their owners and for administrators. `database` is for reading."""

    authentication: Authentication
    database: Database
    writer: Writer

    async def create(self, presented: tuple[Presented, ...], user_id: int, new: NewAccessToken) -> CreatedAccessToken:
        """Create a token for a user. Raises USER_NOT_FOUND, PARAMETER_VALUE_UNKNOWN for an unknown scope."""
        caller = self.authentication.user(presented)
        token = personal_token(user_id, new)
        require_administrator(caller, (API,))
        secret = new_access_token()
        token.digest = digest(secret)
        await self.writer.submit(lambda metadata: add_personal_token(metadata.database, token))
        return CreatedAccessToken(ShownAccessToken(token, None), secret)

    def list(
        self, presented: tuple[Presented, ...], user_id: int | None, wanted: WantedTokens, page: Page
    ) -> Listed[ShownAccessToken]:
        """List tokens by falling id: everyone's for an administrator, else the caller's own."""
        caller = self.authentication.user(presented)
        require_scope(caller, (API, READ_API))
        if not caller.administrator and user_id not in {None, caller.user_id}:
            raise Failure(Reason.CREDENTIAL_INVALID, "only an administrator sees another user's tokens")
        owner = user_id if caller.administrator else caller.user_id
        query = shown_tokens().where(_OF_A_PERSON, *wanted.conditions())
        if owner is not None:
            query = query.where(AccessToken.user_id == owner)
        found = give_page(self.database, query.order_by(AccessToken.id.desc()), page)
        return Listed([ShownAccessToken(token, None) for token in found.rows], found.total)

    def read(self, presented: tuple[Presented, ...], token_id: int) -> ShownAccessToken:
        """Give a token. Raises TOKEN_NOT_FOUND, or CREDENTIAL_INVALID when the caller is no administrator."""
        caller = self.authentication.user(presented)
        require_scope(caller, (API, READ_API))
        token = self._find(caller, token_id)
        if token is None and not caller.administrator:
            raise Failure(Reason.CREDENTIAL_INVALID, "only an administrator sees another user's tokens")
        return ShownAccessToken(_required(token), None)

    async def revoke(self, presented: tuple[Presented, ...], token_id: int) -> None:
        """Revoke a token, for good. Raises TOKEN_NOT_FOUND."""
        caller = self.authentication.user(presented)
        require_scope(caller, (API,))
        token = _required(self._find(caller, token_id))
        await self.writer.submit(lambda metadata: revoke_token(metadata.database, token))

    def presented(self, presented: tuple[Presented, ...]) -> ShownAccessToken:
        """Give the access token that the call presents."""
        caller = self.authentication.user(presented)
        query = shown_tokens().where(AccessToken.id == caller.token_id)
        token = _required(self.database.first(query))
        return ShownAccessToken.of(token)

    async def revoke_presented(self, presented: tuple[Presented, ...]) -> None:
        """Revoke the access token that the call presents."""
        token = self.presented(presented).token
        await self.writer.submit(lambda metadata: revoke_token(metadata.database, token))

    def _find(self, caller: UserCaller, token_id: int) -> AccessToken | None:
        """Find a personal token that the caller may know of."""
        query = AccessToken.select().where((AccessToken.id == token_id) & _OF_A_PERSON)
        token = self.database.first(query)
        if isinstance(token, AccessToken) and (caller.administrator or token.user_id == caller.user_id):
            return token
        return None


def personal_token(user_id: int, new: NewAccessToken) -> AccessToken:
    """Make a token of what was checked here, but for its digest."""
    check_name(new.name)
    return AccessToken(
        user_id=user_id,
        name=new.name,
        scopes=check_scopes(new.scopes, ACCESS_TOKEN_SCOPES),
        expires_at=None if new.expires_at is None else start_of_day(new.expires_at),
        revoked=False,
        created_at=clock.now(),
    )


def add_personal_token(database: Database, token: AccessToken) -> None:
    """Write a token; a change for the writer. Raises USER_NOT_FOUND."""
    find_user(database, token.user_id)
    token.id = database.change(AccessToken.insert(token.__data__))


def _required(token: object) -> AccessToken:
    if not isinstance(token, AccessToken):
        raise Failure(Reason.TOKEN_NOT_FOUND, "no such access token")
    return token
