"""Broken registries that get range and conditional requests wrong (section download)."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from conformance.selftest.bending import When, amending, rewriting
from conformance.selftest.exchange import Exchange
from conformance.selftest.faults.fault import Fault
from conformance.selftest.messages import Answer, Request, whole
from conformance.selftest.spoiling import flipped
from conformance.selftest.targets import downloads

PARTIAL = 206
NOT_MODIFIED = 304
NOT_SATISFIABLE = 416
CLOSED = re.compile(r"bytes=(\d+)-(\d+)")
OPEN = re.compile(r"bytes=(\d+)-")
SUFFIX = re.compile(r"bytes=-(\d+)")


def asking(pattern: re.Pattern[str]) -> When:
    """Choose downloads whose Range has this form."""
    return lambda request: downloads(request) and bool(pattern.fullmatch(request.header("range") or ""))


def _answered(status: int, pattern: re.Pattern[str] | None = None) -> Callable[[Request, Answer], bool]:
    return lambda request, answer: answer.status == status and (pattern is None or asking(pattern)(request))


def _ignored(header: str) -> Callable[[Request], Request]:
    return lambda request: request.with_header(header, None)


def _one_short(request: Request) -> Request:
    found = CLOSED.fullmatch(request.header("range") or "")
    return request.with_header("Range", f"bytes={found[1]}-{int(found[2]) - 1}") if found else request


def _one_late(request: Request) -> Request:
    found = OPEN.fullmatch(request.header("range") or "")
    return request.with_header("Range", f"bytes={int(found[1]) + 1}-") if found else request


def _from_the_start(request: Request) -> Request:
    found = SUFFIX.fullmatch(request.header("range") or "")
    return request.with_header("Range", f"bytes=0-{int(found[1]) - 1}") if found else request


def _spoilt(answer: Answer) -> Answer:
    return replace(answer, body=flipped(answer.body, 0))


def _conditional(request: Request) -> bool:
    return downloads(request) and request.header("if-none-match") is not None


def _conditional_range(request: Request) -> bool:
    return downloads(request) and request.header("if-range") is not None


async def knows_no_conditions(request: Request, exchange: Exchange) -> Answer:
    """Leave out what conditional requests need, on the way in and on the way out."""
    if not downloads(request):
        return await exchange.forward(request)
    exchange.bend()
    plain = request.with_header("If-None-Match", None).with_header("If-Range", None)
    return (await exchange.forward(plain)).with_header("ETag", None)


FAULTS = (
    Fault(
        "ranges.ignored",
        "Range is ignored: the whole file comes with 200.",
        rewriting(lambda request: downloads(request) and request.header("range") is not None, _ignored("Range")),
    ),
    Fault("ranges.last-byte-excluded", "The last byte of a range is left out.", rewriting(asking(CLOSED), _one_short)),
    Fault("ranges.open-one-late", "An open range starts one byte late.", rewriting(asking(OPEN), _one_late)),
    Fault(
        "ranges.suffix-from-the-start",
        "A suffix range gives the first bytes.",
        rewriting(asking(SUFFIX), _from_the_start),
    ),
    Fault(
        "ranges.wrong-bytes", "A range has the right headers and wrong bytes.", amending(_answered(PARTIAL), _spoilt)
    ),
    Fault(
        "ranges.without-content-range",
        "A range is answered without Content-Range.",
        amending(_answered(PARTIAL), lambda answer: answer.with_header("Content-Range", None)),
    ),
    Fault(
        "ranges.unsatisfiable-is-empty",
        "A range beyond the end is answered 200 with no bytes.",
        amending(_answered(NOT_SATISFIABLE), lambda answer: answer.with_status(200).with_content(b"")),
    ),
    Fault(
        "ranges.unsatisfiable-without-size",
        "A range beyond the end is answered 416 without the size.",
        amending(_answered(NOT_SATISFIABLE), lambda answer: answer.with_header("Content-Range", None)),
    ),
    Fault(
        "ranges.if-range-ignored",
        "If-Range is ignored: a range of a changed file comes with 206.",
        rewriting(_conditional_range, _ignored("If-Range")),
    ),
    Fault(
        "ranges.if-none-match-ignored",
        "If-None-Match is ignored: an unchanged file is sent again.",
        rewriting(_conditional, _ignored("If-None-Match")),
    ),
    Fault(
        "ranges.conditions-unknown",
        "No ETag is sent, If-None-Match and If-Range are ignored.",
        lambda: knows_no_conditions,
    ),
    Fault(
        "ranges.unchanged-with-a-body",
        "304 is followed by the file.",
        amending(_answered(NOT_MODIFIED), lambda answer: replace(answer, body=whole(b"the file"))),
    ),
)
