"""Broken registries that get range and conditional requests wrong."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from conformance.selftest.corruption import flipped
from conformance.selftest.faults.fault import Fault
from conformance.selftest.messages import Request, Response, whole
from conformance.selftest.mutation import MakeMutation, header, rewrite_request, rewrite_response, serve
from conformance.selftest.package_requests import is_download
from conformance.selftest.upstream import Upstream

CLOSED = re.compile(r"bytes=(\d+)-(\d+)")
OPEN = re.compile(r"bytes=(\d+)-")
SUFFIX = re.compile(r"bytes=-(\d+)")


def _ranges(pattern: re.Pattern[str], change: Callable[[re.Match[str]], str]) -> MakeMutation:
    """Ask for another range on downloads whose Range has this form."""

    def found(request: Request) -> re.Match[str] | None:
        return pattern.fullmatch(request.header("range") or "")

    def changed(request: Request) -> Request:
        match = found(request)
        return request.with_header("Range", change(match)) if match else request

    return rewrite_request(lambda request: is_download(request) and found(request) is not None, changed)


def _ignored(name: str) -> MakeMutation:
    """Leave a header out of downloads."""
    return rewrite_request(
        lambda request: is_download(request) and request.header(name) is not None,
        lambda request: request.with_header(name, None),
    )


def _with_status(status: int) -> Callable[[Request, Response], bool]:
    return lambda _, response: response.status == status


def _spoilt(response: Response) -> Response:
    return replace(response, body=flipped(response.body, 0))


async def _unconditional(request: Request, upstream: Upstream) -> Response:
    plain = request.with_header("If-None-Match", None).with_header("If-Range", None)
    return (await upstream.forward(plain)).with_header("ETag", None)


FAULTS = {
    "ranges.ignored": Fault("Range is ignored: the whole file comes with 200.", _ignored("Range")),
    "ranges.last-byte-excluded": Fault(
        "The last byte of a range is left out.", _ranges(CLOSED, lambda found: f"bytes={found[1]}-{int(found[2]) - 1}")
    ),
    "ranges.open-one-late": Fault(
        "An open range starts one byte late.", _ranges(OPEN, lambda found: f"bytes={int(found[1]) + 1}-")
    ),
    "ranges.suffix-from-the-start": Fault(
        "A suffix range gives the first bytes.", _ranges(SUFFIX, lambda found: f"bytes=0-{int(found[1]) - 1}")
    ),
    "ranges.wrong-bytes": Fault(
        "A range has the right headers and wrong bytes.", rewrite_response(_with_status(206), _spoilt)
    ),
    "ranges.without-content-range": Fault(
        "A range is answered without Content-Range.", rewrite_response(_with_status(206), header("Content-Range", None))
    ),
    "ranges.unsatisfiable-is-empty": Fault(
        "A range beyond the end is answered 200 with no bytes.",
        rewrite_response(_with_status(416), lambda response: response.with_status(200).with_content(b"")),
    ),
    "ranges.unsatisfiable-without-size": Fault(
        "A range beyond the end is answered 416 without the size.",
        rewrite_response(_with_status(416), header("Content-Range", None)),
    ),
    "ranges.if-range-ignored": Fault(
        "If-Range is ignored: a range of a changed file comes with 206.", _ignored("If-Range")
    ),
    "ranges.if-none-match-ignored": Fault(
        "If-None-Match is ignored: an unchanged file is sent again.", _ignored("If-None-Match")
    ),
    "ranges.conditions-unknown": Fault(
        "No ETag is sent, If-None-Match and If-Range are ignored.", serve(is_download, _unconditional)
    ),
    "ranges.unchanged-with-a-body": Fault(
        "304 is followed by the file.",
        rewrite_response(_with_status(304), lambda response: replace(response, body=whole(b"the file"))),
    ),
}
