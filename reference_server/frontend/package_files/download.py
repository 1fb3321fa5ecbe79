"""GET and HEAD of a package file."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from http import HTTPStatus

import grpc
import structlog
from generic_packages.storage.v1.packages_pb2 import OpenPackageFileResponse
from tornado.httputil import HTTPMessageDelegate
from tornado.iostream import StreamClosedError

from reference_server.contract.failure import Failure
from reference_server.contract.status import TransportFailure
from reference_server.frontend.carriers.interface import ContentCutError, ContentMissingError
from reference_server.frontend.carriers.verification import ContentFlippedError, DownloadVerification
from reference_server.frontend.failures import noted
from reference_server.frontend.http.metrics import ContentDefect
from reference_server.frontend.http.preconditions import Validators, evaluate_preconditions, range_applies
from reference_server.frontend.http.ranges import RangeNotSatisfiableError, Span, requested_span
from reference_server.frontend.http.reply import Reply
from reference_server.frontend.http.responses import JSON_TYPE, PRECONDITION_FAILED, RANGE_NOT_SATISFIABLE, UNEXPECTED
from reference_server.frontend.package_files.records import content_disposition, validators
from reference_server.frontend.server_context import ServerContext

OpenFile = Callable[[], Awaitable[OpenPackageFileResponse]]
"""Asks the storage for the file, or for no more than its record. Raises Failure or TransportFailure."""

_Headers = list[tuple[str, str]]

_REQUEST_BODY_BYTES = 65_536
_CONTENT_UNUSABLE = TransportFailure(grpc.StatusCode.UNAVAILABLE, "the content of a file is missing or cut")


class Download(HTTPMessageDelegate):
    """Answers one request when its (meaningless) body has been read."""

    def __init__(self, server: ServerContext, reply: Reply, open_file: OpenFile) -> None:
        self._server = server
        self._reply = reply
        self._open_file = open_file
        self._headers = reply.request.headers
        self._head_only = reply.request.method == "HEAD"
        self._sha256 = b""
        self._task: asyncio.Task[None] | None = None
        reply.connection.set_max_body_size(_REQUEST_BODY_BYTES)

    def finish(self) -> None:
        """Answer. A client that goes away meanwhile ends what is done for it."""
        self._task = asyncio.create_task(self._answer())
        self._reply.connection.set_close_callback(self._give_up)

    def _give_up(self) -> None:
        """End the answer: the client takes nothing any more."""
        if self._task is not None:
            self._task.cancel()

    def on_connection_close(self) -> None:
        """Log a request whose body never came whole."""
        self._reply.log()

    async def _answer(self) -> None:
        """Answer, whatever happens."""
        try:
            await self._respond_twice()
        except (Failure, TransportFailure) as failure:
            self._fail(failure)
        except ContentMissingError:
            self._fail_unusable("missing")
        except ContentCutError:
            self._fail_unusable("cut")
        except ContentFlippedError:
            self._fail_unusable("flipped")
        except (StreamClosedError, asyncio.CancelledError):
            self._reply.abort()
        except Exception:
            structlog.get_logger().exception("download failed", request_id=self._reply.request.request_id)
            self._fail(None)

    def _fail(self, failure: Failure | TransportFailure | None) -> None:
        """Answer with a failure, or break off an answer that has begun."""
        if self._reply.begun:
            self._reply.abort()
        else:
            self._reply.send(noted(failure, self._reply.request) if failure is not None else UNEXPECTED)

    def _fail_unusable(self, defect: ContentDefect) -> None:
        """Tell the operator which content was lost or cut on the volume, and fail."""
        self._server.metrics.count_unusable_content(defect)
        structlog.get_logger().error(
            "content unusable", defect=defect, sha256=self._sha256.hex(), request_id=self._reply.request.request_id
        )
        self._fail(_CONTENT_UNUSABLE)

    async def _respond_twice(self) -> None:
        """Ask the storage once more when what it named was deleted before a byte of it was read."""
        try:
            await self._respond()
        except ContentMissingError:
            if self._reply.begun:
                raise
            await self._respond()

    async def _respond(self) -> None:
        """Open the file and send what the conditions and the range leave of it."""
        opened = await self._open_file()
        record = opened.package_file
        self._sha256 = record.sha256
        current = validators(record)
        headers = _record_headers(opened, current)
        status = evaluate_preconditions(self._headers, current)
        if status is HTTPStatus.NOT_MODIFIED:
            self._reply.send_head(status, headers)
        elif status is HTTPStatus.PRECONDITION_FAILED:
            self._reply.send(PRECONDITION_FAILED)
        else:
            await self._send_selected(opened, headers, current)

    async def _send_selected(self, opened: OpenPackageFileResponse, headers: _Headers, current: Validators) -> None:
        """Send the whole content, the span asked for, or the refusal of a span outside."""
        size = opened.package_file.size
        try:
            span = self._span(size, current)
        except RangeNotSatisfiableError:
            refusal = [("Content-Type", JSON_TYPE), *headers, ("Content-Range", f"bytes */{size}")]
            self._reply.send_content(RANGE_NOT_SATISFIABLE.status, refusal, RANGE_NOT_SATISFIABLE.body)
            return
        headers = [*headers, *_content_headers(opened)]
        if span is None:
            await self._send(opened, HTTPStatus.OK, headers, Span(0, size))
        else:
            last = span.offset + span.length - 1
            headers.append(("Content-Range", f"bytes {span.offset}-{last}/{size}"))
            await self._send(opened, HTTPStatus.PARTIAL_CONTENT, headers, span)

    def _span(self, size: int, current: Validators) -> Span | None:
        """Return the span asked for; ranges are defined for GET alone."""
        if self._head_only or not range_applies(self._headers.get("If-Range"), current):
            return None
        return requested_span(self._headers.get("Range"), size)

    async def _send(self, opened: OpenPackageFileResponse, status: HTTPStatus, headers: _Headers, span: Span) -> None:
        """Send one span of the content."""
        if opened.HasField("inline_content"):
            content = opened.inline_content
            if span.length < len(content):
                content = content[span.offset : span.offset + span.length]
            self._reply.send_content(status, headers, content)
            return
        headers.append(("Content-Length", str(span.length)))
        if self._head_only or span.length == 0:
            self._reply.send_head(status, headers)
        else:
            await self._carry(opened, status, headers, span)

    async def _carry(self, opened: OpenPackageFileResponse, status: HTTPStatus, headers: _Headers, span: Span) -> None:
        """Send a span that a carrier brings, piece by piece, as fast as the client takes it."""
        request_id = self._reply.request.request_id
        reader = self._server.carriers.open_reader(opened, span.offset, span.length, request_id=request_id)
        verification = self._verification(opened, span)
        watched = self._server.stalls.add(self._give_up)
        try:
            watched.rest()
            piece = await reader.read()
            watched.progress()
            if not piece:
                raise ContentCutError
            left = await self._verify(verification, piece, span.length)
            await self._reply.begin(status, headers)
            while piece:
                watched.progress()
                await self._reply.write(piece)
                watched.rest()
                if piece := await reader.read():
                    left = await self._verify(verification, piece, left)
            if left:
                raise ContentCutError
        finally:
            self._server.stalls.remove(watched)
            reader.close()
        self._reply.finish()

    def _verification(self, opened: OpenPackageFileResponse, span: Span) -> DownloadVerification | None:
        """Return what verifies a whole content; None for a part of it, and for what was found good a moment ago."""
        verified, record = self._server.verified, opened.package_file
        if span.length < record.size or verified.is_good(record.sha256):
            return None
        return DownloadVerification(verified, record.sha256)

    async def _verify(self, verification: DownloadVerification | None, piece: bytes, left: int) -> int:
        """Return how much is left after a piece. Raise ContentFlippedError where the last one shows that all is bad."""
        if verification is not None:
            await verification.add(piece)
            if len(piece) == left:
                await verification.finish()
        return left - len(piece)


def _record_headers(opened: OpenPackageFileResponse, current: Validators) -> _Headers:
    """Return the headers that every answer about a file has, with or without its content."""
    headers = [
        ("ETag", current.entity_tag),
        ("Last-Modified", current.last_modified),
        ("Accept-Ranges", "bytes"),
        ("X-Content-Type-Options", "nosniff"),
    ]
    if opened.shows_checksum:
        headers.append(("X-Checksum-SHA256", opened.package_file.sha256.hex()))
    return headers


def _content_headers(opened: OpenPackageFileResponse) -> _Headers:
    """Return the headers that describe the content: nothing that a browser would show."""
    return [
        ("Content-Type", opened.content_type),
        ("Content-Disposition", content_disposition(opened.package_file.file_name)),
    ]
