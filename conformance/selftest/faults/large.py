"""Broken registries that fail only with large files (section large)."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from conformance.selftest.bending import When, recording, rewriting
from conformance.selftest.callers import caller
from conformance.selftest.exchange import Exchange
from conformance.selftest.faults.fault import Fault
from conformance.selftest.faults.framing import chunked, sized
from conformance.selftest.messages import Answer, Request
from conformance.selftest.proxy import HangUpError
from conformance.selftest.spoiling import flipped, shortened
from conformance.selftest.targets import downloads, publishes

MEBIBYTE = 1 << 20
SMALL = 64 * 1024
SINGLE = re.compile(r"bytes=(\d+)-(\d+)")


def _declared(request: Request) -> int:
    return int(request.header("content-length") or 0)


def of_size(chosen: Callable[[int], bool]) -> When:
    """Choose publishes that declare a length of this kind."""
    return lambda request: sized(request) and chosen(_declared(request))


def _spoilt_after(offset: int) -> Callable[[Request], Request]:
    return lambda request: replace(request, body=flipped(request.body, offset))


def _one_short(request: Request) -> Request:
    return request.chunked(shortened(request.body, 1))


def _deep(request: Request) -> bool:
    found = SINGLE.fullmatch(request.header("range") or "")
    return downloads(request) and found is not None and int(found[1]) >= MEBIBYTE


def _shifted(request: Request) -> Request:
    found = SINGLE.fullmatch(request.header("range") or "")
    return request.with_header("Range", f"bytes={int(found[1]) + 1}-{int(found[2]) + 1}") if found else request


def _narrow_size(record: dict[str, Any]) -> None:
    record["size"] %= MEBIBYTE


async def hangs_up_on_refusal(request: Request, exchange: Exchange) -> Answer:
    """End the connection of an unauthorised upload of more than a little without a word."""
    by = caller(request, exchange)
    if not (publishes(request) and (by.is_anonymous or by.is_unknown) and _declared(request) > SMALL):
        return await exchange.forward(request)
    exchange.bend()
    raise HangUpError


FAULTS = (
    Fault(
        "large.spoils-the-second-mebibyte",
        "A sized file of more than 1 MiB is stored with a wrong byte in its second MiB.",
        rewriting(of_size(lambda size: size > MEBIBYTE), _spoilt_after(MEBIBYTE + 17)),
    ),
    Fault(
        "large.spoils-chunks-after-a-mebibyte",
        "A chunked file of more than 1 MiB is stored with a wrong byte in its second MiB.",
        rewriting(chunked, _spoilt_after(MEBIBYTE + 17)),
    ),
    Fault(
        "large.full-buffer-loses-a-byte",
        "A file that fills a buffer of 64 KiB or 1 MiB exactly loses its last byte.",
        rewriting(of_size(lambda size: size in {SMALL, MEBIBYTE}), _one_short),
    ),
    Fault("large.narrow-size", "The record's size is kept in 20 bits.", recording(_narrow_size)),
    Fault("large.shifts-deep-ranges", "A range beyond 1 MiB is one byte off.", rewriting(_deep, _shifted)),
    Fault(
        "large.hangs-up-on-refusal",
        "An unauthorised large upload is cut off without an answer.",
        lambda: hangs_up_on_refusal,
    ),
)
