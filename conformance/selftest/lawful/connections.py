"""Liberties of connections: when they end, and in which version of HTTP answers come."""

from __future__ import annotations

from dataclasses import replace

from conformance.selftest.lawful.liberties import every_response, together, writing
from conformance.selftest.lawful.registry import LawfulRegistry, giving_up
from conformance.selftest.messages import Request, Response
from conformance.selftest.mutation import rewrite_request, rewrite_response

ANSWERS_A_CONNECTION = 2
REUSED = "framing.connection-is-reused"
NO_REUSE = giving_up(REUSED, why="the connection ends after each answer")
CLOSE = ("Connection", "close")


def _closed(response: Response) -> Response:
    return response.with_header(*CLOSE)


def _is_last(request: Request, _: Response) -> bool:
    return request.place == ANSWERS_A_CONNECTION


def _ended(response: Response) -> Response:
    return replace(response, hang_up=True)


HTTP_1_0 = together(
    rewrite_request(lambda request: request.header("expect") is not None, lambda one: one.with_header("Expect", None)),
    every_response(_ended),
    writing(version="1.0"),
)

LAWFUL = {
    "no-keep-alive": LawfulRegistry(
        "It closes the connection after each answer, and says so.",
        "RFC 9112, section 9.6: a server may send the close option",
        every_response(_closed),
        exemptions=NO_REUSE,
    ),
    "short-keep-alive": LawfulRegistry(
        "It closes the connection with its second answer, and says so.",
        "RFC 9112, section 9.6; NGINX, keepalive_requests",
        rewrite_response(_is_last, _closed),
    ),
    "unannounced-close": LawfulRegistry(
        "It closes the connection after each answer without a word before.",
        "RFC 9112, section 9.5: a server may close the transport connection at any time",
        every_response(_ended),
        exemptions=NO_REUSE,
    ),
    "http-1.0": LawfulRegistry(
        "It answers in HTTP/1.0: no interim answers, and the connection ends.",
        "RFC 9110, sections 2.5 and 10.1.1: what an HTTP/1.0 intermediary lets through",
        HTTP_1_0,
        exemptions=giving_up(REUSED, "framing.continue-is-sent", why="HTTP/1.0 has neither"),
    ),
    "refusal-closes": LawfulRegistry(
        "It closes the connection after each refusal without reading what is left of the body.",
        "RFC 9112, sections 9.3 and 9.6; RFC 9110, section 15.5: it may close the connection",
        rewrite_response(lambda _, response: response.status >= 400, _closed),  # noqa: PLR2004 - errors
    ),
}
