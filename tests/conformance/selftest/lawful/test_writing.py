"""Responses are written with the liberties that are asked for, and with all of them together."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from conformance.selftest.lawful.liberties import add, leave_out, together
from conformance.selftest.lawful.writing import write
from conformance.selftest.messages import Body, Headers, Request, Response, nothing, whole
from conformance.selftest.upstream import Upstream

SIZED = (("Content-Type", "a/b"), ("Content-Length", "2"))
CHUNKED = (("Transfer-Encoding", "chunked"),)


def ok(headers: Headers = SIZED, content: bytes = b"ok") -> Response:
    return Response(200, headers, whole(content), "OK")


async def permit() -> None:
    return None


def request(version: str = "1.1") -> Request:
    return Request("GET", "/", (), nothing(), permit, version)


def pieces(response: Response, version: str = "1.1") -> list[bytes]:
    async def collected(body: Body) -> list[bytes]:
        return [part async for part in body]

    assert response.write is not None
    return asyncio.run(collected(response.write(request(version), response)))


@pytest.mark.parametrize(
    ("options", "head"),
    [
        ({"version": "1.0"}, b"HTTP/1.0 200 OK\r\nContent-Type: a/b\r\nContent-Length: 2\r\n\r\n"),
        ({"spelled": str.upper}, b"HTTP/1.1 200 OK\r\nCONTENT-TYPE: a/b\r\nCONTENT-LENGTH: 2\r\n\r\n"),
        (
            {"before_value": "", "after_value": " \t"},
            b"HTTP/1.1 200 OK\r\nContent-Type:a/b \t\r\nContent-Length:2 \t\r\n\r\n",
        ),
    ],
)
def test_a_head_is_written_as_asked_for(options: dict[str, Any], head: bytes) -> None:
    assert pieces(write(ok(), **options)) == [head, b"ok"]


def test_chunks_carry_extensions_and_trailers() -> None:
    response = write(ok(CHUNKED), chunk_extension=";a=b", trailers=(("X-After", "1"),))
    assert pieces(response)[1:] == [b"2;a=b\r\nok\r\n", b"0;a=b\r\nX-After: 1\r\n\r\n"]


def test_interim_answers_come_before_the_final_one() -> None:
    first, second, _ = pieces(write(ok(), interim=("103 Early Hints\r\nLink: <a>",)))
    assert first == b"HTTP/1.1 103 Early Hints\r\nLink: <a>\r\n\r\n"
    assert second.startswith(b"HTTP/1.1 200 OK\r\n")


def test_a_client_of_http_1_0_gets_no_interim_answers() -> None:
    assert len(pieces(write(ok(), interim=("102 Processing",)), version="1.0")) == 2


def test_pieces_are_small_first_and_lose_nothing() -> None:
    parts = pieces(write(ok(content=bytes(5000)), piece_bytes=7))
    assert {len(part) for part in parts[:10]} <= set(range(1, 8))
    assert b"".join(parts).endswith(bytes(5000))
    assert len(parts) < 300


def test_options_add_to_those_before() -> None:
    response = write(write(ok(), version="1.0"), spelled=str.lower)
    assert pieces(response)[0].startswith(b"HTTP/1.0 200 OK\r\ncontent-type")


def test_layers_change_a_response_from_the_registry_outwards() -> None:
    class Registry(Upstream):
        def __init__(self) -> None:
            self.is_mutated = False

        async def forward(self, _: Request) -> Response:
            return ok()

    registry = Registry()
    mutate = together(leave_out("X-Inner"), add(("X-Outer", "1")), add(("X-Inner", "1")))()
    response = asyncio.run(_answered(mutate(request(), registry)))
    assert response.headers == (*SIZED, ("X-Outer", "1"))
    assert registry.is_mutated


async def _answered(coming: Any) -> Response:  # noqa: ANN401 - any awaitable
    answered: Response = await coming
    return answered
