"""The operations as unary gRPC calls: what the stream of operations is measured against.

Both ends do what the stream does: the same deadlines and limits, the same work, the same lines in the log.
"""

from __future__ import annotations

import functools
from collections.abc import Awaitable, Callable
from typing import Any

import grpc
from generic_packages.storage.v1 import packages_pb2 as pb

from reference_server.contract.failure import Failure, Reason
from reference_server.contract.limits import OPERATIONS_PER_STREAM, REQUEST_ID_KEY
from reference_server.contract.status import read_rpc_error
from reference_server.storage.service import messages
from reference_server.storage.service.calls import Context
from reference_server.storage.service.hot_operations import HotOperations

_SERVICE = "generic_packages.storage.v1.UnaryOperations"  # below this prefix the storage logs calls and maps failures
# Each operation by its name in Operations, with that of its call and the call's messages.
_CALLS: dict[str, tuple[str, type[Any], type[Any]]] = {
    "publish": ("Publish", pb.PublishRequest, pb.PublishResponse),
    "begin_publication": ("BeginPublication", pb.BeginPublicationRequest, pb.BeginPublicationResponse),
    "commit_publication": ("CommitPublication", pb.CommitPublicationRequest, pb.CommitPublicationResponse),
    "open_package_file": ("OpenPackageFile", pb.OpenPackageFileRequest, pb.OpenPackageFileResponse),
}


class UnaryOperations:
    """The front end's end of the calls; it has the methods of Operations."""

    available = True  # each call finds out for itself

    def __init__(
        self, channel: grpc.aio.Channel, *, on_break: Callable[[], None], on_orphan: Callable[[str], None]
    ) -> None:
        del on_break, on_orphan  # a unary call breaks alone, and one that is given up is cancelled by gRPC
        self._outstanding = 0
        for operation, (name, request, response) in _CALLS.items():
            method = channel.unary_unary(
                f"/{_SERVICE}/{name}",
                request_serializer=request.SerializeToString,
                response_deserializer=response.FromString,
            )
            setattr(self, operation, functools.partial(self._call, method))

    def start(self) -> None:
        """Do nothing: there is no stream to open."""

    async def close(self) -> None:
        """Do nothing: closing the channel ends its calls."""

    async def _call(
        self, method: Callable[..., Awaitable[object]], request: object, *, request_id: str, seconds: float
    ) -> object:
        if self._outstanding >= OPERATIONS_PER_STREAM:
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

    async def publish(request: pb.PublishRequest, _: Context) -> pb.PublishResponse:
        return pb.PublishResponse(package_file=messages.package_file(await operations.publish(request)))

    async def begin_publication(request: pb.BeginPublicationRequest, _: Context) -> pb.BeginPublicationResponse:
        return operations.begin(request)

    async def commit_publication(request: pb.CommitPublicationRequest, _: Context) -> pb.CommitPublicationResponse:
        return pb.CommitPublicationResponse(package_file=messages.package_file(await operations.commit(request)))

    async def open_package_file(request: pb.OpenPackageFileRequest, _: Context) -> pb.OpenPackageFileResponse:
        return operations.open(request)

    handlers: dict[str, grpc.RpcMethodHandler[Any, Any]] = {}
    for behaviour in (publish, begin_publication, commit_publication, open_package_file):
        name, request, response = _CALLS[behaviour.__name__]
        handlers[name] = grpc.unary_unary_rpc_method_handler(
            behaviour, request_deserializer=request.FromString, response_serializer=response.SerializeToString
        )
    return grpc.method_handlers_generic_handler(_SERVICE, handlers)
