"""/personal_access_tokens and /users/:id/personal_access_tokens."""

from __future__ import annotations

from generic_packages.storage.v1.tokens_pb2 import (
    CreatePersonalAccessTokenRequest,
    GetPersonalAccessTokenRequest,
    GetPresentedAccessTokenRequest,
    ListPersonalAccessTokensRequest,
    RevokePersonalAccessTokenRequest,
    RevokePresentedAccessTokenRequest,
)

from reference_server.frontend.rest.addressed import number_or_none, path_number
from reference_server.frontend.rest.handler import ApiHandler, judged
from reference_server.frontend.rest.pagination import read_page
from reference_server.frontend.rest.shapes import tokens
from reference_server.frontend.rest.token_states import wanted_state


class UserTokens(ApiHandler):
    """The personal access tokens of one user."""

    @judged
    async def post(self, user: str) -> None:
        """Create a token from `name` and `scopes`, and optionally `expires_at`."""
        parameters = self.parameters
        request = CreatePersonalAccessTokenRequest(
            credentials=self.credentials,
            user_id=path_number("user_id", user),
            name=parameters.text("name"),
            scopes=parameters.texts("scopes"),
            expires_at=parameters.text("expires_at") or None,
        )
        parameters.check()
        answer = await self.ask(self.services.tokens.CreatePersonalAccessToken, request)
        self.send_json(201, tokens.access_token(answer.access_token, answer.secret))


class PersonalAccessTokens(ApiHandler):
    """The caller's personal access tokens; everyone's for an administrator."""

    @judged
    async def get(self) -> None:
        """List tokens; `user_id`, `state` and `search` choose among them."""
        parameters = self.parameters
        page = read_page(parameters)
        request = ListPersonalAccessTokensRequest(
            credentials=self.credentials,
            user_id=parameters.integer("user_id"),
            state=wanted_state(parameters),
            search=parameters.given("search"),
            page=page.number,
            per_page=page.size,
        )
        parameters.check()
        answer = await self.ask(self.services.tokens.ListPersonalAccessTokens, request)
        self.send_page([tokens.access_token(token) for token in answer.access_tokens], page, answer.total)


class PersonalAccessToken(ApiHandler):
    """One personal access token."""

    async def get(self, token: str) -> None:
        """Show a token."""
        request = GetPersonalAccessTokenRequest(credentials=self.credentials, token_id=number_or_none(token))
        answer = await self.ask(self.services.tokens.GetPersonalAccessToken, request)
        self.send_json(200, tokens.access_token(answer.access_token))

    async def delete(self, token: str) -> None:
        """Revoke a token."""
        request = RevokePersonalAccessTokenRequest(credentials=self.credentials, token_id=number_or_none(token))
        await self.ask(self.services.tokens.RevokePersonalAccessToken, request)
        self.send_nothing()


class PresentedToken(ApiHandler):
    """The access token that the call itself presents."""

    async def get(self) -> None:
        """Show it."""
        request = GetPresentedAccessTokenRequest(credentials=self.credentials)
        answer = await self.ask(self.services.tokens.GetPresentedAccessToken, request)
        self.send_json(200, tokens.access_token(answer.access_token))

    async def delete(self) -> None:
        """Revoke it."""
        request = RevokePresentedAccessTokenRequest(credentials=self.credentials)
        await self.ask(self.services.tokens.RevokePresentedAccessToken, request)
        self.send_nothing()
