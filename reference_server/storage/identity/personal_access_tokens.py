"""Personal access tokens, and whatever access token a call itself presents."""

from __future__ import annotations

from dataclasses import dataclass, replace

from reference_server.contract.failure import Failure, Reason
from reference_server.storage.access.authorization import require_administrator, require_scope
from reference_server.storage.access.callers import UserCaller
from reference_server.storage.access.scopes import API, READ_API
from reference_server.storage.access.tokens import digest, new_access_token
from reference_server.storage.identity.access_tokens import AccessTokenFields, checked, revoke
from reference_server.storage.metadata.metadata import Metadata
from reference_server.storage.metadata.pagination import Page, PageRequest
from reference_server.storage.metadata.repositories.tokens import AccessTokenFilter, AccessTokenRecord
from reference_server.storage.metadata.writer import Writer


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
        scopes, expires_at = checked(fields)
        require_administrator(caller, (API,))
        secret = new_access_token()

        def add(metadata: Metadata) -> AccessTokenRecord:
            user = metadata.users.get(user_id)
            return metadata.access_tokens.add(
                user.id, None, name=fields.name, digest=digest(secret), scopes=scopes, expires_at=expires_at
            )

        return await self.writer.submit(add), secret

    def list(self, caller: UserCaller, wanted: AccessTokenFilter, page: PageRequest) -> Page[AccessTokenRecord]:
        """Return a page of tokens by falling id: everyone's for an administrator, else the caller's own."""
        require_scope(caller, (API, READ_API))
        if not caller.administrator:
            if wanted.user_id not in {None, caller.user_id}:
                raise _not_shown()
            wanted = replace(wanted, user_id=caller.user_id)
        return self.metadata.access_tokens.list(None, wanted, page)

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
        token = self.metadata.access_tokens.get(token_id, None)
        if not caller.administrator and token.user_id != caller.user_id:
            raise Failure(Reason.TOKEN_NOT_FOUND, "no such access token")
        return token


def _not_shown() -> Failure:
    return Failure(Reason.CREDENTIAL_INVALID, "only an administrator sees another user's tokens")
