"""The client of the probes: sends requests over kept or fresh connections and has every exchange recorded."""

import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from http import HTTPStatus

from conformance.transport.address import Address
from conformance.transport.clock import Clock
from conformance.transport.connection import BODY_BYTES, HttpConnection
from conformance.transport.exchange import BodyRecord, Exchange, RequestRecord
from conformance.transport.rate_limit import RateLimit, RateLimitError
from conformance.transport.recorder import Recorder
from conformance.transport.reproduction import body_file, raw_line, shell_line
from conformance.transport.request import Request
from conformance.transport.response import IncomingResponse, Response
from conformance.transport.wire import Wire, WireError

PAUSES = (0.1, 0.2, 0.4)


class Client:
    """Talks to one address, from any number of threads.

    It waits `patience` seconds at most without progress and takes `body_limit` bytes at most as a response body. What
    is answered 429 is recorded and sent again when the registry says so: `rate_limit` bounds that, and every `send`
    raises RateLimitError beyond it. Whoever has to wait between requests does so by its `clock`.
    """

    def __init__(
        self,
        address: Address,
        recorder: Recorder,
        *,
        patience: float,
        body_limit: int = BODY_BYTES,
        rate_limit: RateLimit | None = None,
        clock: Clock | None = None,
    ) -> None:
        self.address = address
        self.clock = clock or Clock()
        self._recorder = recorder
        self._patience = patience
        self._body_limit = body_limit
        self.rate_limit = rate_limit or RateLimit(self.clock.sleep)
        self._tls = ssl.create_default_context() if address.scheme == "https" else None
        self._lock = threading.Lock()
        self._idle: list[HttpConnection] = []
        self._refused = False

    def send(self, request: Request) -> Response:
        """Send a request over a kept connection or a new one; keep the connection when it can take another.

        A kept connection that the peer was just closing is no response of the registry: the request goes out once more.
        What must not be done twice therefore has a new connection.
        """
        return self.rate_limit.observe(lambda: self._send(request))

    def _send(self, request: Request) -> Response:
        kept = self._kept_connection() if _may_be_repeated(request) else None
        if kept is not None:
            response = self._exchange_and_keep(kept, request, kept=True)
            if not response.lost:
                return response
        started = time.monotonic()
        try:
            connection = self._connect()
        except WireError as error:
            return self._recorded(request, IncomingResponse(failure=str(error)), started, reusable=False)
        return self._exchange_and_keep(connection, request)

    @contextmanager
    def persistent_connection(self) -> Iterator["PersistentConnection"]:
        """Open one fresh connection for several requests.

        Raises WireError when there is no connection.
        """
        connection = self._connect()
        try:
            yield PersistentConnection(self.rate_limit, partial(self._exchange, connection))
        finally:
            connection.close()

    def send_raw(self, data: bytes) -> Response:
        """Send bytes as they are over a fresh connection and read one response."""
        return self.rate_limit.observe(lambda: self._send_raw(data))

    def _send_raw(self, data: bytes) -> Response:
        started = time.monotonic()
        try:
            connection = self._connect()
            try:
                incoming = connection.exchange_raw(data)
            finally:
                connection.close()
        except WireError as error:
            incoming = IncomingResponse(failure=str(error))
        return self._record(raw_record(data, self.address), incoming, started, curl=raw_line(data, self.address))

    def elsewhere(self, address: Address) -> "Client":
        """Return a client for another address with the same recorder and limits."""
        return Client(
            address,
            self._recorder,
            patience=self._patience,
            body_limit=self._body_limit,
            rate_limit=self.rate_limit,
            clock=self.clock,
        )

    def is_gone(self) -> bool:
        """Return whether the last new connection could not be made and neither can several more in a row."""
        for pause in PAUSES:
            if not self._refused:
                return False
            self.clock.sleep(pause)
            with suppress(WireError):
                self._connect().close()
        return self._refused

    def close(self) -> None:
        """Close the kept connections."""
        with self._lock:
            while self._idle:
                self._idle.pop().close()

    def _connect(self) -> HttpConnection:
        self._refused = True
        wire = Wire(self.address, patience=self._patience, tls=self._tls)
        self._refused = False
        return HttpConnection(wire, body_limit=self._body_limit)

    def _kept_connection(self) -> HttpConnection | None:
        while True:
            with self._lock:
                if not self._idle:
                    return None
                connection = self._idle.pop()
            if connection.is_quiet():
                return connection
            connection.close()

    def _exchange_and_keep(self, connection: HttpConnection, request: Request, *, kept: bool = False) -> Response:
        response = self._exchange(connection, request, kept=kept)
        if response.reusable:
            with self._lock:
                self._idle.append(connection)
        else:
            connection.close()
        return response

    def _exchange(
        self, connection: HttpConnection, request: Request, follows: int | None = None, *, kept: bool = False
    ) -> Response:
        started = time.monotonic()
        incoming = connection.exchange(request, authority=self.address.authority, prefix=self.address.prefix)
        return self._recorded(request, incoming, started, reusable=connection.reusable, follows=follows, kept=kept)

    def _recorded(
        self,
        request: Request,
        incoming: IncomingResponse,
        started: float,
        *,
        reusable: bool,
        follows: int | None = None,
        kept: bool = False,
    ) -> Response:
        return self._record(
            request_record(request, self.address),
            incoming,
            started,
            reusable=reusable,
            follows=follows,
            kept=kept,
            curl=shell_line(request, self.address),
            body_file=body_file(request),
        )

    def _record(
        self,
        request: RequestRecord,
        incoming: IncomingResponse,
        started: float,
        *,
        curl: str,
        reusable: bool = False,
        follows: int | None = None,
        kept: bool = False,
        body_file: str | None = None,
    ) -> Response:
        """Record an exchange and return its response."""
        exchange = Exchange(
            number=0,
            purpose="",
            request=request,
            response=incoming.record(),
            failure=incoming.failure,
            began=started - self._recorder.started,
            seconds=time.monotonic() - started,
            follows=follows,
            curl=curl,
            body_file=body_file,
            connection=incoming.connection_record(reusable=reusable, kept=kept),
        )
        return incoming.response(self._recorder.add(exchange), exchange.seconds, reusable=reusable)


