"""The streamed carrier: content crosses gRPC in messages of at most 1 MiB. Works between hosts."""

from __future__ import annotations

import asyncio

import grpc
from generic_packages.storage.v1.content_pb2 import (
    DownloadContentRequest,
    DownloadContentResponse,
    UploadContentRequest,
    UploadContentResponse,
)
from generic_packages.storage.v1.content_pb2_grpc import ContentServiceStub

from reference_server.content.digests import ContentSummary
from reference_server.content.memory import MESSAGES_IN_FLIGHT, MemoryBudget, PieceCollector
from reference_server.contract.failure import Failure, Reason
from reference_server.contract.limits import REQUEST_ID_KEY
from reference_server.contract.status import TransportFailure, read_rpc_error
from reference_server.frontend.carriers.interface import ContentCutError, ContentMissingError

# A whole transfer, however slow the client; stalls are found by the clock on each piece instead.
_TRANSFER_SECONDS = 24 * 3600


class StreamedCarrier:
    """Opens writers and readers on the content channel. One process has a bounded number of messages in flight."""

    def __init__(self, channel: grpc.aio.Channel, budget: MemoryBudget) -> None:
        self._stub = ContentServiceStub(channel)
        self._budget = budget
        # Downloads that wait for the storage must not hold up uploads, nor the other way round.
        self._up = asyncio.Semaphore(MESSAGES_IN_FLIGHT)
        self._down = asyncio.Semaphore(MESSAGES_IN_FLIGHT)

    def open_writer(self, upload_id: str, *, request_id: str) -> StreamedWriter:
        """Begin to send the content of an upload."""
        call = self._stub.UploadContent(timeout=_TRANSFER_SECONDS, metadata=((REQUEST_ID_KEY, request_id),))
        return StreamedWriter(call, upload_id, self._budget, self._up)

    def open_reader(self, read_ticket: bytes, offset: int, length: int, *, request_id: str) -> StreamedReader:
        """Begin to read a span of a file."""
        request = DownloadContentRequest(read_ticket=read_ticket, offset=offset, length=length)
        call = self._stub.DownloadContent(request, timeout=_TRANSFER_SECONDS, metadata=((REQUEST_ID_KEY, request_id),))
        return StreamedReader(call, self._down)


class StreamedWriter:
    """One UploadContent call; see ContentWriter."""

    def __init__(
        self,
        call: grpc.aio.StreamUnaryCall[UploadContentRequest, UploadContentResponse],
        upload_id: str,
        budget: MemoryBudget,
        in_flight: asyncio.Semaphore,
    ) -> None:
        self._call = call
        self._upload_id: str | None = upload_id
        self._budget = budget
        self._pieces = PieceCollector(budget)
        self._in_flight = in_flight

    async def write(self, chunk: bytes) -> None:
        if piece := self._pieces.add(chunk):
            await self._send(piece)

    async def complete(self) -> ContentSummary:
        """Return what arrived. The storage hashed what arrived there."""
        try:
            await self._send(self._pieces.take())
            await self._call.done_writing()
            answer = await self._answer()
        finally:
            self._pieces.close()
        return ContentSummary(answer.size, answer.sha256)

    def abandon(self) -> None:
        self._call.cancel()
        self._pieces.close()

    async def _send(self, piece: bytes) -> None:
        """Send a piece as messages, each in its turn among the transfers of this process."""
        if self._upload_id is not None:
            upload_id, self._upload_id = self._upload_id, None
            await self._write(UploadContentRequest(upload_id=upload_id))
        size = self._budget.piece_bytes
        for start in range(0, len(piece), size):
            async with self._in_flight:
                await self._write(UploadContentRequest(content=piece[start : start + size]))

    async def _write(self, message: UploadContentRequest) -> None:
        """Write one message, or raise why the storage has ended the call."""
        try:
            await self._call.write(message)
        except (asyncio.InvalidStateError, grpc.aio.AioRpcError):
            await self._answer()
            raise Failure(Reason.CONTENT_MISMATCH, "the storage ended the upload before its content did") from None

    async def _answer(self) -> UploadContentResponse:
        """Return what the storage says of the whole upload."""
        try:
            return await self._call
        except grpc.aio.AioRpcError as error:
            raise read_rpc_error(error) from None


class StreamedReader:
    """One DownloadContent call; see ContentReader."""

    def __init__(
        self,
        call: grpc.aio.UnaryStreamCall[DownloadContentRequest, DownloadContentResponse],
        in_flight: asyncio.Semaphore,
    ) -> None:
        self._call = call
        self._in_flight = in_flight

    async def read(self) -> bytes:
        try:
            async with self._in_flight:
                message = await self._call.read()
        except grpc.aio.AioRpcError as error:
            raise _read_failure(read_rpc_error(error)) from None
        return message.content if isinstance(message, DownloadContentResponse) else b""

    def close(self) -> None:
        self._call.cancel()


def _read_failure(failure: Failure | TransportFailure) -> Exception:
    """Return what a failed download says of the content, of which no span outside its record is ever asked for."""
    if isinstance(failure, TransportFailure):
        return ContentCutError() if failure.code is grpc.StatusCode.DATA_LOSS else failure
    if failure.reason is Reason.PACKAGE_FILE_NOT_FOUND:
        return ContentMissingError()
    return ContentCutError() if failure.reason is Reason.PARAMETER_INVALID else failure
