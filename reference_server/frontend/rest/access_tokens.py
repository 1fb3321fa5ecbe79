"""Access tokens of projects and groups."""

from __future__ import annotations

from generic_packages.storage.v1.tokens_pb2 import (
    CreateAccessTokenRequest,
    GetAccessTokenRequest,
    ListAccessTokensRequest,
    RevokeAccessTokenRequest,
)

from reference_server.frontend.rest.addressed import number_or_none, place
from reference_server.frontend.rest.handler import ApiHandler, judged
from reference_server.frontend.rest.pagination import read_page
from reference_server.frontend.rest.shapes import tokens
from reference_server.frontend.rest.token_states import wanted_state


class AccessTokens(ApiHandler):
    """The access tokens of a project or group."""

    @judged
    async def get(self, kind: str, name: str) -> None:
        """List tokens; `state` and `search` choose among them."""
        parameters = self.parameters
        page = read_page(parameters)
        request = ListAccessTokensRequest(
            credentials=self.credentials,
            place=place(kind, name),
            state=wanted_state(parameters),
            search=parameters.given("search"),
            page=page.number,
            per_page=page.size,
        )
        parameters.check()
        answer = await self.ask(self.services.tokens.ListAccessTokens, request)
        self.send_page([tokens.access_token(token) for token in answer.access_tokens], page, answer.total)

    @judged
    async def post(self, kind: str, name: str) -> None:
        """Create a token from `name` and `scopes`, and optionally `access_level` and `expires_at`."""
        parameters = self.parameters
        request = CreateAccessTokenRequest(
            credentials=self.credentials,
            place=place(kind, name),
            name=parameters.text("name"),
            scopes=parameters.texts("scopes"),
            access_level=parameters.level("access_level"),
            expires_at=parameters.text("expires_at") or None,
        )
        parameters.check()
        answer = await self.ask(self.services.tokens.CreateAccessToken, request)
        self.send_json(201, tokens.access_token(answer.access_token, answer.secret))


class AccessToken(ApiHandler):
    """One access token of a project or group."""

    async def get(self, kind: str, name: str, token: str) -> None:
        """Show a token."""
        request = GetAccessTokenRequest(
            credentials=self.credentials, place=place(kind, name), token_id=number_or_none(token)
        )
        answer = await self.ask(self.services.tokens.GetAccessToken, request)
        self.send_json(200, tokens.access_token(answer.access_token))

    async def delete(self, kind: str, name: str, token: str) -> None:
        """Revoke a token."""
        request = RevokeAccessTokenRequest(
            credentials=self.credentials, place=place(kind, name), token_id=number_or_none(token)
        )
        await self.ask(self.services.tokens.RevokeAccessToken, request)
        self.send_nothing()