class PersistentConnection:
    """Several requests over one connection; `exchange` sends one and is told the number of the exchange before it."""

    def __init__(self, rate_limit: RateLimit, exchange: Callable[[Request, int | None], Response]) -> None:
        self._rate_limit = rate_limit
        self._exchange = exchange
        self._last: Response | None = None

    def send(self, request: Request) -> Response:
        """Send the next request; only an `is_open` conversation takes one.

        Raises RateLimitError when it is answered 429 and the connection closed: what was to follow has lost it.
        """
        return self._rate_limit.observe(lambda: self._send(request))

    def _send(self, request: Request) -> Response:
        if self._last and self._last.status == HTTPStatus.TOO_MANY_REQUESTS and not self.is_open:
            raise RateLimitError("the registry limits the rate of requests, and closed the connection with its 429")
        self._last = self._exchange(request, self._last.number if self._last else None)
        return self._last

    @property
    def is_open(self) -> bool:
        """Whether the connection can take another request."""
        return self._last is None or self._last.reusable


def request_record(request: Request, address: Address) -> RequestRecord:
    """Return what is recorded of a request to an address."""
    body = request.body
    return RequestRecord(
        method=request.method,
        url=str(address) + request.target,
        headers=(*request.headers, *request.framing_headers()),
        framing="none" if body is None else "chunked" if body.chunked else "sized",
        declared=body.content.size if body and not body.chunked else None,
        body=body.record() if body else None,
    )


def raw_record(data: bytes, address: Address) -> RequestRecord:
    """Return what is recorded of bytes that are sent to an address as they are."""
    return RequestRecord("RAW", str(address), (), "raw", None, BodyRecord.of(data))


def _may_be_repeated(request: Request) -> bool:
    breaks_off = request.body is not None and request.body.break_off_after is not None
    return request.method != "POST" and not breaks_off
