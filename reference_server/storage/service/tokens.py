"""TokensService."""

# ruff: noqa: N802, ARG002 -- names and parameters are those of the generated service

from __future__ import annotations

from typing import Any

import grpc
from generic_packages.storage.v1 import tokens_pb2 as pb
from generic_packages.storage.v1.tokens_pb2_grpc import TokensServiceServicer

from reference_server.storage.identity.access_tokens import NewAccessToken, WantedTokens
from reference_server.storage.identity.deploy_tokens import NewDeployToken
from reference_server.storage.rooms import IdentityRooms
from reference_server.storage.service import admission, messages
from reference_server.storage.service import identity_messages as to_message

Context = grpc.aio.ServicerContext[Any, Any]
_ACTIVE = {int(pb.TOKEN_STATE_ACTIVE): True, int(pb.TOKEN_STATE_INACTIVE): False}


class TokensServicer(TokensServiceServicer):
    """Translates between messages and rooms; calls.py turns what is raised into statuses."""

    def __init__(self, rooms: IdentityRooms) -> None:
        self._personal = rooms.personal_tokens
        self._access = rooms.access_tokens
        self._deploy = rooms.deploy_tokens

    async def CreatePersonalAccessToken(
        self, request: pb.CreatePersonalAccessTokenRequest, context: Context
    ) -> pb.CreatePersonalAccessTokenResponse:
        """Answer CreatePersonalAccessToken."""
        expires_at = request.expires_at if request.HasField("expires_at") else None
        new = NewAccessToken(request.name, tuple(request.scopes), None, expires_at)
        created = await self._personal.create(admission.presented(request.credentials), request.user_id, new)
        token = to_message.access_token(created.shown)
        return pb.CreatePersonalAccessTokenResponse(access_token=token, secret=created.secret)

    async def ListPersonalAccessTokens(
        self, request: pb.ListPersonalAccessTokensRequest, context: Context
    ) -> pb.ListPersonalAccessTokensResponse:
        """Answer ListPersonalAccessTokens."""
        presented = admission.presented(request.credentials)
        user_id = request.user_id if request.HasField("user_id") else None
        listed = self._personal.list(presented, user_id, _wanted(request), to_message.page(request))
        tokens = map(to_message.access_token, listed.rows)
        return pb.ListPersonalAccessTokensResponse(access_tokens=tokens, total=listed.total)

    async def GetPersonalAccessToken(
        self, request: pb.GetPersonalAccessTokenRequest, context: Context
    ) -> pb.GetPersonalAccessTokenResponse:
        """Answer GetPersonalAccessToken."""
        presented = admission.presented(request.credentials)
        token = to_message.access_token(self._personal.read(presented, request.token_id))
        return pb.GetPersonalAccessTokenResponse(access_token=token)

    async def RevokePersonalAccessToken(
        self, request: pb.RevokePersonalAccessTokenRequest, context: Context
    ) -> pb.RevokePersonalAccessTokenResponse:
        """Answer RevokePersonalAccessToken."""
        await self._personal.revoke(admission.presented(request.credentials), request.token_id)
        return pb.RevokePersonalAccessTokenResponse()

    async def GetPresentedAccessToken(
        self, request: pb.GetPresentedAccessTokenRequest, context: Context
    ) -> pb.GetPresentedAccessTokenResponse:
        """Answer GetPresentedAccessToken."""
        shown = self._personal.presented(admission.presented(request.credentials))
        return pb.GetPresentedAccessTokenResponse(access_token=to_message.access_token(shown))

    async def RevokePresentedAccessToken(
        self, request: pb.RevokePresentedAccessTokenRequest, context: Context
    ) -> pb.RevokePresentedAccessTokenResponse:
        """Answer RevokePresentedAccessToken."""
        await self._personal.revoke_presented(admission.presented(request.credentials))
        return pb.RevokePresentedAccessTokenResponse()

    async def CreateAccessToken(
        self, request: pb.CreateAccessTokenRequest, context: Context
    ) -> pb.CreateAccessTokenResponse:
        """Answer CreateAccessToken."""
        presented, place = admission.presented(request.credentials), to_message.place(request.place)
        new = NewAccessToken(
            request.name,
            tuple(request.scopes),
            request.access_level if request.HasField("access_level") else None,
            request.expires_at if request.HasField("expires_at") else None,
        )
        created = await self._access.create(presented, place, new)
        token = to_message.access_token(created.shown)
        return pb.CreateAccessTokenResponse(access_token=token, secret=created.secret)

    async def ListAccessTokens(
        self, request: pb.ListAccessTokensRequest, context: Context
    ) -> pb.ListAccessTokensResponse:
        """Answer ListAccessTokens."""
        presented, place = admission.presented(request.credentials), to_message.place(request.place)
        listed = self._access.list(presented, place, _wanted(request), to_message.page(request))
        tokens = map(to_message.access_token, listed.rows)
        return pb.ListAccessTokensResponse(access_tokens=tokens, total=listed.total)

    async def GetAccessToken(self, request: pb.GetAccessTokenRequest, context: Context) -> pb.GetAccessTokenResponse:
        """Answer GetAccessToken."""
        presented, place = admission.presented(request.credentials), to_message.place(request.place)
        shown = self._access.read(presented, place, request.token_id)
        return pb.GetAccessTokenResponse(access_token=to_message.access_token(shown))

    async def RevokeAccessToken(
        self, request: pb.RevokeAccessTokenRequest, context: Context
    ) -> pb.RevokeAccessTokenResponse:
        """Answer RevokeAccessToken."""
        presented, place = admission.presented(request.credentials), to_message.place(request.place)
        await self._access.revoke(presented, place, request.token_id)
        return pb.RevokeAccessTokenResponse()

    async def CreateDeployToken(
        self, request: pb.CreateDeployTokenRequest, context: Context
    ) -> pb.CreateDeployTokenResponse:
        """Answer CreateDeployToken."""
        presented, place = admission.presented(request.credentials), to_message.place(request.place)
        new = NewDeployToken(
            request.name,
            tuple(request.scopes),
            messages.milliseconds(request.expires_at) if request.HasField("expires_at") else None,
            request.username if request.HasField("username") else None,
        )
        created = await self._deploy.create(presented, place, new)
        token = to_message.deploy_token(created.token)
        return pb.CreateDeployTokenResponse(deploy_token=token, secret=created.secret)

    async def ListDeployTokens(
        self, request: pb.ListDeployTokensRequest, context: Context
    ) -> pb.ListDeployTokensResponse:
        """Answer ListDeployTokens."""
        presented = admission.presented(request.credentials)
        place = to_message.place(request.place) if request.HasField("place") else None
        listed = self._deploy.list(presented, place, to_message.page(request), active_only=request.active_only)
        tokens = map(to_message.deploy_token, listed.rows)
        return pb.ListDeployTokensResponse(deploy_tokens=tokens, total=listed.total)

    async def GetDeployToken(self, request: pb.GetDeployTokenRequest, context: Context) -> pb.GetDeployTokenResponse:
        """Answer GetDeployToken."""
        presented, place = admission.presented(request.credentials), to_message.place(request.place)
        token = to_message.deploy_token(self._deploy.read(presented, place, request.token_id))
        return pb.GetDeployTokenResponse(deploy_token=token)

    async def RevokeDeployToken(
        self, request: pb.RevokeDeployTokenRequest, context: Context
    ) -> pb.RevokeDeployTokenResponse:
        """Answer RevokeDeployToken."""
        presented, place = admission.presented(request.credentials), to_message.place(request.place)
        await self._deploy.revoke(presented, place, request.token_id)
        return pb.RevokeDeployTokenResponse()


def _wanted(request: pb.ListAccessTokensRequest | pb.ListPersonalAccessTokensRequest) -> WantedTokens:
    """Read which access tokens are to be listed."""
    return WantedTokens(_ACTIVE.get(request.state), request.search if request.HasField("search") else None)
