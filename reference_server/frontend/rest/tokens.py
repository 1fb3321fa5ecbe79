"""Project access tokens and deploy tokens: POST and DELETE."""

from __future__ import annotations

import re

from generic_packages.storage.v1.identity_pb2 import (
    CreateProjectAccessTokenRequest,
    CreateProjectDeployTokenRequest,
    RevokeProjectAccessTokenRequest,
    RevokeProjectDeployTokenRequest,
)

from reference_server.frontend.answers import Answer
from reference_server.frontend.rest import shapes
from reference_server.frontend.rest.handler import ApiHandler, ChangingHandler
from reference_server.frontend.rest.parameters import Parameters

_NO_CONTENT = Answer(204, b"")
_HIGHEST_LEVEL = 2**31 - 1


class AccessTokens(ChangingHandler):
    """A project's access tokens."""

    async def create(self, parameters: Parameters, *path: str) -> None:
        """Create a token from `name` and `scopes`, and optionally `access_level` and `expires_at`."""
        (project,) = path
        level = parameters.integer("access_level")
        request = CreateProjectAccessTokenRequest(
            credentials=self.credentials,
            project=project,
            name=parameters.text("name"),
            scopes=parameters.texts("scopes"),
            access_level=None if level is None else min(level, _HIGHEST_LEVEL),
            expires_at=parameters.text("expires_at") or None,
        )
        parameters.check()
        answer = await self.ask(self.identity.CreateProjectAccessToken, request)
        self.send_json(201, shapes.access_token(answer.access_token, answer.secret))


class AccessToken(ApiHandler):
    """One access token of a project."""

    async def delete(self, project: str, token: str) -> None:
        """Revoke a token."""
        request = RevokeProjectAccessTokenRequest(
            credentials=self.credentials, project=project, token_id=token_number(token)
        )
        await self.ask(self.identity.RevokeProjectAccessToken, request)
        self.send(_NO_CONTENT)


class DeployTokens(ChangingHandler):
    """A project's deploy tokens."""

    async def create(self, parameters: Parameters, *path: str) -> None:
        """Create a token from `name` and `scopes`, and optionally `expires_at` and `username`."""
        (project,) = path
        request = CreateProjectDeployTokenRequest(
            credentials=self.credentials,
            project=project,
            name=parameters.text("name"),
            scopes=parameters.texts("scopes"),
            expires_at=parameters.instant("expires_at"),
            username=parameters.text("username") or None,
        )
        parameters.check()
        answer = await self.ask(self.identity.CreateProjectDeployToken, request)
        self.send_json(201, shapes.deploy_token(answer.deploy_token, answer.secret))


class DeployToken(ApiHandler):
    """One deploy token of a project."""

    async def delete(self, project: str, token: str) -> None:
        """Revoke a token."""
        request = RevokeProjectDeployTokenRequest(
            credentials=self.credentials, project=project, token_id=token_number(token)
        )
        await self.ask(self.identity.RevokeProjectDeployToken, request)
        self.send(_NO_CONTENT)


def token_number(text: str) -> int:
    """Read a token's number; what is none becomes 0, which no token has."""
    return int(text) if re.fullmatch(r"[0-9]{1,18}", text) else 0
