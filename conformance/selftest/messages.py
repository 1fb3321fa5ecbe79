"""The two values that pass through the proxy: a request on its way in and a response on its way out."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, replace
from http import HTTPStatus

Headers = tuple[tuple[str, str], ...]
Body = AsyncIterator[bytes]
_PHRASES = {status.value: status.phrase for status in HTTPStatus}


async def nothing() -> Body:
    """Yield a body of zero bytes."""
    return
    yield b""


async def whole(content: bytes) -> Body:
    """Yield a body that is `content` in one part."""
    yield content


async def collect(body: Body, limit: int = 1 << 20) -> bytes:
    """Read a small body into memory; ValueError when it has more than `limit` bytes."""
    collected = bytearray()
    async for part in body:
        collected += part
        if len(collected) > limit:
            raise ValueError(f"a body that was expected to be small has more than {limit} bytes")
    return bytes(collected)


def header_of(headers: Headers, name: str) -> str | None:
    """Return the first value of the header `name`, whatever its case, or None."""
    return next((value for key, value in headers if key.lower() == name.lower()), None)


def without(headers: Headers, *names: str) -> Headers:
    """Return `headers` with every header of these names left out."""
    dropped = {name.lower() for name in names}
    return tuple((key, value) for key, value in headers if key.lower() not in dropped)


@dataclass(frozen=True, slots=True)
class Request:
    """One request as the client sent it; text is Latin-1, so that every byte survives.

    `malformed` holds the raw bytes of a head that is not HTTP; then `body` is whatever follows it on the connection.
    `permit` sends the interim response 100 to the client, once. `place` is the request's among those of its connection,
    from 1.
    """

    method: str
    target: str
    headers: Headers
    body: Body
    permit: Callable[[], Awaitable[None]]
    version: str = "1.1"
    malformed: bytes | None = None
    place: int = 1

    @property
    def ends_connection(self) -> bool:
        """Return whether the client will send nothing after this request."""
        return self.version != "1.1" or (self.header("connection") or "").lower() == "close"

    def header(self, name: str) -> str | None:
        """Return the first value of a header, or None."""
        return header_of(self.headers, name)

    def with_target(self, target: str) -> Request:
        """Return this request for another target."""
        return replace(self, target=target)

    def with_header(self, name: str, value: str | None) -> Request:
        """Return this request with exactly one header `name`, or none when `value` is None."""
        added = () if value is None else ((name, value),)
        return replace(self, headers=(*without(self.headers, name), *added))

    def with_content(self, content: bytes) -> Request:
        """Return this request with a small sized body instead of its own, not asking for permission any more."""
        kept = without(self.headers, "content-length", "transfer-encoding", "expect")
        return replace(self, headers=(*kept, ("Content-Length", str(len(content)))), body=whole(content))

    def chunked(self, body: Body) -> Request:
        """Return this request with a body of unknown length instead of its own."""
        kept = without(self.headers, "content-length", "transfer-encoding")
        return replace(self, headers=(*kept, ("Transfer-Encoding", "chunked")), body=body)


@dataclass(frozen=True, slots=True)
class Response:
    """One final response; the proxy writes what stands here, whether or not the headers fit the body.

    `hang_up` ends the connection after the body, as it must when the body is shorter or longer than declared.
    `leaves_body` takes what was not read of the request's body for the next request. `write`, where there is one,
    yields the bytes of the response in place of the customary ones.
    """

    status: int
    headers: Headers
    body: Body
    reason: str = ""
    hang_up: bool = False
    leaves_body: bool = False
    write: Callable[[Request, Response], Body] | None = None

    @property
    def is_success(self) -> bool:
        """Return whether the status is 2xx."""
        return self.status // 100 == HTTPStatus.OK // 100

    @property
    def has_document(self) -> bool:
        """Return whether the response is a success with a body."""
        return self.status in {HTTPStatus.OK, HTTPStatus.CREATED}

    @property
    def ends_connection(self) -> bool:
        """Return whether nothing can follow this response on its connection."""
        return self.hang_up or (self.header("connection") or "").lower() == "close"

    def header(self, name: str) -> str | None:
        """Return the first value of a header, or None."""
        return header_of(self.headers, name)

    def with_header(self, name: str, value: str | None) -> Response:
        """Return this response with exactly one header `name`, or none when `value` is None."""
        added = () if value is None else ((name, value),)
        return replace(self, headers=(*without(self.headers, name), *added))

    def with_status(self, status: int) -> Response:
        """Return this response with another status, its headers and body kept."""
        return replace(self, status=status, reason=phrase(status))

    def with_content(self, content: bytes) -> Response:
        """Return this response with a small body and its true length instead of its own."""
        kept = without(self.headers, "content-length", "transfer-encoding")
        return replace(self, headers=(*kept, ("Content-Length", str(len(content)))), body=whole(content))


def phrase(status: int) -> str:
    """Return the customary reason phrase of a status, empty for one that has none."""
    return _PHRASES.get(status, "")


def json_response(status: int, document: object) -> Response:
    """Return a response with a JSON body."""
    content = json.dumps(document).encode()
    headers = (("Content-Type", "application/json"), ("Content-Length", str(len(content))))
    return Response(status=status, reason=phrase(status), headers=headers, body=whole(content))


def message_response(status: int) -> Response:
    """Return a response with the body that the registry's own would have: `{"message": "404 Not Found"}`."""
    return json_response(status, {"message": f"{status} {phrase(status)}"})


def no_content() -> Response:
    """Return the response to a deletion."""
    return Response(HTTPStatus.NO_CONTENT, (), nothing(), phrase(HTTPStatus.NO_CONTENT))
