"""PUT of a package file."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable

import structlog
from generic_packages.storage.v1.packages_pb2 import PackageFile, PublishRequest
from tornado.http1connection import HTTP1Connection
from tornado.httputil import HTTPHeaders, HTTPMessageDelegate, RequestStartLine, ResponseStartLine
from tornado.iostream import StreamClosedError

from reference_server.contract.failure import Failure, Reason
from reference_server.contract.limits import SMALL_CONTENT_BYTES, SMALL_OPERATION_SECONDS
from reference_server.contract.status import TransportFailure
from reference_server.frontend.answers import CREATED, UNEXPECTED, Answer
from reference_server.frontend.failures import answer_to
from reference_server.frontend.package_files.content_budget import SmallBody
from reference_server.frontend.package_files.desk import Desk
from reference_server.frontend.package_files.large_upload import LargeUpload
from reference_server.frontend.package_files.records import record_answer
from reference_server.frontend.package_files.replies import Reply
from reference_server.frontend.package_files.request import BodyFraming, FileRequest

_NO_ROOM = answer_to(Failure(Reason.OVERLOADED, "there is no room for the body"))


class SmallPublish(HTTPMessageDelegate):
    """Publishes a body of at most 64 KiB, declared: it is read whole and travels inside one operation.

    It is read only when there is room for it among the bodies that other requests hold.
    """

    def __init__(self, desk: Desk, reply: Reply, request: FileRequest, size: int) -> None:
        self._desk = desk
        self._reply = reply
        self._request = request
        self._body = SmallBody(desk.contents, size, lambda: reply.refuse_stalled(_NO_ROOM))

    def headers_received(
        self, _start_line: RequestStartLine | ResponseStartLine, headers: HTTPHeaders
    ) -> Awaitable[None] | None:
        """Wait for room."""
        turn = self._body.enter()
        return None if turn is None else self._wait(turn, headers)

    async def _wait(self, turn: asyncio.Future[bool], headers: HTTPHeaders) -> None:
        """Refuse the body when there was no room for it in time."""
        if not await turn:
            # Tornado would send `100 Continue` after the refusal otherwise.
            headers.pop("Expect", None)
            await self._reply.refuse_body(_NO_ROOM)

    def data_received(self, chunk: bytes) -> None:
        """Keep a part of the body."""
        self._body.add(chunk)

    def finish(self) -> None:
        """Publish. Goes on to its end even when the client leaves: what was sent whole is wanted."""
        self._desk.run(self._answer())

    def on_connection_close(self) -> None:
        """Forget a body that never came whole."""
        self._body.leave()
        self._reply.log()

    async def _answer(self) -> None:
        """Publish, and make room."""
        try:
            await answering(self._reply, self._publish)
        finally:
            self._body.leave()

    async def _publish(self) -> Answer:
        """Publish the body and give the answer."""
        content = self._body.complete()
        self._reply.exchange.received_bytes = len(content)
        query = self._request.query
        request = PublishRequest(
            credentials=self._request.credentials,
            coordinates=self._request.coordinates,
            status=query.get("status"),
            select=query.get("select"),
            content=content,
        )
        published = await self._desk.operations.publish(
            request, request_id=self._request.request_id, seconds=SMALL_OPERATION_SECONDS
        )
        return success(self._request, published.package_file)


class LargePublish(HTTPMessageDelegate):
    """Publishes a body that is large or of unknown size: permission first, then bytes, then the commit."""

    def __init__(
        self, desk: Desk, connection: HTTP1Connection, reply: Reply, request: FileRequest, framing: BodyFraming
    ) -> None:
        self._desk = desk
        self._connection = connection
        self._reply = reply
        self._request = request
        self._upload = LargeUpload(desk, request, framing)

    def headers_received(
        self, _start_line: RequestStartLine | ResponseStartLine, headers: HTTPHeaders
    ) -> Awaitable[None]:
        """Ask for permission. Tornado sends `100 Continue` only when this has returned."""
        return self._begin(headers)

    async def _begin(self, headers: HTTPHeaders) -> None:
        """Begin the upload, or refuse it while no byte of it was taken."""
        try:
            await self._upload.begin()
        except (Failure, TransportFailure) as failure:
            # Tornado would send `100 Continue` after the refusal otherwise.
            headers.pop("Expect", None)
            await self._refuse(answer_to(failure))
            return
        self._connection.set_max_body_size(sys.maxsize)

    async def data_received(self, chunk: bytes) -> None:
        """Pass a part of the body on; returns when the next one can be taken."""
        self._reply.exchange.received_bytes += len(chunk)
        try:
            await self._upload.write(chunk)
        except (Failure, TransportFailure) as failure:
            await self._refuse(answer_to(failure))

    def finish(self) -> None:
        """Commit. Goes on to its end even when the client leaves."""
        self._desk.run(answering(self._reply, self._commit))

    def on_connection_close(self) -> None:
        """Give up an upload whose body never came whole."""
        self._desk.run(self._upload.abandon())
        self._reply.log()

    async def _commit(self) -> Answer:
        """Commit the upload and give the answer."""
        try:
            return success(self._request, await self._upload.commit())
        except BaseException:
            self._desk.run(self._upload.abandon())
            raise

    async def _refuse(self, answer: Answer) -> None:
        """Answer before the end of the body."""
        self._desk.run(self._upload.abandon())
        await self._reply.refuse_body(answer)


async def answering(reply: Reply, work: Callable[[], Awaitable[Answer]]) -> None:
    """Send the answer that `work` gives, or the one to its failure."""
    try:
        answer = await work()
    except (Failure, TransportFailure) as failure:
        answer = answer_to(failure)
    except Exception:
        structlog.get_logger().exception("publication failed", request_id=reply.exchange.request_id)
        answer = UNEXPECTED
    try:
        reply.send(answer)
    except StreamClosedError:
        reply.log()


def success(request: FileRequest, record: PackageFile) -> Answer:
    """Answer a publication that is on stable storage."""
    return record_answer(record) if request.query.get("select") == "package_file" else CREATED


def takes_permission(framing: BodyFraming) -> bool:
    """Whether a body must be permitted before it is read."""
    return framing.declared_size is None or framing.declared_size > SMALL_CONTENT_BYTES
