"""Broken registries whose partial and conditional answers say what is not so."""

from __future__ import annotations

import re
from dataclasses import replace
from http import HTTPStatus

from conformance.selftest.faults.fault import Fault
from conformance.selftest.messages import Request, Response, message_response, nothing, whole
from conformance.selftest.mutation import RequestPredicate, ResponsePredicate, header, respond, rewrite_response, serve
from conformance.selftest.package_requests import is_download
from conformance.selftest.upstream import Upstream

BOUNDARY = "part"
ONE_BYTE_LESS = re.compile(r"/\d+$")


def _asking(name: str, *values: str) -> RequestPredicate:
    """Choose downloads with a header, of one of these values where some are given."""

    def when(request: Request) -> bool:
        value = request.header(name)
        return is_download(request) and value is not None and (not values or value in values)

    return when


def _several(request: Request) -> bool:
    return is_download(request) and "," in (request.header("range") or "")


def _answered(status: HTTPStatus) -> ResponsePredicate:
    return lambda request, response: is_download(request) and response.status == status


def _multipart(*parts: tuple[str | None, bytes], content_range: str | None = None) -> Response:
    heads = [f"Content-Range: {named}\r\n" if named else "" for named, _ in parts]
    text = b"".join(
        f"--{BOUNDARY}\r\n{head}\r\n".encode() + data + b"\r\n" for head, (_, data) in zip(heads, parts, strict=True)
    )
    response = Response(HTTPStatus.PARTIAL_CONTENT, (), nothing(), "Partial Content")
    response = response.with_header("Content-Type", f"multipart/byteranges; boundary={BOUNDARY}")
    return response.with_content(text + f"--{BOUNDARY}--\r\n".encode()).with_header("Content-Range", content_range)


async def _part_of_a_changed_file(request: Request, upstream: Upstream) -> Response:
    return await upstream.forward(request.with_header("If-Range", None))


def _unchanged(_: Request) -> Response:
    return Response(HTTPStatus.NOT_MODIFIED, (("ETag", '"unchanged"'),), nothing(), "Not Modified")


FAULTS = {
    "truth.range-of-a-shorter-file": Fault(
        "Content-Range of 206 names a file of 1 byte.",
        rewrite_response(
            _answered(HTTPStatus.PARTIAL_CONTENT),
            lambda response: response.with_header(
                "Content-Range", ONE_BYTE_LESS.sub("/1", response.header("content-range") or "")
            ),
        ),
    ),
    "truth.parts-shifted": Fault(
        "Each of several parts begins elsewhere than its Content-Range says.",
        respond(_several, lambda _: _multipart(("bytes 0-4/3000", b"other"), ("bytes 9-13/3000", b"bytes"))),
    ),
    "truth.parts-without-a-range": Fault(
        "Of several parts none says which it is.", respond(_several, lambda _: _multipart((None, b"some")))
    ),
    "truth.parts-beside-one-range": Fault(
        "Several parts come under one Content-Range.",
        respond(_several, lambda _: _multipart(("bytes 0-0/3000", b"c"), content_range="bytes 0-0/3000")),
    ),
    "truth.parts-of-nothing": Fault("An answer of several parts has none.", respond(_several, lambda _: _multipart())),
    "truth.overlong-range-is-unsatisfiable": Fault(
        "A range that begins within the file and ends after it is answered 416.",
        respond(_asking("Range", "bytes=2900-9999"), lambda _: message_response(416)),
    ),
    "truth.unsatisfiable-of-another-size": Fault(
        "416 names another size than the file's.",
        rewrite_response(_answered(HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE), header("Content-Range", "bytes */1")),
    ),
    "truth.if-range-taken-for-true": Fault(
        "A range of a changed file is answered 206.", serve(_asking("If-Range"), _part_of_a_changed_file)
    ),
    "truth.every-etag-matches": Fault(
        "Any If-None-Match is answered 304.", respond(_asking("If-None-Match"), _unchanged)
    ),
    "truth.unchanged-since-ever": Fault(
        "Any If-Modified-Since is answered 304.", respond(_asking("If-Modified-Since"), _unchanged)
    ),
    "truth.unchanged-with-a-byte": Fault(
        "304 is followed by a byte.",
        rewrite_response(_answered(HTTPStatus.NOT_MODIFIED), lambda response: replace(response, body=whole(b"!"))),
    ),
    "truth.unchanged-with-another-etag": Fault(
        "304 has an ETag of its own.",
        rewrite_response(_answered(HTTPStatus.NOT_MODIFIED), header("ETag", '"of-304"')),
    ),
    "truth.no-etag-matches": Fault(
        "Any If-Match is answered 412.", respond(_asking("If-Match"), lambda _: message_response(412))
    ),
    "truth.modified-since-ever": Fault(
        "Any If-Unmodified-Since is answered 412.",
        respond(_asking("If-Unmodified-Since"), lambda _: message_response(412)),
    ),
}
