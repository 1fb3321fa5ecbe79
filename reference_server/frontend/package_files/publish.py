"""PUT of a package file."""

from __future__ import annotations

import sys
from collections.abc import Awaitable, Callable

import structlog
from generic_packages.storage.v1.packages_pb2 import BeginPublicationRequest, PackageFile, PublishRequest
from tornado.httputil import HTTPHeaders, HTTPMessageDelegate, RequestStartLine, ResponseStartLine
from tornado.iostream import StreamClosedError

from reference_server.contract.crash_points import CrashPoint, reached
from reference_server.contract.failure import Failure
from reference_server.contract.limits import SMALL_OPERATION_SECONDS
from reference_server.contract.status import TransportFailure
from reference_server.frontend.failures import noted
from reference_server.frontend.http.reply import Reply
from reference_server.frontend.http.responses import CREATED, UNEXPECTED, Response
from reference_server.frontend.http.whole_body import BodyBudgets, WholeBodyRequest
from reference_server.frontend.package_files.large_upload import LargeUpload
from reference_server.frontend.package_files.records import record_response
from reference_server.frontend.server_context import ServerContext


class SmallPublish(WholeBodyRequest):
    """Publishes a body of at most 64 KiB, declared: it is read whole and travels inside one operation."""

    def __init__(self, server: ServerContext, budgets: BodyBudgets, reply: Reply, request: PublishRequest) -> None:
        super().__init__(reply, budgets, reply.request.declared_bytes or 0)
        self._server = server
        self._request = request

    def finish(self) -> None:
        """Publish. Goes on to its end even when the client leaves: what was sent whole is wanted."""
        self._server.run_in_background(self._answer())

    async def _answer(self) -> None:
        """Publish, and make room."""
        try:
            await _answer(self._reply, self._publish)
        finally:
            self.body.leave()

    async def _publish(self) -> Response:
        self._request.content = self.body.complete()
        self._reply.request.received_bytes = len(self._request.content)
        reached(CrashPoint.FRONTEND_PUBLISH_READ)
        published = await self._server.operations.publish(
            self._request, request_id=self._reply.request.request_id, seconds=SMALL_OPERATION_SECONDS
        )
        return _success(self._request.select, published.package_file)


class LargePublish(HTTPMessageDelegate):
    """Publishes a body that is large or of unknown size: permission first, then bytes, then the commit."""

    def __init__(self, server: ServerContext, reply: Reply, request: BeginPublicationRequest) -> None:
        self._server = server
        self._reply = reply
        self._request = request
        self._upload = LargeUpload(server, request, reply.request.request_id)

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
            await self._refuse(noted(failure, self._reply.request))
            return
        self._reply.connection.set_max_body_size(sys.maxsize)

    async def data_received(self, chunk: bytes) -> None:
        """Pass a part of the body on; returns when the next one can be taken."""
        self._reply.request.received_bytes += len(chunk)
        try:
            await self._upload.write(chunk)
        except (Failure, TransportFailure) as failure:
            await self._refuse(noted(failure, self._reply.request))

    def finish(self) -> None:
        """Commit. Goes on to its end even when the client leaves."""
        self._server.run_in_background(_answer(self._reply, self._commit))

    def on_connection_close(self) -> None:
        """Give up an upload whose body never came whole."""
        self._server.run_in_background(self._upload.abandon())
        self._reply.log()

    async def _commit(self) -> Response:
        try:
            return _success(self._request.select, await self._upload.commit())
        except BaseException:
            self._server.run_in_background(self._upload.abandon())
            raise

    async def _refuse(self, answer: Response) -> None:
        """Answer before the end of the body."""
        self._server.run_in_background(self._upload.abandon())
        await self._reply.refuse_body(answer)


async def _answer(reply: Reply, work: Callable[[], Awaitable[Response]]) -> None:
    """Send the answer that `work` gives, or the one to its failure."""
    try:
        answer = await work()
        reached(CrashPoint.FRONTEND_PUBLISH_ACKNOWLEDGED)
    except (Failure, TransportFailure) as failure:
        answer = noted(failure, reply.request)
    except Exception:
        structlog.get_logger().exception("publication failed", request_id=reply.request.request_id)
        answer = UNEXPECTED
    try:
        reply.send(answer)
    except StreamClosedError:
        reply.log()


def _success(select: str, record: PackageFile) -> Response:
    """Return the answer to a publication that is on stable storage."""
    return record_response(record) if select == "package_file" else CREATED
