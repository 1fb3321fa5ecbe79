"""Request targets: their form, and the text in their paths and queries, decoded exactly once."""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, unquote_to_bytes

from tornado.httputil import HTTPHeaders, RequestStartLine

TARGET_CHARACTERS = 8190
"""The longest request target that is looked at."""

_ABSOLUTE = re.compile(r"https?://(?P<authority>[^/?#]+)(?P<rest>.*)", re.IGNORECASE)
_QUERY_FIELDS = 32


class MalformedTextError(ValueError):
    """Text in a path or query that is not UTF-8, or holds a NUL."""


def in_origin_form(start_line: RequestStartLine, headers: HTTPHeaders) -> RequestStartLine:
    """Take scheme and host out of an absolute target; they count before the Host header (RFC 9112, section 3.2.2)."""
    match = _ABSOLUTE.fullmatch(start_line.path)
    if match is None:
        return start_line
    if len(headers.get_list("Host")) == 1:
        headers["Host"] = match["authority"]
    rest = match["rest"]
    return start_line._replace(path=rest if rest.startswith("/") else f"/{rest}")


def decode_segment(segment: str) -> str:
    """Undo the percent-encoding of a path's segment once; a plus stays a plus. Raises MalformedTextError.

    Traversal, in whatever encoding, comes out as the text it is.
    """
    # Tornado hands the bytes of a request line over as Latin-1.
    raw = segment.encode("latin-1")
    try:
        text = (unquote_to_bytes(raw) if b"%" in raw else raw).decode("utf-8")
    except UnicodeDecodeError:
        raise MalformedTextError from None
    if "\0" in text:
        raise MalformedTextError
    return text


def decode_query(query: str) -> dict[str, str]:
    """Decode a query; the last of several equal names counts, as in Rack. Raises MalformedTextError."""
    if not query:
        return {}
    try:
        pairs = parse_qsl(
            query.encode("latin-1").decode("utf-8"),
            keep_blank_values=True,
            errors="strict",
            max_num_fields=_QUERY_FIELDS,
        )
    except ValueError:
        raise MalformedTextError from None
    if any("\0" in name or "\0" in value for name, value in pairs):
        raise MalformedTextError
    return dict(pairs)
