"""Broken registries that fail only with large files."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from conformance.selftest.corruption import flipped, shortened
from conformance.selftest.faults.fault import Fault
from conformance.selftest.faults.framing import chunked, sized
from conformance.selftest.messages import Request, Response
from conformance.selftest.mutation import RequestPredicate, rewrite_record, rewrite_request, serve_principals
from conformance.selftest.package_requests import is_download, is_publish
from conformance.selftest.principal import Principal
from conformance.selftest.proxy import HangUpError
from conformance.selftest.upstream import Upstream

MEBIBYTE = 1 << 20
SMALL = 64 * 1024
SINGLE = re.compile(r"bytes=(\d+)-(\d+)")


def _declared(request: Request) -> int:
    return int(request.header("content-length") or 0)


def _of_size(chosen: Callable[[int], bool]) -> RequestPredicate:
    return lambda request: sized(request) and chosen(_declared(request))


def _spoilt_after(offset: int) -> Callable[[Request], Request]:
    return lambda request: replace(request, body=flipped(request.body, offset))


def _one_short(request: Request) -> Request:
    return request.chunked(shortened(request.body, 1))


def _deep(request: Request) -> bool:
    found = SINGLE.fullmatch(request.header("range") or "")
    return is_download(request) and found is not None and int(found[1]) >= MEBIBYTE


def _shifted(request: Request) -> Request:
    found = SINGLE.fullmatch(request.header("range") or "")
    return request.with_header("Range", f"bytes={int(found[1]) + 1}-{int(found[2]) + 1}") if found else request


def _narrow_size(record: dict[str, Any]) -> None:
    record["size"] %= MEBIBYTE


def _unauthorised_upload(request: Request, by: Principal) -> bool:
    return is_publish(request) and (by.is_anonymous or by.is_unknown) and _declared(request) > SMALL


async def _hung_up(_: Request, __: Upstream) -> Response:
    raise HangUpError


FAULTS = {
    "large.spoils-the-second-mebibyte": Fault(
        "A sized file of more than 1 MiB is stored with a wrong byte in its second MiB.",
        rewrite_request(_of_size(lambda size: size > MEBIBYTE), _spoilt_after(MEBIBYTE + 17)),
    ),
    "large.spoils-chunks-after-a-mebibyte": Fault(
        "A chunked file of more than 1 MiB is stored with a wrong byte in its second MiB.",
        rewrite_request(chunked, _spoilt_after(MEBIBYTE + 17)),
    ),
    "large.full-buffer-loses-a-byte": Fault(
        "A file that fills a buffer of 64 KiB or 1 MiB exactly loses its last byte.",
        rewrite_request(_of_size(lambda size: size in {SMALL, MEBIBYTE}), _one_short),
    ),
    "large.narrow-size": Fault("The record's size is kept in 20 bits.", rewrite_record(_narrow_size)),
    "large.shifts-deep-ranges": Fault("A range beyond 1 MiB is one byte off.", rewrite_request(_deep, _shifted)),
    "large.hangs-up-on-refusal": Fault(
        "An unauthorised large upload is cut off without a response.", serve_principals(_unauthorised_upload, _hung_up)
    ),
}
