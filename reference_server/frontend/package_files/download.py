"""GET and HEAD of a package file."""

from __future__ import annotations

import asyncio

import grpc
import structlog
from generic_packages.storage.v1.packages_pb2 import OpenPackageFileResponse, PackageFile
from tornado.http1connection import HTTP1Connection
from tornado.httputil import HTTPHeaders, HTTPMessageDelegate
from tornado.iostream import StreamClosedError

from reference_server.contract.failure import Failure
from reference_server.contract.status import TransportFailure
from reference_server.frontend.answers import UNEXPECTED, json_answer
from reference_server.frontend.carriers.interface import ContentGoneError, ContentReader
from reference_server.frontend.failures import answer_to
from reference_server.frontend.package_files.desk import Desk
from reference_server.frontend.package_files.opening import Opener
from reference_server.frontend.package_files.preconditions import Validators, Verdict, judge, range_applies
from reference_server.frontend.package_files.ranges import RangeNotSatisfiableError, Span, requested_span
from reference_server.frontend.package_files.records import content_disposition, validators
from reference_server.frontend.package_files.replies import Reply

_Headers = list[tuple[str, str]]

_REQUEST_BODY_BYTES = 65_536
_CONTENT_GONE = TransportFailure(grpc.StatusCode.UNAVAILABLE, "the content of a file is not there")
_PRECONDITION_FAILED = json_answer(412, {"error": "412 Precondition Failed"})
_RANGE_NOT_SATISFIABLE = json_answer(416, {"error": "416 Range Not Satisfiable"})


class Download(HTTPMessageDelegate):
    """Answers one request when its (meaningless) body has been read."""

    def __init__(
        self, desk: Desk, connection: HTTP1Connection, reply: Reply, opener: Opener, headers: HTTPHeaders
    ) -> None:
        self._desk = desk
        self._connection = connection
        self._reply = reply
        self._opener = opener
        self._headers = headers
        self._head_only = reply.exchange.method == "HEAD"
        self._task: asyncio.Task[None] | None = None
        connection.set_max_body_size(_REQUEST_BODY_BYTES)

    def finish(self) -> None:
        """Answer. A client that goes away meanwhile ends what is done for it."""
        self._task = asyncio.create_task(self._answer())
        self._connection.set_close_callback(self._give_up)

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
        except ContentGoneError:
            self._fail(_CONTENT_GONE)
        except (StreamClosedError, asyncio.CancelledError):
            self._reply.abort()
        except Exception:
            structlog.get_logger().exception("download failed", request_id=self._opener.request_id)
            self._fail(None)

    def _fail(self, failure: Failure | TransportFailure | None) -> None:
        """Answer with a failure, or break off an answer that has begun."""
        if self._reply.begun:
            self._reply.abort()
        else:
            self._reply.send(answer_to(failure) if failure is not None else UNEXPECTED)

    async def _respond_twice(self) -> None:
        """Ask the storage once more when what it named was deleted before a byte of it was read."""
        try:
            await self._respond()
        except ContentGoneError:
            if self._reply.begun:
                raise
            await self._respond()

    async def _respond(self) -> None:
        """Open the file and send what the conditions and the range leave of it."""
        opened = await self._opener.open(record_only=self._head_only)
        record = opened.package_file
        current = validators(record)
        headers = _record_headers(record, current)
        verdict = judge(self._headers, current)
        if verdict is Verdict.NOT_MODIFIED:
            self._reply.begin(304, headers)
            self._reply.finish()
        elif verdict is Verdict.FAILED:
            self._reply.send(_PRECONDITION_FAILED)
        else:
            await self._send_selected(opened, headers, current)

    async def _send_selected(self, opened: OpenPackageFileResponse, headers: _Headers, current: Validators) -> None:
        """Send the whole content, the span asked for, or the refusal of a span outside."""
        size = opened.package_file.size
        try:
            span = self._span(size, current)
        except RangeNotSatisfiableError:
            refusal = [("Content-Type", "application/json"), *headers, ("Content-Range", f"bytes */{size}")]
            self._reply.send_content(416, refusal, _RANGE_NOT_SATISFIABLE.body)
            return
        headers = [*headers, *_content_headers(opened.package_file)]
        if span is None:
            await self._send(opened, 200, headers, Span(0, size))
        else:
            last = span.offset + span.length - 1
            headers.append(("Content-Range", f"bytes {span.offset}-{last}/{size}"))
            await self._send(opened, 206, headers, span)

    def _span(self, size: int, current: Validators) -> Span | None:
        """Find the span asked for; ranges are defined for GET alone."""
        if self._head_only or not range_applies(self._headers.get("If-Range"), current):
            return None
        return requested_span(self._headers.get("Range"), size)

    async def _send(self, opened: OpenPackageFileResponse, status: int, headers: _Headers, span: Span) -> None:
        """Send one span of the content."""
        if opened.HasField("inline_content"):
            content = opened.inline_content
            whole = span.length == len(content)
            self._reply.send_content(
                status, headers, content if whole else content[span.offset : span.offset + span.length]
            )
            return
        headers.append(("Content-Length", str(span.length)))
        if self._head_only or span.length == 0:
            self._reply.begin(status, headers)
            self._reply.finish()
        else:
            await self._carry(opened, status, headers, span)

    async def _carry(self, opened: OpenPackageFileResponse, status: int, headers: _Headers, span: Span) -> None:
        """Send a span that a carrier brings, piece by piece, as fast as the client takes it."""
        reader, first = await self._first_piece(opened, span)
        watched = self._desk.stalls.add(self._give_up)
        try:
            await self._reply.begin(status, headers)
            piece = first
            while piece:
                watched.progress()
                await self._reply.write(piece)
                watched.rest()
                piece = await reader.read()
        finally:
            self._desk.stalls.remove(watched)
            reader.close()
        self._reply.finish()

    async def _first_piece(self, opened: OpenPackageFileResponse, span: Span) -> tuple[ContentReader, bytes]:
        """Open a reader and read once."""
        reader = self._desk.carriers.open_reader(opened, span.offset, span.length, request_id=self._opener.request_id)
        try:
            return reader, await reader.read()
        except BaseException:
            reader.close()
            raise


def _record_headers(record: PackageFile, current: Validators) -> _Headers:
    """Give the headers that every answer about a file has, with or without its content."""
    return [
        ("ETag", current.entity_tag),
        ("Last-Modified", current.last_modified),
        ("Accept-Ranges", "bytes"),
        ("X-Checksum-SHA256", record.sha256.hex()),
        ("X-Content-Type-Options", "nosniff"),
    ]


def _content_headers(record: PackageFile) -> _Headers:
    """Give the headers that describe the content: nothing that a browser would show."""
    return [
        ("Content-Type", "application/octet-stream"),
        ("Content-Disposition", content_disposition(record.file_name)),
    ]
