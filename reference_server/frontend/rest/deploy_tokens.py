"""Deploy tokens of projects and groups, and the list of all."""

from __future__ import annotations

from generic_packages.storage.v1.tokens_pb2 import (
    CreateDeployTokenRequest,
    GetDeployTokenRequest,
    ListDeployTokensRequest,
    RevokeDeployTokenRequest,
)

from reference_server.frontend.rest.addressed import number_or_none, place
from reference_server.frontend.rest.handler import ApiHandler, judged
from reference_server.frontend.rest.pagination import read_page
from reference_server.frontend.rest.shapes import tokens


class EveryDeployToken(ApiHandler):
    """The deploy tokens of one place, or of all."""

    @judged
    async def get(self, kind: str = "", name: str = "") -> None:
        """List tokens; `active` chooses among them."""
        parameters = self.parameters
        page = read_page(parameters)
        request = ListDeployTokensRequest(
            credentials=self.credentials,
            place=place(kind, name) if kind else None,
            active_only=parameters.flag("active") or False,
            page=page.number,
            per_page=page.size,
        )
        parameters.check()
        answer = await self.ask(self.services.tokens.ListDeployTokens, request)
        self.send_page([tokens.deploy_token(token) for token in answer.deploy_tokens], page, answer.total)


class DeployTokens(EveryDeployToken):
    """The deploy tokens of a project or group."""

    @judged
    async def post(self, kind: str, name: str) -> None:
        """Create a token from `name` and `scopes`, and optionally `expires_at` and `username`."""
        parameters = self.parameters
        request = CreateDeployTokenRequest(
            credentials=self.credentials,
            place=place(kind, name),
            name=parameters.text("name"),
            scopes=parameters.texts("scopes"),
            expires_at=parameters.instant("expires_at"),
            username=parameters.text("username") or None,
        )
        parameters.check()
        answer = await self.ask(self.services.tokens.CreateDeployToken, request)
        self.send_json(201, tokens.deploy_token(answer.deploy_token, answer.secret))


class DeployToken(ApiHandler):
    """One deploy token of a project or group."""

    async def get(self, kind: str, name: str, token: str) -> None:
        """Show a token."""
        request = GetDeployTokenRequest(
            credentials=self.credentials, place=place(kind, name), token_id=number_or_none(token)
        )
        answer = await self.ask(self.services.tokens.GetDeployToken, request)
        self.send_json(200, tokens.deploy_token(answer.deploy_token))

    async def delete(self, kind: str, name: str, token: str) -> None:
        """Revoke a token."""
        request = RevokeDeployTokenRequest(
            credentials=self.credentials, place=place(kind, name), token_id=number_or_none(token)
        )
        await self.ask(self.services.tokens.RevokeDeployToken, request)
        self.send_nothing()
