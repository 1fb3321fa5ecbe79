"""Access tokens of projects, groups and users, and deploy tokens."""

from __future__ import annotations

from http import HTTPStatus
from typing import Final

from generic_packages.storage.v1 import tokens_pb2
from generic_packages.storage.v1.identity_pb2 import Place

from reference_server.frontend.api.parameters import Parameters, number_or_none, path_number
from reference_server.frontend.api.shapes import tokens
from reference_server.frontend.rest.groups_and_projects import place
from reference_server.frontend.rest.handler import RestHandler, read_page

_PRESENTED: Final = "self"
_STATES: Final = {"active": int(tokens_pb2.TOKEN_STATE_ACTIVE), "inactive": int(tokens_pb2.TOKEN_STATE_INACTIVE)}


class AccessTokensHandler(RestHandler):
    """The access tokens of a project or group."""

    async def get(self, kind: str, name: str) -> None:
        """List tokens; `state` and `search` choose among them."""
        page = read_page(self.parameters)
        state, search = _state(self.parameters), self.parameters.given("search")
        request = tokens_pb2.ListAccessTokensRequest(place=place(kind, name), state=state, search=search, **page)
        answer = await self.call(self.services.tokens.ListAccessTokens, request)
        self.send_page([tokens.access_token(token) for token in answer.access_tokens], page, answer.total)

    async def post(self, kind: str, name: str) -> None:
        """Create a token from `name` and `scopes`, and optionally `access_level` and `expires_at`."""
        request = tokens_pb2.CreateAccessTokenRequest(
            place=place(kind, name),
            name=self.parameters.text("name"),
            scopes=self.parameters.texts("scopes"),
            access_level=self.parameters.level("access_level"),
            expires_at=self.parameters.text("expires_at") or None,
        )
        answer = await self.call(self.services.tokens.CreateAccessToken, request)
        self.send_json(tokens.access_token(answer.access_token, answer.secret), HTTPStatus.CREATED)


class AccessTokenHandler(RestHandler):
    """One access token of a project or group."""

    async def get(self, kind: str, name: str, token: str) -> None:
        request = tokens_pb2.GetAccessTokenRequest(place=place(kind, name), token_id=number_or_none(token))
        answer = await self.call(self.services.tokens.GetAccessToken, request)
        self.send_json(tokens.access_token(answer.access_token))

    async def delete(self, kind: str, name: str, token: str) -> None:
        request = tokens_pb2.RevokeAccessTokenRequest(place=place(kind, name), token_id=number_or_none(token))
        await self.call(self.services.tokens.RevokeAccessToken, request)
        self.send_nothing()


class RotationHandler(RestHandler):
    """An access token of a project or group that is to be replaced."""

    async def post(self, kind: str, name: str, token: str) -> None:
        """Replace a token, by number or as `self`; optionally with `expires_at`."""
        expires_at = self.parameters.text("expires_at") or None
        if token == _PRESENTED:
            await _rotate_presented(self, place(kind, name), expires_at)
            return
        request = tokens_pb2.RotateAccessTokenRequest(
            place=place(kind, name), token_id=number_or_none(token), expires_at=expires_at
        )
        answer = await self.call(self.services.tokens.RotateAccessToken, request)
        self.send_json(tokens.access_token(answer.access_token, answer.secret))


class PersonalRotationHandler(RestHandler):
    """A personal access token that is to be replaced."""

    async def post(self, token: str) -> None:
        """Replace a token, by number or as `self`; optionally with `expires_at`."""
        expires_at = self.parameters.text("expires_at") or None
        if token == _PRESENTED:
            await _rotate_presented(self, None, expires_at)
            return
        request = tokens_pb2.RotatePersonalAccessTokenRequest(token_id=number_or_none(token), expires_at=expires_at)
        answer = await self.call(self.services.tokens.RotatePersonalAccessToken, request)
        self.send_json(tokens.access_token(answer.access_token, answer.secret))


class UserTokensHandler(RestHandler):
    """The personal access tokens of one user."""

    async def post(self, user: str) -> None:
        """Create a token from `name` and `scopes`, and optionally `expires_at`."""
        request = tokens_pb2.CreatePersonalAccessTokenRequest(
            user_id=path_number("user_id", user),
            name=self.parameters.text("name"),
            scopes=self.parameters.texts("scopes"),
            expires_at=self.parameters.text("expires_at") or None,
        )
        answer = await self.call(self.services.tokens.CreatePersonalAccessToken, request)
        self.send_json(tokens.access_token(answer.access_token, answer.secret), HTTPStatus.CREATED)


