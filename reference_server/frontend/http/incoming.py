"""One request on its way in: sorted, given its turn, passed on to what handles it, ended when its body stops coming."""

from __future__ import annotations

from collections.abc import Awaitable, Coroutine
from typing import Protocol, cast

import structlog
from tornado.http1connection import HTTP1Connection
from tornado.httputil import HTTPHeaders, HTTPMessageDelegate, RequestStartLine, ResponseStartLine

from reference_server.frontend.http.precedence import Precedence
from reference_server.frontend.http.reply import Reply
from reference_server.frontend.http.request import RequestContext
from reference_server.frontend.http.responses import BODY_STALLED, UNAVAILABLE
from reference_server.frontend.http.router import Router
from reference_server.frontend.http.stall_watch import StallWatch, Watched
from reference_server.frontend.http.target import in_origin_form

STALLED_SECONDS = 5.0
"""After this long without a byte taken of its answer, a connection is one that others can do without."""


class RequestOwner(Protocol):
    """What a request needs of the connections of its process."""

    router: Router
    bodies: StallWatch
    precedence: Precedence

    def begin_request(self, server_conn: object, incoming: IncomingRequest) -> None:
        """Note that a request's head has come."""

    def note_known(self, server_conn: object) -> None:
        """Note that a connection carries requests of a known credential."""

    def run_in_background(self, work: Coroutine[object, object, None]) -> None:
        """Run to its end what nobody waits for."""


class MovingStream(Protocol):
    """A stream that knows when the other side last took something."""

    @property
    def seconds_unmoved(self) -> float:
        """For how long nothing was taken; 0 when nothing waits to be taken."""


class IncomingRequest(HTTPMessageDelegate):
    """One request, from before its head has come until it is handled.

    The body is watched on whatever route, only while the client's next bytes are awaited, not while it is our turn. No
    turn is held while a body comes.
    """

    __slots__ = ("_connection", "_connections", "_delegate", "_passed_on", "_reply", "_server_conn", "_watched")

    def __init__(self, connections: RequestOwner, server_conn: object, connection: HTTP1Connection) -> None:
        self._connections = connections
        self._server_conn = server_conn
        self._connection = connection
        self._delegate: HTTPMessageDelegate | None = None
        self._reply: Reply | None = None
        self._watched: Watched | None = None
        self._passed_on = False

    def headers_received(
        self, start_line: RequestStartLine | ResponseStartLine, headers: HTTPHeaders
    ) -> Awaitable[None] | None:
        """Choose what handles the request, and begin to watch when a body follows. Raises HTTPInputError."""
        self._connections.begin_request(self._server_conn, self)
        start_line = in_origin_form(cast("RequestStartLine", start_line), headers)
        self._delegate, self._reply = self._connections.router.route(start_line, headers, self._connection)
        request = self._reply.request
        unknown = self._connections.precedence.sort(request)
        if request.asker is not None:
            self._connections.note_known(self._server_conn)
        accepted: Awaitable[None] | None
        if unknown is not None or (request.asker is None and not request.has_small_body):
            accepted = self._accept_in_turn(unknown, self._delegate, request, start_line, headers)
        else:
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
        """Pass on that all of the body came, at once or when it is the request's turn."""
        self._watch_no_more()
        if self._delegate is None or self._reply is None:
            return
        turn = self._connections.precedence.take(self._reply.request)
        if turn is None:
            self._connections.run_in_background(self._finish_in_turn(self._delegate, self._reply))
            return
        self._reply.request.turn = turn
        self._passed_on = True
        self._delegate.finish()

    def on_connection_close(self) -> None:
        """Pass on that the rest of the body never comes."""
        self._watch_no_more()
        self.leave_turn()
        if self._delegate is not None:
            self._delegate.on_connection_close()

    def leave_turn(self) -> None:
        """Let another request be worked on; safe to call twice."""
        if self._reply is not None:
            self._reply.request.leave_turn()

    @property
    def address(self) -> str:
        """Where the request comes from."""
        return str(self._connection.context)

    @property
    def seconds_unmoved(self) -> float:
        """For how long the client has taken nothing of what waits for it."""
        return cast("MovingStream", self._connection.stream).seconds_unmoved

    @property
    def gives_way(self) -> bool:
        """Whether the connection may be closed for another one: nothing is done for it that somebody still takes."""
        if not self._passed_on or self._reply is None:
            return True
        turn = self._reply.request.turn
        return (turn is None or not turn.held) and self.seconds_unmoved > STALLED_SECONDS

    def give_way(self) -> None:
        """Close the connection for another one; who is sending a body is told so."""
        if self._reply is not None and self._watched is not None and not self._passed_on:
            self._reply.refuse_stalled(UNAVAILABLE)
        else:
            self._connection.close()

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    async def _accept_in_turn(
        self,
        unknown: bytes | None,
        delegate: HTTPMessageDelegate,
        request: RequestContext,
        start_line: RequestStartLine,
        headers: HTTPHeaders,
    ) -> None:
        """Ask about a credential; pass the head on, in its turn where work follows before a body comes."""
        precedence = self._connections.precedence
        if unknown is not None and not await precedence.recognize(unknown, request):
            await self._refuse(headers)
            return
        if request.asker is not None:
            self._connections.note_known(self._server_conn)
        if request.asker is None and not request.has_small_body:
            request.turn = precedence.take(request) or await precedence.wait(request)
            if request.turn is None:
                await self._refuse(headers)
                return
        try:
            accepted = delegate.headers_received(start_line, headers)
            if accepted is not None:
                await accepted
        finally:
            request.leave_turn()

    async def _refuse(self, headers: HTTPHeaders) -> None:
        """Refuse for now, before the body."""
        delegate, self._delegate = self._delegate, None
        if delegate is None or self._reply is None:
            return
        # Tornado would send `100 Continue` after the refusal otherwise.
        headers.pop("Expect", None)
        if self._reply.request.declared_bytes == 0:
            self._reply.send(UNAVAILABLE)
        else:
            await self._reply.refuse_body(UNAVAILABLE)
        delegate.on_connection_close()

    async def _finish_in_turn(self, delegate: HTTPMessageDelegate, reply: Reply) -> None:
        """Pass on that all came when it is the request's turn, or refuse it for now."""
        request = reply.request
        request.turn = await self._connections.precedence.wait(request)
        if self._connection.stream.closed():
            request.leave_turn()
            delegate.on_connection_close()
        elif request.turn is None:
            reply.send(UNAVAILABLE)
            delegate.on_connection_close()
        else:
            self._passed_on = True
            try:
                delegate.finish()
            except Exception:
                structlog.get_logger().exception("request failed", request_id=request.request_id)
                self._connection.close()

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
