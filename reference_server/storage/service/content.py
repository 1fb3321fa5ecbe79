"""ContentService."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator

import grpc
from generic_packages.storage.v1 import content_pb2 as pb
from generic_packages.storage.v1.content_pb2_grpc import ContentServiceServicer

from reference_server.content.memory import MemoryBudget
from reference_server.contract.failure import Failure, Reason
from reference_server.contract.limits import MESSAGE_BYTES
from reference_server.contract.status import TransportFailure
from reference_server.storage.blobs.store import StoredContent
from reference_server.storage.packages.upload_sessions import UploadSession
from reference_server.storage.service.calls import Context
from reference_server.storage.wiring import StorageServices


class ContentServicer(ContentServiceServicer):
    """Carries the bytes of large files."""

    def __init__(self, services: StorageServices) -> None:
        self._services = services
        self._downloads = MemoryBudget()

    async def UploadContent(
        self, request_iterator: AsyncIterator[pb.UploadContentRequest], context: Context
    ) -> pb.UploadContentResponse:
        """Take an upload's content; a stream that breaks, or is refused on the way, ends the upload."""
        upload = await self._upload(context)
        received = await self._services.uploads.receive(upload, _pieces(context))
        return pb.UploadContentResponse(size=received.size, sha256=received.sha256)

    async def DownloadContent(
        self, request: pb.DownloadContentRequest, context: Context
    ) -> AsyncIterator[pb.DownloadContentResponse]:
        """Read a span of content."""
        with contextlib.closing(self._open(request)) as content, self._downloads.joined():
            offset, end = request.offset, request.offset + request.length
            while offset < end:
                piece = content.read(offset, min(self._downloads.piece_bytes, end - offset))
                if not piece:
                    raise TransportFailure(grpc.StatusCode.DATA_LOSS, "the content ends before its span does")
                yield pb.DownloadContentResponse(content=piece)
                offset += len(piece)

    async def DescribeVolume(self, request: pb.DescribeVolumeRequest, context: Context) -> pb.DescribeVolumeResponse:
        """Return where the volume lies, and the nonce that proves it."""
        volume = self._services.volume
        return pb.DescribeVolumeResponse(root=str(volume.root), nonce_path=volume.nonce_path, nonce=volume.nonce)

    async def _upload(self, context: Context) -> UploadSession:
        """Return the upload that the first message names."""
        first = await context.read()
        if not isinstance(first, pb.UploadContentRequest) or first.WhichOneof("part") != "upload_id":
            raise _out_of_place("upload_id", "the first message must hold the upload id")
        return self._services.uploads.sessions.find(first.upload_id)

    def _open(self, request: pb.DownloadContentRequest) -> StoredContent:
        """Open the content that the ticket is for, if it has the span."""
        content = self._services.downloads.open_content(request.read_ticket)
        for parameter, fits in (
            ("offset", 0 <= request.offset < content.size),
            ("length", 1 <= request.length <= content.size - request.offset),
        ):
            if not fits:
                content.close()
                raise _out_of_place(parameter, f"the content has {content.size} bytes")
        return content


async def _pieces(context: Context) -> AsyncIterator[bytes]:
    """Yield the content of every message that follows. gRPC's own iterator would hold one while the next is awaited."""
    while isinstance(message := await context.read(), pb.UploadContentRequest):
        yield _piece(message)


def _piece(message: pb.UploadContentRequest) -> bytes:
    if message.WhichOneof("part") != "content":
        raise _out_of_place("upload_id", "only the first message may hold an upload id")
    piece = message.content
    message.Clear()  # what it holds is a copy, and the piece may have to wait
    if len(piece) > MESSAGE_BYTES:
        raise _out_of_place("content", f"a message holds at most {MESSAGE_BYTES} bytes of content")
    return piece


def _out_of_place(parameter: str, message: str) -> Failure:
    return Failure(Reason.PARAMETER_INVALID, message, parameter=parameter)
