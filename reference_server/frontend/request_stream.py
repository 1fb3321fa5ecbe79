"""The socket stream of one connection: large bodies in large pieces, and malformed messages answered in JSON."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from http import HTTPStatus
from types import TracebackType

from tornado.iostream import IOStream, UnsatisfiableReadError

from reference_server.contract.limits import KIB
from reference_server.frontend.answers import HEADERS_TOO_LARGE, MESSAGE_MALFORMED, Answer

_HEAD_CHUNK_BYTES = 16 * KIB
_TORNADO_REFUSAL = b"HTTP/1.1 400 Bad Request\r\n\r\n"

_ErrorInfo = None | bool | BaseException | tuple[type[BaseException] | None, BaseException | None, TracebackType | None]


class RequestStream(IOStream):
    """An IOStream that reads bodies with one copy, and gives Tornado's bare refusals a body in GitLab's shape.

    Tornado refuses a malformed message below the level at which an application can answer: with a bare status line,
    or by closing.
    """

    _body_chunk_bytes = 0

    def read_until_regex(self, regex: bytes, max_bytes: int | None = None) -> Awaitable[bytes]:
        """Read a head with little of what follows it: a body is to stay in the socket until it is wanted."""
        self._body_chunk_bytes = max(self.read_chunk_size, self._body_chunk_bytes)
        self.read_chunk_size = _HEAD_CHUNK_BYTES
        return super().read_until_regex(regex, max_bytes)

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
        return super().write(_message(MESSAGE_MALFORMED) if data == _TORNADO_REFUSAL else data)

    def close(self, exc_info: _ErrorInfo = False) -> None:
        """Close; a client whose head was too large is told so first."""
        if isinstance(exc_info, UnsatisfiableReadError) and not self.closed() and not self.writing():
            super().write(_message(HEADERS_TOO_LARGE))
        super().close(exc_info)


def _message(answer: Answer) -> bytes:
    """Write a whole answer that ends the connection."""
    head = (
        f"HTTP/1.1 {answer.status} {HTTPStatus(answer.status).phrase}\r\n"
        f"Content-Type: {answer.content_type}\r\nContent-Length: {len(answer.body)}\r\nConnection: close\r\n\r\n"
    )
    return head.encode() + answer.body