class PersonalAccessTokensHandler(RestHandler):
    """The caller's personal access tokens; everyone's for an administrator."""

    async def get(self) -> None:
        """List tokens; `user_id`, `state` and `search` choose among them."""
        page = read_page(self.parameters)
        request = tokens_pb2.ListPersonalAccessTokensRequest(
            user_id=self.parameters.integer("user_id"),
            state=_state(self.parameters),
            search=self.parameters.given("search"),
            **page,
        )
        answer = await self.call(self.services.tokens.ListPersonalAccessTokens, request)
        self.send_page([tokens.access_token(token) for token in answer.access_tokens], page, answer.total)


class PersonalAccessTokenHandler(RestHandler):
    """One personal access token."""

    async def get(self, token: str) -> None:
        request = tokens_pb2.GetPersonalAccessTokenRequest(token_id=number_or_none(token))
        answer = await self.call(self.services.tokens.GetPersonalAccessToken, request)
        self.send_json(tokens.access_token(answer.access_token))

    async def delete(self, token: str) -> None:
        request = tokens_pb2.RevokePersonalAccessTokenRequest(token_id=number_or_none(token))
        await self.call(self.services.tokens.RevokePersonalAccessToken, request)
        self.send_nothing()


class PresentedTokenHandler(RestHandler):
    """The access token that the call itself presents."""

    async def get(self) -> None:
        answer = await self.call(
            self.services.tokens.GetPresentedAccessToken, tokens_pb2.GetPresentedAccessTokenRequest()
        )
        self.send_json(tokens.access_token(answer.access_token))

    async def delete(self) -> None:
        await self.call(self.services.tokens.RevokePresentedAccessToken, tokens_pb2.RevokePresentedAccessTokenRequest())
        self.send_nothing()


class EveryDeployTokenHandler(RestHandler):
    """The deploy tokens of one place, or of all."""

    async def get(self, kind: str = "", name: str = "") -> None:
        """List tokens; `active` chooses among them."""
        page = read_page(self.parameters)
        request = tokens_pb2.ListDeployTokensRequest(
            place=place(kind, name) if kind else None, active_only=self.parameters.flag("active") or False, **page
        )
        answer = await self.call(self.services.tokens.ListDeployTokens, request)
        self.send_page([tokens.deploy_token(token) for token in answer.deploy_tokens], page, answer.total)


class DeployTokensHandler(EveryDeployTokenHandler):
    """The deploy tokens of a project or group."""

    async def post(self, kind: str, name: str) -> None:
        """Create a token from `name` and `scopes`, and optionally `expires_at` and `username`."""
        request = tokens_pb2.CreateDeployTokenRequest(
            place=place(kind, name),
            name=self.parameters.text("name"),
            scopes=self.parameters.texts("scopes"),
            expires_at=self.parameters.instant("expires_at"),
            username=self.parameters.text("username") or None,
        )
        answer = await self.call(self.services.tokens.CreateDeployToken, request)
        self.send_json(tokens.deploy_token(answer.deploy_token, answer.secret), HTTPStatus.CREATED)


class DeployTokenHandler(RestHandler):
    """One deploy token of a project or group."""

    async def get(self, kind: str, name: str, token: str) -> None:
        request = tokens_pb2.GetDeployTokenRequest(place=place(kind, name), token_id=number_or_none(token))
        answer = await self.call(self.services.tokens.GetDeployToken, request)
        self.send_json(tokens.deploy_token(answer.deploy_token))

    async def delete(self, kind: str, name: str, token: str) -> None:
        request = tokens_pb2.RevokeDeployTokenRequest(place=place(kind, name), token_id=number_or_none(token))
        await self.call(self.services.tokens.RevokeDeployToken, request)
        self.send_nothing()


async def _rotate_presented(handler: RestHandler, where: Place | None, expires_at: str | None) -> None:
    """Replace the token that a call presents."""
    request = tokens_pb2.RotatePresentedAccessTokenRequest(place=where, expires_at=expires_at)
    answer = await handler.call(handler.services.tokens.RotatePresentedAccessToken, request)
    handler.send_json(tokens.access_token(answer.access_token, answer.secret))


def _state(parameters: Parameters) -> tokens_pb2.TokenState.ValueType:
    return tokens_pb2.TokenState.ValueType(parameters.choice("state", _STATES, absent=0))
