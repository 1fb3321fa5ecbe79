"""Liberties of headers: how names and values are written, which others are there, and reason phrases."""

from __future__ import annotations

import re
from dataclasses import replace

from conformance.selftest.lawful.liberties import (
    add,
    every_response,
    has_json,
    is_file,
    leave_out,
    together,
    writing,
)
from conformance.selftest.lawful.registry import LawfulRegistry
from conformance.selftest.messages import Response
from conformance.selftest.mutation import header, rewrite_response

CASE = "RFC 9110, section 5.1: field names are case-insensitive"
SPACE = "RFC 9112, section 5.1: whitespace around a value is no part of it"
UNKNOWN = (
    ("X-Request-Id", "01J9-conformance"),
    ("X-Runtime", "0.031"),
    ("Server", "nginx/1.27 (unknown)"),
    ("Via", "1.1 cache.example, 1.1 edge.example (Varnish)"),
    ("Strict-Transport-Security", "max-age=63072000; includeSubDomains"),
    ("Set-Cookie", "_session=1; Path=/; HttpOnly"),
    ("Set-Cookie", "route=b; Path=/"),
    ("Content-Security-Policy", "default-src 'none'"),
    ("NEL", '{"max_age": 0}'),
    ("X-Odd", ""),
)


def _odd(name: str) -> str:
    return "".join(letter.upper() if at % 2 else letter.lower() for at, letter in enumerate(name))


def _retyped(response: Response) -> Response:
    return response.with_header("Content-Type", "Application/JSON ; Charset=UTF-8")


def _split_links(response: Response) -> Response:
    link = response.header("link") or ""
    kept = tuple(pair for pair in response.headers if pair[0].lower() != "link")
    return replace(response, headers=(*kept, *(("Link", part) for part in link.split(", "))))


def _tight_links(response: Response) -> Response:
    link = response.header("link") or ""
    tight = re.sub(r'rel="(\w+)"', r"title=page;REL=\1", link).replace(", ", ",").replace("; ", ";")
    return response.with_header("Link", tight)


def has_links(_: object, response: Response) -> bool:
    """Return whether a response has the header Link."""
    return response.header("link") is not None


LAWFUL = {
    "lower-case": LawfulRegistry("It writes field names in lower case.", CASE, writing(spelled=str.lower)),
    "upper-case": LawfulRegistry("It writes field names in upper case.", CASE, writing(spelled=str.upper)),
    "odd-case": LawfulRegistry("It writes field names in mixed case.", CASE, writing(spelled=_odd)),
    "no-space-before-values": LawfulRegistry("No space follows its colons.", SPACE, writing(before_value="")),
    "space-around-values": LawfulRegistry(
        "Spaces and tabs stand around its values.", SPACE, writing(before_value=" \t ", after_value=" \t ")
    ),
    "unknown": LawfulRegistry(
        "It sends headers of proxies, of browsers' security and cookies with every answer.",
        "RFC 9110, section 5.1: a recipient ignores fields that it does not know; gitlab.com sends such",
        add(*UNKNOWN),
    ),
    "lists-in-several-fields": LawfulRegistry(
        "It sends Vary and Cache-Control twice, each time with lists.",
        "RFC 9110, section 5.3",
        add(
            ("Vary", "Origin, Accept"),
            ("Cache-Control", "private"),
            ("Vary", "Accept-Encoding"),
            ("Cache-Control", "max-age=0, must-revalidate"),
        ),
    ),
    "keep-alive": LawfulRegistry(
        "It says Connection: keep-alive, and how long it would keep a connection.",
        "RFC 9112, appendix C.2.2",
        add(("Connection", "keep-alive"), ("Keep-Alive", "timeout=5, max=1000")),
    ),
    "no-date": LawfulRegistry(
        "It sends neither Date nor Server.",
        "RFC 9110, section 6.6.1: a server without a clock sends none",
        together(leave_out("Date", "Server")),
    ),
    "no-reason": LawfulRegistry(
        "It leaves reason phrases empty.",
        "RFC 9112, section 4: a client should ignore the reason phrase",
        every_response(lambda response: replace(response, reason="")),
    ),
    "other-reason": LawfulRegistry(
        "It has reason phrases of its own, in Latin-1.",
        "RFC 9112, section 4: a client should ignore the reason phrase",
        every_response(lambda response: replace(response, reason="G\xfcnstige Antwort, 200 OK")),
    ),
    "json-charset": LawfulRegistry(
        "It labels JSON with a charset, in another case and with spaces.",
        "RFC 9110, section 8.3.1: type, subtype and parameter names are case-insensitive",
        rewrite_response(has_json, _retyped),
    ),
    "octet-stream-case": LawfulRegistry(
        "It writes the content type of downloads in another case.",
        "RFC 9110, section 8.3.1: type and subtype are case-insensitive",
        rewrite_response(
            is_file,
            lambda response: response.with_header("Content-Type", (response.header("content-type") or "").title()),
        ),
    ),
    "disposition-case": LawfulRegistry(
        "It writes the disposition type of downloads in upper case.",
        "RFC 6266, section 4.2: disposition types are case-insensitive",
        rewrite_response(
            is_file,
            lambda response: response.with_header(
                "Content-Disposition",
                (response.header("content-disposition") or "attachment").replace("attachment", "ATTACHMENT", 1),
            ),
        ),
    ),
    "several-challenges": LawfulRegistry(
        "It challenges for Bearer first, and for Basic in lower case.",
        "RFC 9110, sections 11.1 and 11.6.1: a list of challenges, schemes case-insensitive",
        rewrite_response(
            lambda _, response: response.header("www-authenticate") is not None,
            header("WWW-Authenticate", 'Bearer realm="GitLab", basic realm="GitLab", charset="UTF-8"'),
        ),
    ),
    "links-in-several-fields": LawfulRegistry(
        "It sends a Link field for each neighbour of a page.",
        "RFC 9110, section 5.3; RFC 8288, section 3",
        rewrite_response(has_links, _split_links),
    ),
    "links-written-tightly": LawfulRegistry(
        "It writes links without spaces and quotes, and with a parameter before the relation.",
        "RFC 8288, section 3: parameters in any order, relations as tokens or quoted",
        rewrite_response(has_links, _tight_links),
    ),
}
