"""The open connections of one process: which are at work, and which have waited too long for a head or a body."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from typing import cast

from tornado.http1connection import HTTP1Connection
from tornado.httputil import (
    HTTPConnection,
    HTTPHeaders,
    HTTPMessageDelegate,
    HTTPServerConnectionDelegate,
    RequestStartLine,
    ResponseStartLine,
)

from reference_server.frontend.http.metrics import Metrics
from reference_server.frontend.http.reply import Reply
from reference_server.frontend.http.responses import BODY_STALLED
from reference_server.frontend.http.router import Router
from reference_server.frontend.http.stall_watch import StallWatch, Watched
from reference_server.frontend.http.target import in_origin_form


class Connections(HTTPServerConnectionDelegate):
    """Passes each request to the router when its head has come, and knows which connections are at work.

    `heads` watches the time until a request's head has come whole, `bodies` that its body goes on coming. `drain`
    closes the connections that are not at work, and closes each other one when its request is answered.
    """

    def __init__(self, router: Router, metrics: Metrics, *, heads: StallWatch, bodies: StallWatch) -> None:
        self.router = router
        self.bodies = bodies
        self._metrics = metrics
        self._heads = heads
        self._idle: dict[object, Watched] = {}
        self._running: set[object] = set()
        self._draining = False
        self._quiet = asyncio.Event()

    def start_request(self, server_conn: object, request_conn: HTTPConnection) -> HTTPMessageDelegate:
        """Await a request, which means that the one before is answered."""
        connection = cast("HTTP1Connection", request_conn)
        self._end_request(server_conn)
        if self._draining:
            connection.close()
            self._note_quiet()
        else:
            self._idle[server_conn] = self._heads.add(connection.close)
        return IncomingRequest(self, server_conn, connection)

    def begin_request(self, server_conn: object) -> None:
        """Note that a request's head has come."""
        self._end_idleness(server_conn)
        self._running.add(server_conn)
        self._metrics.begin()

    def on_close(self, server_conn: object) -> None:
        """Forget a connection that is closed."""
        self._end_idleness(server_conn)
        self._end_request(server_conn)
        self._note_quiet()

    async def drain(self, seconds: float) -> bool:
        """Close idle connections and wait for the others to be answered; False when that took too long."""
        self._draining = True
        for watched in list(self._idle.values()):
            watched.on_stall()
        self._note_quiet()
        try:
            async with asyncio.timeout(seconds):
                await self._quiet.wait()
        except TimeoutError:
            return False
        return True

    def _end_idleness(self, server_conn: object) -> None:
        """Stop the clock of a connection that waited for a request."""
        watched = self._idle.pop(server_conn, None)
        if watched is not None:
            self._heads.remove(watched)

    def _end_request(self, server_conn: object) -> None:
        """Note that the request that was under way on a connection, if any, is over."""
        if server_conn in self._running:
            self._running.remove(server_conn)
            self._metrics.end()

    def _note_quiet(self) -> None:
        """Wake who waits for the last request."""
        if self._draining and not self._running:
            self._quiet.set()


class IncomingRequest(HTTPMessageDelegate):
    """One request on its way in: passed on to what handles it, and ended when its body stops coming.

    The body is watched on whatever route, only while the client's next bytes are awaited, not while it is our turn.
    """

    __slots__ = ("_connection", "_connections", "_delegate", "_reply", "_server_conn", "_watched")

    def __init__(self, connections: Connections, server_conn: object, connection: HTTP1Connection) -> None:
        self._connections = connections
        self._server_conn = server_conn
        self._connection = connection
        self._delegate: HTTPMessageDelegate | None = None
        self._reply: Reply | None = None
        self._watched: Watched | None = None

    def headers_received(
        self, start_line: RequestStartLine | ResponseStartLine, headers: HTTPHeaders
    ) -> Awaitable[None] | None:
        """Choose what handles the request, and begin to watch when a body follows. Raises HTTPInputError."""
        self._connections.begin_request(self._server_conn)
        start_line = in_origin_form(cast("RequestStartLine", start_line), headers)
        self._delegate, self._reply = self._connections.router.route(start_line, headers, self._connection)
        accepted = self._delegate.headers_received(start_line, headers)
        if "Content-Length" not in headers and "Transfer-Encoding" not in headers:
            return accepted
        self._watched = self._connections.bodies.add(self._end_stalled)
        return None if accepted is None else self._when_done(accepted)

    def data_received(self, chunk: bytes) -> Awaitable[None] | None:
        """Pass a part of the body on."""
        if self._delegate is None or self._watched is None:
            return None
        self._watched.receive(len(chunk))
        taken = self._delegate.data_received(chunk)
        return None if taken is None else self._when_done(taken)

    def finish(self) -> None:
        """Pass on that all of the body came."""
        self._watch_no_more()
        if self._delegate is not None:
            self._delegate.finish()

    def on_connection_close(self) -> None:
        """Pass on that the rest of the body never comes."""
        self._watch_no_more()
        if self._delegate is not None:
            self._delegate.on_connection_close()

    async def _when_done(self, ours: Awaitable[None]) -> None:
        """Stop the clock while it is our turn."""
        if self._watched is not None:
            self._watched.rest()
            await ours
            self._watched.resume()

    def _watch_no_more(self) -> None:
        """Stop the clock for good."""
        if self._watched is not None:
            self._connections.bodies.remove(self._watched)

    def _end_stalled(self) -> None:
        """Say that the body did not come, and close; Tornado then tells the delegate."""
        if self._reply is not None:
            self._reply.refuse_stalled(BODY_STALLED)
