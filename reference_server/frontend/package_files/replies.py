"""Writes answers on a raw Tornado connection, and refuses a body without losing the answer."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterable
from contextlib import suppress
from http import HTTPStatus

from tornado.http1connection import HTTP1Connection
from tornado.httputil import HTTPHeaders, ResponseStartLine
from tornado.iostream import IOStream, StreamClosedError

from reference_server.contract.limits import KIB, MIB
from reference_server.frontend import request_ids
from reference_server.frontend.access_log import AccessLog, Exchange
from reference_server.frontend.answers import Answer

# A client that sends its whole body before it reads must be let finish, within reason.
_DRAINED_BYTES = 64 * MIB
_DRAIN_SECONDS = 10.0
_DRAIN_PIECE_BYTES = 256 * KIB

_LAST = (("Connection", "close"),)
_PHRASES = {status.value: status.phrase for status in HTTPStatus}


class Reply:
    """The answer to one request: sent once, logged once."""

    __slots__ = ("_connection", "_head_only", "_log", "_logged", "begun", "exchange")

    def __init__(self, connection: HTTP1Connection, exchange: Exchange, log: AccessLog) -> None:
        self._connection = connection
        self._log = log
        self._head_only = exchange.method == "HEAD"
        self._logged = False
        self.begun = False
        self.exchange = exchange

    def send(self, answer: Answer, *, last: bool = False) -> None:
        """Send a whole answer and finish the request; `last` announces the end of the connection."""
        self.send_content(answer.status, [*_headers_of(answer), *(_LAST if last else ())], answer.body)

    def send_content(self, status: int, headers: Iterable[tuple[str, str]], content: bytes) -> None:
        """Send a head (without Content-Length) and the content in memory that belongs to it, and finish."""
        length = ("Content-Length", str(len(content)))
        self.begin(status, (*headers, length), b"" if self._head_only else content)
        self.finish()

    def begin(self, status: int, headers: Iterable[tuple[str, str]], content: bytes = b"") -> asyncio.Future[None]:
        """Send the head of an answer, and the first of its content."""
        self.begun = True
        self.exchange.status = status
        self.exchange.sent_bytes = len(content)
        fields = HTTPHeaders()
        for name, value in headers:
            fields[name] = value
        fields[request_ids.HEADER] = self.exchange.request_id
        return self._connection.write_headers(ResponseStartLine("HTTP/1.1", status, _PHRASES[status]), fields, content)

    def write(self, piece: bytes) -> asyncio.Future[None]:
        """Send more of the content; the future is done when the client can take more."""
        self.exchange.sent_bytes += len(piece)
        return self._connection.write(piece)

    def finish(self) -> None:
        """End the answer and log it."""
        self._connection.finish()
        self.log()

    def abort(self) -> None:
        """End an answer that cannot be completed, so that the client sees that it is not whole."""
        self._connection.close()
        self.log()

    def log(self) -> None:
        """Log the request, whatever became of it; once."""
        if not self._logged:
            self._logged = True
            self._log.record(self.exchange)

    async def refuse_body(self, answer: Answer) -> None:
        """Answer before the body has come, and end the connection so that the client can still read the answer.

        Closing with unread bytes makes the system reset the connection, which can take the answer away from a client
        that is still sending: so the sending side is shut, and what still comes is thrown away within bounds.
        """
        length = ("Content-Length", str(len(answer.body)))
        self.begin(answer.status, (*_headers_of(answer), *_LAST, length))
        with suppress(StreamClosedError):
            if not self._head_only:
                await self.write(answer.body)
            await _drain(self._connection.stream)
        self._connection.close()
        self.log()


async def _drain(stream: IOStream) -> None:
    """Shut the sending side and throw away what comes, until the client closes or a bound is met."""
    if stream.closed():
        return
    with suppress(OSError):
        stream.socket.shutdown(socket.SHUT_WR)
    drained = 0
    with suppress(TimeoutError):
        async with asyncio.timeout(_DRAIN_SECONDS):
            while drained < _DRAINED_BYTES:
                drained += len(await stream.read_bytes(_DRAIN_PIECE_BYTES, partial=True))


def _headers_of(answer: Answer) -> list[tuple[str, str]]:
    """Give the head of a whole answer but for its length."""
    return [("Content-Type", answer.content_type), *answer.headers]
