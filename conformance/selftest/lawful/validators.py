"""Liberties of validators and ranges: a registry that says less of a file, or sends it whole."""

from __future__ import annotations

import re

from conformance.selftest.lawful.liberties import is_file, leave_out, together
from conformance.selftest.lawful.registry import Exemption, LawfulRegistry, giving_up
from conformance.selftest.messages import Request, Response
from conformance.selftest.mutation import header, rewrite_request, rewrite_response

RANGES = ("download.range-of-bytes", "download.range-to-the-end", "download.range-of-the-last-bytes")
WHOLE_ALWAYS = giving_up(
    *RANGES, "download.range-beyond-the-end-is-416", "large.range-deep-inside", why="files come whole"
)
UNCHANGED = "download.unchanged-is-304"


def _weak(response: Response) -> Response:
    return response.with_header("ETag", f"W/{(response.header('etag') or '').removeprefix('W/')}")


def _without_length(response: Response) -> Response:
    named = re.sub(r"/\d+$", "/*", response.header("content-range") or "")
    return response.with_header("Content-Range", named)


def _every_request(_: Request) -> bool:
    return True


WHOLE = rewrite_request(_every_request, lambda request: request.with_header("Range", None))


def _is_partial(_: Request, response: Response) -> bool:
    return response.status == 206  # noqa: PLR2004 - Partial Content


LAWFUL = {
    "weak-etag": LawfulRegistry(
        "Its ETags are weak, as NGINX makes them when it compresses.",
        "RFC 9110, section 8.8.1",
        rewrite_response(lambda _, response: response.header("etag") is not None, _weak),
    ),
    "no-etag": LawfulRegistry(
        "It sends no ETag.",
        "RFC 9110, section 8.8.3: a server may send one",
        leave_out("ETag"),
        exemptions=giving_up(UNCHANGED, "newest.etag-changes-with-the-file", why="there is no ETag"),
    ),
    "no-last-modified": LawfulRegistry(
        "It sends no Last-Modified.",
        "RFC 9110, section 8.8.2: a server should, and need not",
        leave_out("Last-Modified"),
    ),
    "no-ranges": LawfulRegistry(
        "It knows no ranges and does not speak of them: each answer is the whole file.",
        "RFC 9110, section 14.2: a server may ignore the Range header",
        together(WHOLE, leave_out("Accept-Ranges")),
        exemptions=WHOLE_ALWAYS,
    ),
    "refuses-ranges": LawfulRegistry(
        "It says Accept-Ranges: none, and each answer is the whole file.",
        "RFC 9110, section 14.3",
        together(WHOLE, rewrite_response(is_file, header("Accept-Ranges", "none"))),
        exemptions=WHOLE_ALWAYS,
    ),
    "range-of-unknown-length": LawfulRegistry(
        "A part of a file does not tell how long the whole is.",
        "RFC 9110, section 14.4: an asterisk for a length that is not known",
        rewrite_response(_is_partial, _without_length),
    ),
    "range-unit-case": LawfulRegistry(
        "It writes the range unit in upper case.",
        "RFC 9110, section 14.1: range unit names are case-insensitive",
        rewrite_response(
            _is_partial,
            lambda response: response.with_header(
                "Content-Range", (response.header("content-range") or "").replace("bytes", "Bytes")
            ),
        ),
    ),
    "unsatisfiable-without-size": LawfulRegistry(
        "Its 416 does not tell the size of the file.",
        "RFC 9110, section 15.5.17: a server should, and need not",
        rewrite_response(lambda _, response: response.status == 416, header("Content-Range", None)),  # noqa: PLR2004
        exemptions=(Exemption(("download.range-beyond-the-end-is-416",), "the size is missing"),),
    ),
}
