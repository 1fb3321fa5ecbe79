"""Liberties of framing: how answers are delimited and cut, how fast they come, and what comes before them."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from conformance.selftest.lawful.connections import REUSED
from conformance.selftest.lawful.liberties import has_body, together, writing
from conformance.selftest.lawful.registry import LawfulRegistry, giving_up
from conformance.selftest.messages import Request, Response, without
from conformance.selftest.mutation import rewrite_request, rewrite_response, serve
from conformance.selftest.upstream import Upstream

LENGTH = "download.declares-its-length"
NO_LENGTH = giving_up(LENGTH, why="the answer declares no length")
SLOW_EVERY = 40
SLOW_SECONDS = 1.0


def _chunked(response: Response) -> Response:
    kept = without(response.headers, "content-length")
    return replace(response, headers=(*kept, ("Transfer-Encoding", "chunked")))


def _until_the_end(response: Response) -> Response:
    return replace(response, headers=without(response.headers, "content-length"), hang_up=True)


CHUNKED = rewrite_response(lambda request, response: has_body(request, response) and request.version == "1.1", _chunked)


async def _permitted(request: Request, upstream: Upstream) -> Response:
    await request.permit()
    return await upstream.forward(request)


def expects(request: Request) -> bool:
    """Return whether a request waits for 100 Continue."""
    return request.header("expect") is not None


class NowAndThenSlow:
    """Answers every fortieth request a second late."""

    def __init__(self) -> None:
        self._requests = 0

    async def __call__(self, request: Request, upstream: Upstream) -> Response:
        """Serve a request."""
        self._requests += 1
        if self._requests % SLOW_EVERY == 0:
            upstream.mark_mutated()
            await asyncio.sleep(SLOW_SECONDS)
        return await upstream.forward(request)


LAWFUL = {
    "chunked": LawfulRegistry("It sends every body in chunks.", "RFC 9112, section 7.1", CHUNKED, exemptions=NO_LENGTH),
    "chunk-extensions": LawfulRegistry(
        "It sends every body in chunks with extensions.",
        "RFC 9112, section 7.1.1: a recipient must ignore those that it does not know",
        together(writing(chunk_extension=';mark="a;b";plain'), CHUNKED),
        exemptions=NO_LENGTH,
    ),
    "trailers": LawfulRegistry(
        "It sends every body in chunks with fields after them.",
        "RFC 9112, section 7.1.2; RFC 9110, section 6.5",
        together(writing(trailers=(("X-After", "the body"), ("ETag", '"of-the-trailer"'))), CHUNKED),
        exemptions=NO_LENGTH,
    ),
    "until-close": LawfulRegistry(
        "It delimits bodies by the end of the connection.",
        "RFC 9112, section 6.3, rule 8",
        rewrite_response(has_body, _until_the_end),
        exemptions=giving_up(LENGTH, REUSED, why="nothing but the end of the connection ends a body"),
    ),
    "small-pieces": LawfulRegistry(
        "Its answers arrive in pieces of seven bytes.",
        "RFC 9293, section 3.7: TCP keeps no borders",
        writing(piece_bytes=7),
    ),
    "byte-by-byte": LawfulRegistry(
        "The heads of its answers arrive byte by byte.",
        "RFC 9293, section 3.7: TCP keeps no borders",
        writing(piece_bytes=1),
    ),
    "body-after-the-head": LawfulRegistry(
        "It waits a moment before each head and each body.", "RFC 9110 sets no time", writing(seconds=0.005)
    ),
    "now-and-then-slow": LawfulRegistry(
        "It answers every fortieth request a second late.", "RFC 9110 sets no time", NowAndThenSlow
    ),
    "continue-at-once": LawfulRegistry(
        "A proxy in front sends 100 Continue before the registry is asked.",
        "RFC 9110, section 10.1.1; NGINX does so unless proxy_request_buffering is off",
        serve(expects, _permitted),
        exemptions=giving_up("framing.refusal-needs-no-body", why="the body was asked for before the refusal"),
    ),
    "continue-never": LawfulRegistry(
        "A proxy in front takes the expectation away, so that only the final answer comes.",
        "RFC 9110, section 10.1.1: a client is not to wait for ever, for an HTTP/1.0 intermediary sends no 100",
        rewrite_request(expects, lambda request: request.with_header("Expect", None)),
        exemptions=giving_up("framing.continue-is-sent", why="it never comes"),
    ),
    "early-hints": LawfulRegistry(
        "It sends 103 Early Hints before each final answer.",
        "RFC 8297; RFC 9110, section 15.2: a client must be able to parse interim answers that it does not expect",
        writing(interim=("103 Early Hints\r\nLink: </style.css>; rel=preload",)),
    ),
    "several-interim-answers": LawfulRegistry(
        "It sends 102 Processing twice and 103 Early Hints before each final answer.",
        "RFC 9110, section 15.2; RFC 2518, section 10.1",
        writing(interim=("102 Processing", "102 Processing", "103 Early Hints")),
    ),
}
