"""How a response is written, byte by byte, in the freedom that HTTP/1.1 leaves to servers."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from conformance.selftest.client_connection import is_chunked
from conformance.selftest.messages import Body, Headers, Request, Response

PIECES = 200


@dataclass(frozen=True, slots=True)
class Writing:
    """A way to write responses.

    `interim` are the first lines and headers of interim responses before it. `spelled` is how header names are
    written; `before_value` and `after_value` stand around each value. Chunks have the extension `chunk_extension`
    and `trailers` after them. The first `PIECES` pieces have `piece_bytes` bytes, where it is given, the rest goes in
    one; `seconds` pass before the head and, where there is one, before the body.
    """

    version: str = "1.1"
    interim: tuple[str, ...] = ()
    spelled: Callable[[str], str] = str
    before_value: str = " "
    after_value: str = ""
    chunk_extension: str = ""
    trailers: Headers = ()
    piece_bytes: int | None = None
    seconds: float = 0.0

    async def __call__(self, request: Request, response: Response) -> Body:
        """Yield the bytes of a response."""
        left = PIECES
        async for part in self._parts(request, response):
            size, start = self.piece_bytes or len(part), 0
            while start < len(part) and left:
                yield part[start : start + size]
                start, left = start + size, left - (self.piece_bytes is not None)
            if start < len(part):
                yield part[start:]

    async def _parts(self, request: Request, response: Response) -> Body:
        await asyncio.sleep(self.seconds)
        if self.interim and request.version == "1.1":
            yield "".join(f"HTTP/1.1 {each}\r\n\r\n" for each in self.interim).encode("latin-1")
        yield self._head(response)
        chunked = is_chunked(response)
        await asyncio.sleep(self.seconds)
        async for part in response.body:
            yield self._chunk(part) if chunked else part
        if chunked and not response.hang_up and request.method != "HEAD":
            yield self._lines(f"0{self.chunk_extension}", self.trailers)

    def _head(self, response: Response) -> bytes:
        return self._lines(f"HTTP/{self.version} {response.status} {response.reason}", response.headers)

    def _chunk(self, data: bytes) -> bytes:
        return f"{len(data):x}{self.chunk_extension}\r\n".encode() + data + b"\r\n"

    def _lines(self, first: str, headers: Headers) -> bytes:
        lines = [f"{self.spelled(name)}:{self.before_value}{value}{self.after_value}" for name, value in headers]
        return "\r\n".join([first, *lines, "", ""]).encode("latin-1")


def write(response: Response, **options: Any) -> Response:  # noqa: ANN401 - the fields of Writing
    """Return a response that is written with these options, besides those that it has already."""
    writing = response.write if isinstance(response.write, Writing) else Writing()
    return replace(response, write=replace(writing, **options))
