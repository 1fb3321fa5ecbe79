"""Tornado's HTTP server and socket streams, extended. All that reaches into Tornado's private parts is here."""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import Awaitable
from types import TracebackType
from typing import cast

from tornado.httpserver import HTTPServer
from tornado.iostream import IOStream, StreamClosedError, UnsatisfiableReadError

from reference_server.contract.limits import KIB
from reference_server.frontend.http.acceptor import Acceptor
from reference_server.frontend.http.connections import Connections
from reference_server.frontend.http.responses import HEADERS_TOO_LARGE, MESSAGE_MALFORMED, Response

_HEAD_BYTES = 32 * KIB
_HEAD_CHUNK_BYTES = 16 * KIB
_HEAD_LINES = 100  # each costs as much as a hundred bytes of a longer one; Apache's limit too
_BODY_CHUNK_BYTES = 512 * KIB
_TORNADO_REFUSAL = b"HTTP/1.1 400 Bad Request\r\n\r\n"

_ErrorInfo = None | bool | BaseException | tuple[type[BaseException] | None, BaseException | None, TracebackType | None]


class Server(HTTPServer):
    """The HTTP server of one process: its connections are RequestStreams, accepted by an Acceptor."""

    _acceptor: Acceptor

    def serve(self, listening: socket.socket, most: int) -> None:
        """Accept connections on a socket, at most so many at a time."""
        connections = cast("Connections", self.request_callback)
        self._acceptor = Acceptor(listening, self._handle_connection, most, make_room=connections.make_room)
        self._acceptor.start()

    def stop(self) -> None:
        """Accept no more; requests under way go on."""
        super().stop()
        self._acceptor.stop()

    def handle_stream(self, stream: IOStream, address: tuple[object, ...]) -> None:
        """Take the socket out of the stream that Tornado made."""
        super().handle_stream(RequestStream(stream.socket, read_chunk_size=self.read_chunk_size), address)

    def on_close(self, server_conn: object) -> None:
        """Tell whoever handles the connection, which Tornado does not, and make room for another one."""
        super().on_close(server_conn)
        cast("Connections", self.request_callback).on_close(server_conn)
        self._acceptor.release()


def new_server(connections: Connections) -> Server:
    """Return a server whose time limits are those of `connections`, not Tornado's."""
    server = Server(connections, chunk_size=_BODY_CHUNK_BYTES, max_header_size=_HEAD_BYTES)
    server.conn_params.header_timeout = None
    return server


class RequestStream(IOStream):
    """A socket stream that reads bodies with one copy, and gives Tornado's bare refusals a body in GitLab's shape.

    Tornado refuses a malformed message below the level at which an application can answer: with a bare status line,
    or by closing.
    """

    _body_chunk_bytes = 0
    _sent_at = 0.0

    @property
    def seconds_unmoved(self) -> float:
        """For how long the other side has taken nothing; 0 when nothing waits for it."""
        return time.monotonic() - self._sent_at if self.writing() and not self.closed() else 0.0

    def write_to_fd(self, data: memoryview) -> int:
        """Send what the socket takes. Raises BlockingIOError."""
        sent = super().write_to_fd(data)
        self._sent_at = time.monotonic()
        return sent

    def read_until_regex(self, regex: bytes, max_bytes: int | None = None) -> Awaitable[bytes]:
        """Read a head with little of what follows it: a body is to stay in the socket until it is wanted."""
        self._body_chunk_bytes = max(self.read_chunk_size, self._body_chunk_bytes)
        self.read_chunk_size = _HEAD_CHUNK_BYTES
        return self._with_few_lines(super().read_until_regex(regex, max_bytes))

    async def _with_few_lines(self, coming: Awaitable[bytes]) -> bytes:
        """Refuse a head of many lines before they are looked at one by one."""
        head = await coming
        if head.count(b"\n") > _HEAD_LINES + 2:  # the request line, and the empty one
            super().write(_last_message(HEADERS_TOO_LARGE))
            super().close()
            raise StreamClosedError
        return head

    def read_bytes(self, num_bytes: int, partial: bool = False) -> Awaitable[bytes]:
        """Read straight from the socket what is there, past the buffer that costs two copies."""
        self.read_chunk_size = max(self.read_chunk_size, self._body_chunk_bytes)
        if partial and not self._read_buffer_size and not self.closed() and self._read_future is None:
            try:
                piece = self.socket.recv(num_bytes)
            except OSError:
                piece = b""
            if piece:
                future: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()
                future.set_result(piece)
                return future
        return super().read_bytes(num_bytes, partial)

    def write(self, data: bytes | memoryview) -> asyncio.Future[None]:
        """Write; a bare refusal gets a body."""
        return super().write(_last_message(MESSAGE_MALFORMED) if data == _TORNADO_REFUSAL else data)

    def close(self, exc_info: _ErrorInfo = False) -> None:
        """Close; a client whose head was too large is told so first."""
        if isinstance(exc_info, UnsatisfiableReadError) and not self.closed() and not self.writing():
            super().write(_last_message(HEADERS_TOO_LARGE))
        super().close(exc_info)


def _last_message(answer: Response) -> bytes:
    """Return an answer as bytes that end the connection."""
    head = (
        f"HTTP/1.1 {answer.status} {answer.status.phrase}\r\n"
        f"Content-Type: {answer.content_type}\r\nContent-Length: {len(answer.body)}\r\nConnection: close\r\n\r\n"
    )
    return head.encode() + answer.body
