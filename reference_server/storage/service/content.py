"""ContentService."""

# ruff: noqa: N802, ARG002 -- names and parameters are those of the generated service

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import grpc
from generic_packages.storage.v1 import content_pb2 as pb
from generic_packages.storage.v1.content_pb2_grpc import ContentServiceServicer

from reference_server.contract.failure import Failure, Reason
from reference_server.contract.limits import KIB, MESSAGE_BYTES, MIB
from reference_server.storage.blobs.store import StoredContent
from reference_server.storage.packages.receiving import Reception
from reference_server.storage.packages.uploads import Received, Stage, Upload
from reference_server.storage.rooms import PackageRooms

Context = grpc.aio.ServicerContext[Any, Any]
_DOWNLOADS_BYTES = 4 * MIB
_SMALLEST_PIECE = 64 * KIB


class ContentServicer(ContentServiceServicer):
    """Carries the bytes of large files."""

    def __init__(self, rooms: PackageRooms) -> None:
        self._rooms = rooms
        self._downloads = 0

    async def UploadContent(
        self, request_iterator: AsyncIterator[pb.UploadContentRequest], context: Context
    ) -> pb.UploadContentResponse:
        """Take an upload's content; a stream that breaks, or is refused on the way, ends the upload."""
        upload = await self._upload(context)
        reception = self._rooms.receiving.start(upload)
        try:
            received = await self._receive(upload, reception, context)
        except BaseException:
            self._rooms.uploads.end(upload.id)
            raise
        finally:
            await self._rooms.receiving.close(reception)
        return pb.UploadContentResponse(size=received.size, sha256=received.sha256)

    async def DownloadContent(
        self, request: pb.DownloadContentRequest, context: Context
    ) -> AsyncIterator[pb.DownloadContentResponse]:
        """Read a span of content."""
        content = self._open(request)
        self._downloads += 1
        try:
            offset, end = request.offset, request.offset + request.length
            while offset < end:
                piece = content.read(offset, min(self._piece_bytes(), end - offset))
                yield pb.DownloadContentResponse(content=piece)
                offset += len(piece)
        finally:
            self._downloads -= 1
            content.close()

    async def DescribeVolume(self, request: pb.DescribeVolumeRequest, context: Context) -> pb.DescribeVolumeResponse:
        """Answer DescribeVolume."""
        volume = self._rooms.volume
        return pb.DescribeVolumeResponse(root=str(volume.root), nonce_path=volume.nonce_path, nonce=volume.nonce)

    async def _upload(self, context: Context) -> Upload:
        """Read the upload that the first message names; its content must be awaited, and come this way."""
        first = await context.read()
        if not isinstance(first, pb.UploadContentRequest) or first.WhichOneof("part") != "upload_id":
            raise _out_of_place("upload_id", "the first message must hold the upload id")
        upload = self._rooms.uploads.find(first.upload_id)
        if upload.shares_volume or upload.stage is not Stage.AWAITED or upload.commit is not None:
            raise _out_of_place("upload_id", "no content is awaited for this upload")
        return upload

    async def _receive(self, upload: Upload, reception: Reception, context: Context) -> Received:
        """Take every piece. None is held while the next one is awaited, as the iterator of requests would hold it."""
        while True:
            message = await context.read()
            if not isinstance(message, pb.UploadContentRequest):
                return await self._rooms.receiving.finish(upload, reception)
            await self._rooms.receiving.take(upload, reception, _piece(message))
            del message

    def _open(self, request: pb.DownloadContentRequest) -> StoredContent:
        """Open the content that the ticket is for, if it has the span."""
        sha256 = self._rooms.tickets.read(request.read_ticket)
        try:
            content = self._rooms.store.open(sha256)
        except KeyError:
            raise Failure(Reason.PACKAGE_FILE_NOT_FOUND, "the package file was deleted meanwhile") from None
        for parameter, fits in (
            ("offset", 0 <= request.offset < content.size),
            ("length", 1 <= request.length <= content.size - request.offset),
        ):
            if not fits:
                content.close()
                raise _out_of_place(parameter, f"the content has {content.size} bytes")
        return content

    def _piece_bytes(self) -> int:
        """Give the size of a piece: the more downloads there are, the smaller, since each holds one at a time."""
        return max(_SMALLEST_PIECE, min(MESSAGE_BYTES, _DOWNLOADS_BYTES // self._downloads))


def _piece(message: pb.UploadContentRequest) -> bytes:
    """Read a message's content."""
    if message.WhichOneof("part") != "content":
        raise _out_of_place("upload_id", "only the first message may hold an upload id")
    piece = message.content
    message.Clear()  # what it holds is a copy, and the piece may have to wait
    if len(piece) > MESSAGE_BYTES:
        raise _out_of_place("content", f"a message holds at most {MESSAGE_BYTES} bytes of content")
    return piece


def _out_of_place(parameter: str, message: str) -> Failure:
    return Failure(Reason.PARAMETER_INVALID, message, parameter=parameter)
