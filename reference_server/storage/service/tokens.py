"""The servicer of personal access tokens, of access tokens of projects and groups, and of deploy tokens."""

from __future__ import annotations

from generic_packages.storage.v1 import tokens_pb2 as pb
from generic_packages.storage.v1.tokens_pb2_grpc import TokensServiceServicer

from reference_server.contract.failure import Failure, Reason
from reference_server.storage.access.callers import UserCaller
from reference_server.storage.identity.access_tokens import AccessTokenFields
from reference_server.storage.identity.deploy_tokens import DeployTokenFields
from reference_server.storage.metadata.repositories.tokens import AccessTokenFilter, AccessTokenRecord
from reference_server.storage.rules.gitlab import require
from reference_server.storage.service import identity_messages as messages
from reference_server.storage.service.admission import Admission, CredentialedRequest, presented
from reference_server.storage.service.calls import Context
from reference_server.storage.service.messages import milliseconds, page_request, read
from reference_server.storage.wiring import StorageServices

_ACTIVE = {int(pb.TOKEN_STATE_ACTIVE): True, int(pb.TOKEN_STATE_INACTIVE): False}


class TokensServicer(TokensServiceServicer):
    """Tokens of every kind that people make."""

    def __init__(self, admission: Admission, services: StorageServices) -> None:
        self._admission = admission
        self._personal = services.personal_access_tokens
        self._access = services.access_tokens
        self._deploy = services.deploy_tokens
        self._rotation = services.token_rotation
        self._uses = services.token_uses
        self._gitlab = services.gitlab

    async def CreatePersonalAccessToken(
        self, request: pb.CreatePersonalAccessTokenRequest, _: Context
    ) -> pb.CreatePersonalAccessTokenResponse:
        caller, fields = self._admission.user(request), read(AccessTokenFields, request)
        token, secret = await self._personal.create(caller, request.user_id, fields)
        return pb.CreatePersonalAccessTokenResponse(access_token=self._message(token), secret=secret)

    async def ListPersonalAccessTokens(
        self, request: pb.ListPersonalAccessTokensRequest, _: Context
    ) -> pb.ListPersonalAccessTokensResponse:
        wanted = read(AccessTokenFilter, request, active=_ACTIVE.get(request.state))
        listed = self._personal.list(self._admission.user(request), wanted, page_request(request))
        tokens = map(self._message, listed.rows)
        return pb.ListPersonalAccessTokensResponse(access_tokens=tokens, total=listed.total)

    async def GetPersonalAccessToken(
        self, request: pb.GetPersonalAccessTokenRequest, _: Context
    ) -> pb.GetPersonalAccessTokenResponse:
        token = self._personal.read(self._admission.user(request), request.token_id)
        return pb.GetPersonalAccessTokenResponse(access_token=self._message(token))

    async def RevokePersonalAccessToken(
        self, request: pb.RevokePersonalAccessTokenRequest, _: Context
    ) -> pb.RevokePersonalAccessTokenResponse:
        await self._personal.revoke(self._admission.user(request), request.token_id)
        return pb.RevokePersonalAccessTokenResponse()

    async def GetPresentedAccessToken(
        self, request: pb.GetPresentedAccessTokenRequest, _: Context
    ) -> pb.GetPresentedAccessTokenResponse:
        token = self._personal.presented(self._admission.user(request))
        return pb.GetPresentedAccessTokenResponse(access_token=self._message(token))

    async def RevokePresentedAccessToken(
        self, request: pb.RevokePresentedAccessTokenRequest, _: Context
    ) -> pb.RevokePresentedAccessTokenResponse:
        await self._personal.revoke_presented(self._admission.user(request))
        return pb.RevokePresentedAccessTokenResponse()

    async def CreateAccessToken(self, request: pb.CreateAccessTokenRequest, _: Context) -> pb.CreateAccessTokenResponse:
        caller, where = self._admission.caller(request), messages.resource(request.place)
        token, secret = await self._access.create(caller, where, read(AccessTokenFields, request))
        return pb.CreateAccessTokenResponse(access_token=self._message(token), secret=secret)

    async def ListAccessTokens(self, request: pb.ListAccessTokensRequest, _: Context) -> pb.ListAccessTokensResponse:
        caller, where = self._admission.caller(request), messages.resource(request.place)
        wanted = read(AccessTokenFilter, request, active=_ACTIVE.get(request.state))
        listed = self._access.list(caller, where, wanted, page_request(request))
        tokens = map(self._message, listed.rows)
        return pb.ListAccessTokensResponse(access_tokens=tokens, total=listed.total)

    async def GetAccessToken(self, request: pb.GetAccessTokenRequest, _: Context) -> pb.GetAccessTokenResponse:
        caller, where = self._admission.caller(request), messages.resource(request.place)
        token = self._access.read(caller, where, request.token_id)
        return pb.GetAccessTokenResponse(access_token=self._message(token))

    async def RevokeAccessToken(self, request: pb.RevokeAccessTokenRequest, _: Context) -> pb.RevokeAccessTokenResponse:
        caller, where = self._admission.caller(request), messages.resource(request.place)
        await self._access.revoke(caller, where, request.token_id)
        return pb.RevokeAccessTokenResponse()

    async def RotatePersonalAccessToken(
        self, request: pb.RotatePersonalAccessTokenRequest, _: Context
    ) -> pb.RotatePersonalAccessTokenResponse:
        require(self._gitlab.token_rotation)
        caller, expires_at = await self._replacing(request), _expires_at(request)
        token, secret = await self._rotation.rotate_personal(caller, request.token_id, expires_at)
        return pb.RotatePersonalAccessTokenResponse(access_token=self._message(token), secret=secret)

    async def RotatePresentedAccessToken(
        self, request: pb.RotatePresentedAccessTokenRequest, _: Context
    ) -> pb.RotatePresentedAccessTokenResponse:
        require(self._gitlab.token_self_rotation)
        caller, expires_at = await self._replacing(request), _expires_at(request)
        where = messages.resource(request.place) if request.HasField("place") else None
        token, secret = await self._rotation.rotate_presented(caller, where, expires_at)
        return pb.RotatePresentedAccessTokenResponse(access_token=self._message(token), secret=secret)

    async def RotateAccessToken(self, request: pb.RotateAccessTokenRequest, _: Context) -> pb.RotateAccessTokenResponse:
        require(self._gitlab.token_rotation)
        caller, where = await self._replacing(request), messages.resource(request.place)
        expires_at = _expires_at(request)
        token, secret = await self._rotation.rotate_in(caller, where, request.token_id, expires_at)
        return pb.RotateAccessTokenResponse(access_token=self._message(token), secret=secret)

    async def _replacing(self, request: CredentialedRequest) -> UserCaller:
        """Return who replaces a token; one that presents a replaced token ends what replaced it, too."""
        try:
            return self._admission.user(request)
        except Failure as failure:
            if failure.reason == Reason.CREDENTIAL_REVOKED:
                await self._rotation.revoke_successor(presented(request.credentials)[0].digest)
            raise

    def _message(self, token: AccessTokenRecord) -> pb.AccessToken:
        """Write a token, with its last use although that is not written yet."""
        return messages.access_token(token, self._uses.last(token.id, token.last_used_at))

    async def CreateDeployToken(self, request: pb.CreateDeployTokenRequest, _: Context) -> pb.CreateDeployTokenResponse:
        caller, where = self._admission.caller(request), messages.resource(request.place)
        expires_at = milliseconds(request.expires_at) if request.HasField("expires_at") else None
        fields = read(DeployTokenFields, request, expires_at=expires_at)
        token, secret = await self._deploy.create(caller, where, fields)
        return pb.CreateDeployTokenResponse(deploy_token=messages.deploy_token(token), secret=secret)

    async def ListDeployTokens(self, request: pb.ListDeployTokensRequest, _: Context) -> pb.ListDeployTokensResponse:
        caller = self._admission.caller(request)
        where = messages.resource(request.place) if request.HasField("place") else None
        listed = self._deploy.list(caller, where, page_request(request), active_only=request.active_only)
        tokens = map(messages.deploy_token, listed.rows)
        return pb.ListDeployTokensResponse(deploy_tokens=tokens, total=listed.total)

    async def GetDeployToken(self, request: pb.GetDeployTokenRequest, _: Context) -> pb.GetDeployTokenResponse:
        caller, where = self._admission.caller(request), messages.resource(request.place)
        token = self._deploy.read(caller, where, request.token_id)
        return pb.GetDeployTokenResponse(deploy_token=messages.deploy_token(token))

    async def RevokeDeployToken(self, request: pb.RevokeDeployTokenRequest, _: Context) -> pb.RevokeDeployTokenResponse:
        caller, where = self._admission.caller(request), messages.resource(request.place)
        await self._deploy.revoke(caller, where, request.token_id)
        return pb.RevokeDeployTokenResponse()


def _expires_at(
    request: pb.RotatePersonalAccessTokenRequest | pb.RotatePresentedAccessTokenRequest | pb.RotateAccessTokenRequest,
) -> str | None:
    return request.expires_at if request.HasField("expires_at") else None
