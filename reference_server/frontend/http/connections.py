"""The open connections of one process: which are at work, which have waited too long, and which give way to others."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import cast

from tornado.http1connection import HTTP1Connection
from tornado.httputil import HTTPConnection, HTTPMessageDelegate, HTTPServerConnectionDelegate

from reference_server.frontend.http.incoming import IncomingRequest
from reference_server.frontend.http.metrics import Metrics
from reference_server.frontend.http.precedence import Precedence
from reference_server.frontend.http.router import Router
from reference_server.frontend.http.stall_watch import StallWatch, Watched
from reference_server.frontend.http.strangers import Strangers

_LOOKS_PER_LIMIT = 4


class Connections(HTTPServerConnectionDelegate):
    """Passes each request to the router when its head has come, and knows which connections are at work.

    `heads` watches the time until a request's head has come whole, `bodies` that its body goes on coming; `watch` that
    answers are taken. `drain` closes the connections that are not at work, and closes each other one when its request
    is answered.
    """

    def __init__(
        self, router: Router, metrics: Metrics, precedence: Precedence, *, heads: StallWatch, bodies: StallWatch
    ) -> None:
        self.router = router
        self.precedence = precedence
        self.bodies = bodies
        self._metrics = metrics
        self._heads = heads
        self._idle: dict[object, Watched] = {}
        self._running: dict[object, IncomingRequest] = {}
        self._open: dict[object, bool] = {}  # with whether it carries requests of a known credential
        self._strangers = Strangers()
        self._background: set[asyncio.Task[None]] = set()
        self._draining = False
        self._quiet = asyncio.Event()

    def start_request(self, server_conn: object, request_conn: HTTPConnection) -> HTTPMessageDelegate:
        """Await a request, which means that the one before is answered."""
        connection = cast("HTTP1Connection", request_conn)
        self._end_request(server_conn)
        incoming = IncomingRequest(self, server_conn, connection)
        if self._draining:
            connection.close()
            self._note_quiet()
            return incoming
        self._idle[server_conn] = self._heads.add(connection.close)
        if server_conn not in self._open:
            self._open[server_conn] = False
            self._metrics.count_open_connections(1)
        if not self._open[server_conn]:
            self._strangers.put(server_conn, incoming.address, incoming)
        return incoming

    def begin_request(self, server_conn: object, incoming: IncomingRequest) -> None:
        """Note that a request's head has come."""
        self._end_idleness(server_conn)
        self._running[server_conn] = incoming
        self._metrics.begin()

    def note_known(self, server_conn: object) -> None:
        """Note that a connection carries requests of a known credential; it gives way to no other any more."""
        self._open[server_conn] = True
        self._strangers.remove(server_conn)

    def run_in_background(self, work: Coroutine[object, object, None]) -> None:
        """Run to its end what nobody waits for."""
        task = asyncio.create_task(work)
        self._background.add(task)
        task.add_done_callback(self._background.discard)

    def make_room(self) -> bool:
        """Close a connection for one that waits to be accepted; False when each is needed."""
        closed = self._strangers.close_one()
        if closed:
            self._metrics.count_displaced()
        return closed

    def on_close(self, server_conn: object) -> None:
        """Forget a connection that is closed."""
        self._end_idleness(server_conn)
        self._end_request(server_conn)
        if self._open.pop(server_conn, None) is not None:
            self._metrics.count_open_connections(-1)
        self._strangers.remove(server_conn)
        self._note_quiet()

    async def watch(self, seconds: float) -> None:
        """Close, for ever, each connection that has taken nothing of its answer for so long."""
        while True:
            await asyncio.sleep(seconds / _LOOKS_PER_LIMIT)
            for incoming in list(self._running.values()):
                if incoming.seconds_unmoved > seconds:
                    incoming.close()

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
        incoming = self._running.pop(server_conn, None)
        if incoming is not None:
            incoming.leave_turn()
            self._metrics.end()

    def _note_quiet(self) -> None:
        """Wake who waits for the last request."""
        if self._draining and not self._running:
            self._quiet.set()
