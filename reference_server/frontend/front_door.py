"""Where every request comes in: the hot route goes to raw delegates, everything else to the Tornado application."""

from __future__ import annotations

import asyncio
import functools
from typing import cast

from tornado.http1connection import HTTP1Connection
from tornado.httputil import (
    HTTPConnection,
    HTTPHeaders,
    HTTPInputError,
    HTTPMessageDelegate,
    HTTPServerConnectionDelegate,
    RequestStartLine,
)
from tornado.web import Application

from reference_server.contract.limits import MIB
from reference_server.frontend.answers import BODY_TOO_LARGE, TARGET_TOO_LONG
from reference_server.frontend.metrics import Metrics
from reference_server.frontend.package_files.address import (
    TARGET_CHARACTERS,
    match_file_route,
    match_numbered_route,
)
from reference_server.frontend.package_files.replies import Reply
from reference_server.frontend.package_files.request import read_framing
from reference_server.frontend.package_files.routing import PackageFileRoutes
from reference_server.frontend.stall_watch import StallWatch, Watched
from reference_server.frontend.visitor import Visitor

_APPLICATION_BODY_BYTES = MIB


class FrontDoor(HTTPServerConnectionDelegate):
    """Chooses the delegate when a request's head has come, and knows which connections are at work.

    `heads` watches the time until a request's head has come whole, `bodies` that its body goes on coming; clocks of
    Tornado's own for each request would cost a tenth of a small one. `drain` closes the connections that are not at
    work, and closes each other one when its request is answered.
    """

    def __init__(
        self,
        package_files: PackageFileRoutes,
        application: Application,
        metrics: Metrics,
        *,
        heads: StallWatch,
        bodies: StallWatch,
    ) -> None:
        self._package_files = package_files
        self._application = application
        self._metrics = metrics
        self._heads = heads
        self._bodies = bodies
        self._idle: dict[object, Watched] = {}
        self._running: set[object] = set()
        self._draining = False
        self._quiet = asyncio.Event()

    def start_request(self, server_conn: object, request_conn: HTTPConnection) -> HTTPMessageDelegate:
        """See HTTPServerConnectionDelegate; a new request means that the one before is answered."""
        connection = cast("HTTP1Connection", request_conn)
        self._end_request(server_conn)
        if self._draining:
            connection.close()
            self._note_quiet()
        else:
            self._idle[server_conn] = self._heads.add(connection.close)
        return Visitor(functools.partial(self._choose, server_conn, connection), self._bodies)

    def on_close(self, server_conn: object) -> None:
        """See HTTPServerConnectionDelegate."""
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

    def _choose(
        self, server_conn: object, connection: HTTP1Connection, start_line: RequestStartLine, headers: HTTPHeaders
    ) -> tuple[HTTPMessageDelegate, Reply]:
        """Choose the delegate for a request. Raises HTTPInputError for a head that no answer in JSON can follow."""
        self._end_idleness(server_conn)
        self._running.add(server_conn)
        self._metrics.begin()
        _settle_expectation(start_line, headers)
        if len(start_line.path) > TARGET_CHARACTERS:
            return self._package_files.refusal(TARGET_TOO_LONG, start_line, headers, connection)
        path, _, query = start_line.path.partition("?")
        route = match_file_route(path)
        if route is not None:
            _require_host(start_line, headers)
            return self._package_files.delegate(route, query, start_line, headers, connection)
        numbered = match_numbered_route(path)
        if numbered is not None:
            _require_host(start_line, headers)
            return self._package_files.numbered_delegate(numbered, query, start_line, headers, connection)
        if (read_framing(headers).declared_size or 0) > _APPLICATION_BODY_BYTES:
            return self._package_files.refusal(BODY_TOO_LARGE, start_line, headers, connection)
        connection.set_max_body_size(_APPLICATION_BODY_BYTES)
        reply = self._package_files.reply(start_line, headers, connection, "rest")
        return self._application.start_request(server_conn, connection), reply

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


def _require_host(start_line: RequestStartLine, headers: HTTPHeaders) -> None:
    """Refuse what HTTP says must be refused: HTTP/1.1 without exactly one Host."""
    host = headers.get_list("Host")
    if len(host) > 1 or (not host and start_line.version != "HTTP/1.0"):
        raise HTTPInputError("Host header missing or repeated")


def _settle_expectation(start_line: RequestStartLine, headers: HTTPHeaders) -> None:
    """Write an Expect header the one way that Tornado knows; HTTP/1.0 has none."""
    expectation = headers.get("Expect")
    if expectation is None:
        return
    if start_line.version == "HTTP/1.0":
        del headers["Expect"]
    elif expectation.lower() == "100-continue":
        headers["Expect"] = "100-continue"
