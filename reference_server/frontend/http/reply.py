"""Answers on a raw Tornado connection, and the refusal of a body without losing the answer.

Heads are written as bytes, past Tornado's `write_headers`: this is the hot path.
"""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import Awaitable, Iterator, Sequence
from contextlib import contextmanager, suppress
from email.utils import formatdate
from functools import lru_cache
from http import HTTPStatus

from tornado.http1connection import HTTP1Connection
from tornado.httputil import HTTPHeaders, HTTPMessageDelegate, RequestStartLine, ResponseStartLine
from tornado.iostream import IOStream, StreamClosedError

from reference_server.contract.limits import KIB, MIB
from reference_server.frontend.http.access_log import AccessLog
from reference_server.frontend.http.request import REQUEST_ID_HEADER, RequestContext
from reference_server.frontend.http.responses import Response

Headers = Sequence[tuple[str, str]]

# A client that sends its whole body before it reads must be let finish, within reason.
_DRAINED_BYTES = 64 * MIB
_DRAIN_SECONDS = 10.0
_DRAIN_PIECE_BYTES = 256 * KIB
_DRAIN_RATE = 16 * MIB  # a second, of all together

_CLOSE = "Connection: close\r\n"
_STATUS_LINES = {status.value: f"HTTP/1.1 {status.value} {status.phrase}\r\n" for status in HTTPStatus}


class Reply:
    """The answer to one request: sent once, logged once."""

    __slots__ = ("_head_only", "_log", "_logged", "_persistence", "begun", "connection", "request")

    def __init__(self, request: RequestContext, connection: HTTP1Connection, log: AccessLog) -> None:
        self.request = request
        self.begun = False
        self.connection = connection
        self._log = log
        self._logged = False
        self._head_only = request.method == "HEAD"
        self._persistence = _persistence(request)

    @property
    def is_over(self) -> bool:
        """Whether the request has been answered, or will never be."""
        return self._logged

    def send(self, answer: Response, *, last: bool = False) -> None:
        """Send a whole answer and finish the request; `last` announces the end of the connection."""
        if last:
            self._persistence = _CLOSE
        self.send_content(answer.status, _headers_of(answer), answer.body)

    def send_content(self, status: HTTPStatus, headers: Headers, content: bytes) -> None:
        """Send a head (without Content-Length) and the content in memory that belongs to it, and finish."""
        length = ("Content-Length", str(len(content)))
        self.begin(status, [*headers, length], b"" if self._head_only else content)
        self.finish()

    def send_head(self, status: HTTPStatus, headers: Headers) -> None:
        """Send a head that no content follows, and finish."""
        self.begin(status, headers)
        self.finish()

    def begin(self, status: HTTPStatus, headers: Headers, content: bytes = b"") -> asyncio.Future[None]:
        """Send the head of an answer, and the first of its content."""
        self.begun = True
        self.request.leave_turn()
        self.request.status = status
        self.request.sent_bytes = len(content)
        fields = "".join([f"{name}: {value}\r\n" for name, value in headers])
        if fields.count("\n") != len(headers) or fields.count("\r") != len(headers):
            raise ValueError("a header holds a line break")
        request_id = f"{REQUEST_ID_HEADER}: {self.request.request_id}\r\n"
        date = _date_line(int(time.time()))
        head = f"{_STATUS_LINES[status]}{fields}{self._persistence}{date}{request_id}\r\n"
        return self.connection.write(head.encode("latin-1") + content)

    def write(self, piece: bytes) -> asyncio.Future[None]:
        """Send more of the content; the future is done when the client can take more."""
        self.request.sent_bytes += len(piece)
        return self.connection.write(piece)

    def finish(self) -> None:
        """End the answer and log it."""
        self.connection.finish()
        self.log()

    def abort(self) -> None:
        """End an answer that cannot be completed, so that the client sees that it is not whole."""
        self.connection.close()
        self.log()

    def log(self) -> None:
        """Log the request, whatever became of it; once."""
        if not self._logged:
            self._logged = True
            self.request.leave_turn()
            self._log.record(self.request)

    def refuse_stalled(self, answer: Response) -> None:
        """Say that the rest of the body did not come, and close."""
        if not self.begun:
            self.send(answer, last=True)
        self.connection.close()

    async def refuse_body(self, answer: Response) -> None:
        """Answer before the body has come, and end the connection so that the client can still read the answer.

        Closing with unread bytes makes the system reset the connection, which can take the answer away from a client
        that is still sending: so the sending side is shut, and what still comes is thrown away within bounds.
        """
        self._persistence = _CLOSE
        headers = [*_headers_of(answer), ("Content-Length", str(len(answer.body)))]
        with suppress(StreamClosedError):
            await self.begin(answer.status, headers, b"" if self._head_only else answer.body)
            await _drain(self.connection.stream)
        self.connection.close()
        self.log()


class Refusal(HTTPMessageDelegate):
    """A request that is refused for its form alone: after a small body, or instead of a large one."""

    def __init__(self, reply: Reply, answer: Response) -> None:
        self._reply = reply
        self._answer = answer

    def headers_received(
        self, _start_line: RequestStartLine | ResponseStartLine, headers: HTTPHeaders
    ) -> Awaitable[None] | None:
        """Refuse a large body before it comes."""
        if self._reply.request.has_small_body:
            return None
        # Tornado would send `100 Continue` after the refusal otherwise.
        headers.pop("Expect", None)
        return self._reply.refuse_body(self._answer)

    def finish(self) -> None:
        """Answer after a small body."""
        self._reply.send(self._answer)

    def on_connection_close(self) -> None:
        """Log a request whose body never came whole."""
        self._reply.log()


def _persistence(request: RequestContext) -> str:
    """Return the head's line about the connection, which Tornado keeps or closes."""
    wish = request.headers.get("Connection", "").lower()
    if request.start_line.version == "HTTP/1.0":
        return "Connection: Keep-Alive\r\n" if wish == "keep-alive" else ""
    return _CLOSE if wish == "close" else ""


@lru_cache(maxsize=2)
def _date_line(second: int) -> str:
    """Return the head's line about when the answer was made (RFC 9110 6.6.1), which serves a whole second."""
    return f"Date: {formatdate(second, usegmt=True)}\r\n"


class _Drains:
    """How many refused bodies are thrown away: the more there are, the slower each is, or they would take all time."""

    running = 0

    @contextmanager
    def joined(self) -> Iterator[None]:
        """Count one as long as the context lasts."""
        self.running += 1
        try:
            yield
        finally:
            self.running -= 1


_DRAINS = _Drains()


async def _drain(stream: IOStream) -> None:
    """Shut the sending side and throw away what comes, until the client closes or a bound is met."""
    if stream.closed():
        return
    with suppress(OSError):
        stream.socket.shutdown(socket.SHUT_WR)
    drained = 0
    with suppress(TimeoutError), _DRAINS.joined():
        async with asyncio.timeout(_DRAIN_SECONDS):
            # Seen under load: Tornado may have begun a read of its own, and a second one is an error.
            while drained < _DRAINED_BYTES and not stream.reading():
                piece = len(await stream.read_bytes(_DRAIN_PIECE_BYTES, partial=True))
                drained += piece
                await asyncio.sleep(_DRAINS.running * piece / _DRAIN_RATE)


def _headers_of(answer: Response) -> list[tuple[str, str]]:
    """Return the headers of a whole answer but for its length."""
    return [("Content-Type", answer.content_type), *answer.headers]
