"""Single calls to the storage, for everything that is not on a hot path, and the stubs to make them with."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

import grpc
from generic_packages.storage.v1.ci_pb2_grpc import CiServiceStub
from generic_packages.storage.v1.content_pb2 import DescribeVolumeRequest, DescribeVolumeResponse
from generic_packages.storage.v1.content_pb2_grpc import ContentServiceStub
from generic_packages.storage.v1.credential_pb2 import Credential
from generic_packages.storage.v1.identity_pb2 import RecognizeCredentialsRequest
from generic_packages.storage.v1.identity_pb2_grpc import IdentityServiceStub
from generic_packages.storage.v1.members_pb2_grpc import MembersServiceStub
from generic_packages.storage.v1.packages_pb2 import (
    AbandonPublicationRequest,
    OpenPackageFileByIdRequest,
    OpenPackageFileResponse,
)
from generic_packages.storage.v1.packages_pb2_grpc import PackagesServiceStub
from generic_packages.storage.v1.protection_pb2_grpc import ProtectionServiceStub
from generic_packages.storage.v1.tokens_pb2_grpc import TokensServiceStub
from grpc_health.v1.health_pb2 import HealthCheckRequest, HealthCheckResponse
from grpc_health.v1.health_pb2_grpc import HealthStub

from reference_server.contract.failure import Failure
from reference_server.contract.limits import CLIENT_ADDRESS_KEY, REQUEST_ID_KEY, SMALL_OPERATION_SECONDS
from reference_server.contract.status import TransportFailure, read_rpc_error
from reference_server.frontend.http.client_address import CLIENT_ADDRESS

_Request = TypeVar("_Request")
_Response = TypeVar("_Response")

_HEALTH_SECONDS = 2


async def call(
    method: grpc.aio.UnaryUnaryMultiCallable[_Request, _Response], request: _Request, *, request_id: str
) -> _Response:
    """Make a call with the usual time limit. Raises Failure or TransportFailure."""
    try:
        metadata = ((REQUEST_ID_KEY, request_id), (CLIENT_ADDRESS_KEY, CLIENT_ADDRESS.get()))
        return await method(request, timeout=SMALL_OPERATION_SECONDS, metadata=metadata)
    except grpc.aio.AioRpcError as error:
        raise read_rpc_error(error) from None


class Services:
    """One stub for each service."""

    def __init__(self, channel: grpc.aio.Channel) -> None:
        self.identity = IdentityServiceStub(channel)
        self.members = MembersServiceStub(channel)
        self.tokens = TokensServiceStub(channel)
        self.ci = CiServiceStub(channel)
        self.packages = PackagesServiceStub(channel)
        self.protection = ProtectionServiceStub(channel)


class SingleCalls:
    """The calls that no room of its own makes: of single files and uploads, of credentials, volume and health."""

    def __init__(self, channel: grpc.aio.Channel) -> None:
        self._packages = PackagesServiceStub(channel)
        self._content = ContentServiceStub(channel)
        self._identity = IdentityServiceStub(channel)
        self._health = HealthStub(channel)

    async def abandon_publication(self, upload_id: str, *, request_id: str) -> None:
        """Give a begun upload up. Raises Failure or TransportFailure."""
        request = AbandonPublicationRequest(upload_id=upload_id)
        await call(self._packages.AbandonPublication, request, request_id=request_id)

    async def open_package_file(
        self, request: OpenPackageFileByIdRequest, *, request_id: str
    ) -> OpenPackageFileResponse:
        """Open a file by its number. Raises Failure or TransportFailure."""
        return (await call(self._packages.OpenPackageFileById, request, request_id=request_id)).opened

    async def describe_volume(self, *, seconds: float, request_id: str) -> DescribeVolumeResponse:
        """Ask for the volume's root and nonce, waiting up to `seconds` for a storage that is only just starting.

        Raises Failure or TransportFailure.
        """
        try:
            return await self._content.DescribeVolume(
                DescribeVolumeRequest(),
                timeout=seconds,
                metadata=((REQUEST_ID_KEY, request_id),),
                wait_for_ready=True,
            )
        except grpc.aio.AioRpcError as error:
            raise read_rpc_error(error) from None

    async def recognize(self, credentials: Sequence[Credential], request_id: str) -> bool | None:
        """Return whether the storage knows whom credentials belong to; None when it does not say."""
        request = RecognizeCredentialsRequest(credentials=credentials)
        try:
            await call(self._identity.RecognizeCredentials, request, request_id=request_id)
        except Failure:
            return False
        except TransportFailure:
            return None
        return True

    async def healthy(self) -> bool:
        """Return whether the storage says of itself that it serves."""
        try:
            answer = await self._health.Check(HealthCheckRequest(), timeout=_HEALTH_SECONDS)
        except grpc.aio.AioRpcError:
            return False
        return bool(answer.status == HealthCheckResponse.SERVING)
