"""Byte ranges (RFC 9110, section 14)."""

from __future__ import annotations

import re
from dataclasses import dataclass

_SINGLE = re.compile(r"bytes=[ \t]*(?P<first>[0-9]{0,40})-(?P<last>[0-9]{0,40})[ \t]*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Span:
    """Part of a content: where it begins, and how many bytes."""

    offset: int
    length: int


class RangeNotSatisfiableError(Exception):
    """The range lies outside the content."""


def requested_span(header: str | None, size: int) -> Span | None:
    """Return the span that a Range header asks for; None when the whole content is the answer.

    That is so without a header, and for one that is malformed, of another unit, or of several ranges, all of which a
    server may ignore. A range of an empty content is ignored too: clients that ask for ranges of everything then get
    their empty file. Raises RangeNotSatisfiableError.
    """
    match = _SINGLE.fullmatch(header) if header else None
    if match is None or size == 0:
        return None
    first, last = match["first"], match["last"]
    if first:
        return _from_first(int(first), int(last) if last else size - 1, size)
    if last:
        return _suffix(int(last), size)
    return None


def _from_first(first: int, last: int, size: int) -> Span | None:
    if last < first < size:
        return None
    if first >= size:
        raise RangeNotSatisfiableError
    return Span(first, min(last, size - 1) - first + 1)


def _suffix(length: int, size: int) -> Span:
    if length == 0:
        raise RangeNotSatisfiableError
    length = min(length, size)
    return Span(size - length, length)
