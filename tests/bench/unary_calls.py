"""The operations as unary gRPC calls: what the stream of operations is measured against.

Both ends do what the stream does: the same deadlines and limits, the same work, the same lines in the log.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import grpc
from generic_packages.storage.v1 import packages_pb2 as pb
from google.protobuf.message import Message

from reference_server.contract.failure import Failure, Reason
from reference_server.contract.limits import OPERATIONS_PER_STREAM, REQUEST_ID_KEY
from reference_server.contract.status import read_rpc_error
from reference_server.storage.service import messages
from reference_server.storage.service.hot_operations import HotOperations

_Request = TypeVar("_Request", bound=Message)
_Response = TypeVar("_Response", bound=Message)
Context = grpc.aio.ServicerContext[Any, Any]
Method = grpc.aio.UnaryUnaryMultiCallable[_Request, _Response]
_SERVICE = "generic_packages.storage.v1.UnaryOperations"  # below this prefix the storage logs calls and maps failures


class UnaryOperations:
    def __init__(
        self,
        channel: grpc.aio.Channel,
        *,
        outstanding: int = OPERATIONS_PER_STREAM,
        on_break: Callable[[], None],
        on_orphan: Callable[[str], None],
    ) -> None:
        del on_break, on_orphan  # a unary call breaks alone, and one that is given up is cancelled by gRPC
        self._limit = outstanding
        self._outstanding = 0
        self._publish = _method(channel, "Publish", pb.PublishRequest, pb.PublishResponse)
        self._begin = _method(channel, "BeginPublication", pb.BeginPublicationRequest, pb.BeginPublicationResponse)
        self._commit = _method(channel, "CommitPublication", pb.CommitPublicationRequest, pb.CommitPublicationResponse)
        self._open = _method(channel, "OpenPackageFile", pb.OpenPackageFileRequest, pb.OpenPackageFileResponse)

    def start(self) -> None:
        """Do nothing: there is no stream to open."""

    async def close(self) -> None:
        """Do nothing: closing the channel ends its calls."""

    async def publish(self, request: pb.PublishRequest, *, request_id: str, seconds: float) -> pb.PublishResponse:
        return await self._call(self._publish, request, request_id, seconds)

    async def begin_publication(
        self, request: pb.BeginPublicationRequest, *, request_id: str, seconds: float
    ) -> pb.BeginPublicationResponse:
        return await self._call(self._begin, request, request_id, seconds)

    async def commit_publication(
        self, request: pb.CommitPublicationRequest, *, request_id: str, seconds: float
    ) -> pb.CommitPublicationResponse:
        return await self._call(self._commit, request, request_id, seconds)

    async def open_package_file(
        self, request: pb.OpenPackageFileRequest, *, request_id: str, seconds: float
    ) -> pb.OpenPackageFileResponse:
        return await self._call(self._open, request, request_id, seconds)

    async def _call(
        self, method: Method[_Request, _Response], request: _Request, request_id: str, seconds: float
    ) -> _Response:
        if self._outstanding >= self._limit:
            raise Failure(Reason.OVERLOADED, "too many operations under way", retry_after_seconds="1")
        self._outstanding += 1
        try:
            return await method(request, timeout=seconds, metadata=((REQUEST_ID_KEY, request_id),))
        except grpc.aio.AioRpcError as error:
            raise read_rpc_error(error) from None
        finally:
            self._outstanding -= 1


def unary_handlers(operations: HotOperations) -> grpc.GenericRpcHandler:
    """Return the storage's end of the calls, over what the stream's end works with too."""

    async def publish(request: pb.PublishRequest, _context: Context) -> pb.PublishResponse:
        return pb.PublishResponse(package_file=messages.package_file(await operations.publish(request)))

    async def begin(request: pb.BeginPublicationRequest, _context: Context) -> pb.BeginPublicationResponse:
        return operations.begin(request)

    async def commit(request: pb.CommitPublicationRequest, _context: Context) -> pb.CommitPublicationResponse:
        return pb.CommitPublicationResponse(package_file=messages.package_file(await operations.commit(request)))

    async def open_file(request: pb.OpenPackageFileRequest, _context: Context) -> pb.OpenPackageFileResponse:
        return operations.open(request)

    return grpc.method_handlers_generic_handler(
        _SERVICE,
        {
            "Publish": _handler(publish, pb.PublishRequest, pb.PublishResponse),
            "BeginPublication": _handler(begin, pb.BeginPublicationRequest, pb.BeginPublicationResponse),
            "CommitPublication": _handler(commit, pb.CommitPublicationRequest, pb.CommitPublicationResponse),
            "OpenPackageFile": _handler(open_file, pb.OpenPackageFileRequest, pb.OpenPackageFileResponse),
        },
    )


def _method(
    channel: grpc.aio.Channel, name: str, request: type[_Request], response: type[_Response]
) -> Method[_Request, _Response]:
    return channel.unary_unary(
        f"/{_SERVICE}/{name}", request_serializer=request.SerializeToString, response_deserializer=response.FromString
    )


def _handler(
    behaviour: Callable[[_Request, Context], Awaitable[_Response]], request: type[_Request], response: type[_Response]
) -> grpc.RpcMethodHandler[Any, Any]:
    return grpc.unary_unary_rpc_method_handler(
        behaviour,
        request_deserializer=request.FromString,
        response_serializer=response.SerializeToString,
    )
