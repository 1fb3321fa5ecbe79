"""What stands before every route: limits of the rate, slow answers, and publishes that get into each other's way."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Awaitable
from http import HTTPStatus

from tornado.http1connection import HTTP1Connection
from tornado.httputil import HTTPHeaders, HTTPMessageDelegate, RequestStartLine, ResponseStartLine
from tornado.web import Application

from reference_server.contract.emulations import Emulation, Emulations
from reference_server.frontend.emulation.parallel_publishes import ParallelPublishes
from reference_server.frontend.http.access_log import AccessLog
from reference_server.frontend.http.client_address import TrustedProxies
from reference_server.frontend.http.reply import Refusal, Reply
from reference_server.frontend.http.responses import UNEXPECTED, Response
from reference_server.frontend.http.router import RawRoutes, Router

_MILLISECONDS = 1000
_RETRY_SECONDS = "1"
_TOO_MANY = Response(
    HTTPStatus.TOO_MANY_REQUESTS, b"Retry later\n", (("Retry-After", _RETRY_SECONDS),), content_type="text/plain"
)


class EmulatingRouter(Router):
    """A router that now and then answers itself. It counts the requests of its own process alone."""

    def __init__(
        self,
        raw_routes: RawRoutes,
        application: Application,
        log: AccessLog,
        proxies: TrustedProxies,
        emulations: Emulations,
    ) -> None:
        super().__init__(raw_routes, application, log, proxies)
        self._limit = emulations.number(Emulation.RATE_LIMITS)
        self._slow = emulations.number(Emulation.SLOW)
        self._parallel = ParallelPublishes() if Emulation.PARALLEL_500 in emulations else None
        self._count = itertools.count(1)

    def route(
        self, start_line: RequestStartLine, headers: HTTPHeaders, connection: HTTP1Connection
    ) -> tuple[HTTPMessageDelegate, Reply]:
        """Return what handles a request, and its reply. Raises HTTPInputError."""
        delegate, reply = super().route(start_line, headers, connection)
        if self._limit is not None and next(self._count) % self._limit == 0:
            delegate = Refusal(reply, _TOO_MANY)
        elif self._parallel is not None and self._parallel.is_in_the_way(reply):
            delegate = Refusal(reply, UNEXPECTED)
        return (delegate if self._slow is None else Slowed(delegate, self._slow / _MILLISECONDS)), reply


class Slowed(HTTPMessageDelegate):
    """A request that is looked at only after `seconds`."""

    def __init__(self, delegate: HTTPMessageDelegate, seconds: float) -> None:
        self._delegate = delegate
        self._seconds = seconds

    async def headers_received(self, start_line: RequestStartLine | ResponseStartLine, headers: HTTPHeaders) -> None:
        """Wait, and pass the head on."""
        await asyncio.sleep(self._seconds)
        accepted = self._delegate.headers_received(start_line, headers)
        if accepted is not None:
            await accepted

    def data_received(self, chunk: bytes) -> Awaitable[None] | None:
        """Pass a part of the body on."""
        return self._delegate.data_received(chunk)

    def finish(self) -> None:
        """Pass on that all of the body came."""
        self._delegate.finish()

    def on_connection_close(self) -> None:
        """Pass on that the rest of the body never comes."""
        self._delegate.on_connection_close()
