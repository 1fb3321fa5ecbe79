"""Broken registries that mistake where a request begins and ends."""

from __future__ import annotations

import asyncio
import re
from dataclasses import replace
from http import HTTPStatus

from conformance.selftest.corruption import exactly, taken_as_whole, unending_when_malformed, watched
from conformance.selftest.faults.fault import Fault
from conformance.selftest.messages import Body, Request, Response, json_response, message_response
from conformance.selftest.mutation import (
    MakeMutation,
    PackageFileMutation,
    RequestPredicate,
    SelectiveMutation,
    answered,
    header,
    refuse,
    rewrite_request,
    rewrite_response,
    serve,
    swallow,
)
from conformance.selftest.package_requests import PackageFilePath, is_publish, is_read, package_file_path
from conformance.selftest.upstream import Upstream

SHORT_BYTES = 1024
LENGTH = re.compile(rb"(?i)\r\ncontent-length: *(\d+)")


def chunked(request: Request) -> bool:
    """Choose publishes with a chunked body."""
    return is_publish(request) and request.header("transfer-encoding") is not None


def sized(request: Request) -> bool:
    """Choose publishes with a Content-Length."""
    return is_publish(request) and request.header("content-length") is not None


def _expecting(request: Request) -> bool:
    return is_publish(request) and request.header("expect") is not None


async def _emptied(request: Request) -> Request:
    await swallow(request)
    return request.with_content(b"")


async def _never() -> None:
    return


async def _continued_at_once(request: Request, upstream: Upstream) -> Response:
    await request.permit()
    return await upstream.forward(request)


def short_with_unknown_status(request: Request) -> bool:
    """Choose publishes of a short body with an unknown status."""
    path = package_file_path(request)
    status = path.parameters.get("status", "default") if path and is_publish(request) else "default"
    return status not in {"default", "hidden"} and int(request.header("content-length") or SHORT_BYTES) < SHORT_BYTES


async def body_left_unread(_: Request, __: Upstream) -> Response:
    """Refuse a publish without reading its body, and go on reading requests right there."""
    refusal = json_response(HTTPStatus.BAD_REQUEST, {"error": "status does not have a valid value"})
    return replace(refusal, leaves_body=True)


class TakesTheFirstLength:
    """Reads a publish with two lengths as one of the first length; `status` is what it answers then."""

    def __init__(self, status: int) -> None:
        self._status = status

    async def __call__(self, request: Request, upstream: Upstream) -> Response:
        """Store as many bytes as the first length says."""
        lengths = LENGTH.findall(request.malformed or b"")
        if not lengths:
            return await upstream.forward(request)
        upstream.mark_mutated()
        head, _, start = (request.malformed or b"").partition(b"\r\n\r\n")
        sent = exactly(_after(start, request.body), int(lengths[0]))
        stored = await upstream.forward(replace(_parsed(head, request), body=sent))
        return stored.with_status(self._status)


async def _after(start: bytes, body: Body) -> Body:
    yield start
    async for part in body:
        yield part


def _parsed(head: bytes, request: Request) -> Request:
    first, *lines = head.decode("latin-1").split("\r\n")
    method, target, _ = first.split(" ")
    pairs = [(name, value.strip()) for name, _, value in (line.partition(":") for line in lines)]
    whole = replace(request, method=method, target=target, headers=tuple(pairs), malformed=None)
    return whole.with_header("Content-Length", whole.header("content-length"))


async def _never_answered(request: Request, upstream: Upstream) -> Response:
    await asyncio.Event().wait()
    return await upstream.forward(request)


async def hangs_on_malformed_chunks(request: Request, upstream: Upstream) -> Response:
    """Wait for more after a chunk size that is no number, until the connection is closed."""
    return await upstream.forward(replace(request, body=unending_when_malformed(request.body, upstream.mark_mutated)))


class TakesBrokenBodies:
    """Stores what has arrived of a body that breaks off as if it were the whole; `status` is what it answers then."""

    def __init__(self, when: RequestPredicate, status: int = HTTPStatus.CREATED) -> None:
        self._when = when
        self._status = status

    async def __call__(self, request: Request, upstream: Upstream) -> Response:
        """Forward the body as a chunked one, which may end anywhere."""
        if not self._when(request):
            return await upstream.forward(request)
        response = await upstream.forward(request.chunked(taken_as_whole(request.body, upstream.mark_mutated)))
        return response.with_status(self._status) if upstream.is_mutated else response


class RemembersBrokenUploads(PackageFileMutation):
    """Answers 404 or 409 for a file once an upload of it has broken off; `when` chooses the requests to refuse."""

    def __init__(self, when: RequestPredicate, status: int) -> None:
        self._when = when
        self._status = status
        self._broken: set[tuple[str, ...]] = set()

    async def serve(self, request: Request, path: PackageFilePath, upstream: Upstream) -> Response:
        """Refuse what concerns a broken upload."""
        if path.decoded in self._broken and self._when(request):
            return await answered(request, upstream, message_response(self._status))
        if not is_publish(request):
            return await upstream.forward(request)
        body = watched(request.body, lambda: self._broken.add(path.decoded))
        return await upstream.forward(replace(request, body=body))


def _malformed(request: Request) -> bool:
    return request.malformed is not None


def _taking_the_first_length(status: int) -> MakeMutation:
    return SelectiveMutation(TakesTheFirstLength(status), lambda request, _: _malformed(request))


def _taking_broken_bodies(when: RequestPredicate, status: int = HTTPStatus.CREATED) -> MakeMutation:
    return SelectiveMutation(TakesBrokenBodies(when, status), lambda request, _: when(request))


FAULTS = {
    "framing.refuses-chunks": Fault("A chunked body is refused with 411.", refuse(chunked, 411)),
    "framing.stores-chunks-empty": Fault(
        "A chunked body, having no Content-Length, is stored as zero bytes.", rewrite_request(chunked, _emptied)
    ),
    "framing.refuses-expect": Fault("Expect is refused with 417.", refuse(_expecting, 417)),
    "framing.stores-expected-empty": Fault(
        "A publish with Expect is stored before its body has come, as zero bytes.",
        rewrite_request(_expecting, _emptied),
    ),
    "framing.never-continues": Fault(
        "Expect is ignored: no 100 is ever sent.",
        rewrite_request(_expecting, lambda request: replace(request, permit=_never)),
    ),
    "framing.continues-at-once": Fault(
        "100 is sent before the credential is looked at.", serve(_expecting, _continued_at_once)
    ),
    "framing.hangs-up-after-publish": Fault(
        "The connection is closed after every publish.",
        rewrite_response(lambda request, _: is_publish(request), header("Connection", "close")),
    ),
    "framing.reads-refused-body-as-request": Fault(
        "The short body of a refused publish is read as the next request.",
        serve(short_with_unknown_status, body_left_unread),
    ),
    "framing.keeps-short-bodies": Fault(
        "A sized body that breaks off is stored as far as it came.", _taking_broken_bodies(sized)
    ),
    "framing.keeps-unfinished-chunks": Fault(
        "A chunked body that breaks off is stored as far as it came.", _taking_broken_bodies(chunked)
    ),
    "framing.refuses-broken-chunks-and-keeps-them": Fault(
        "A chunked body that breaks off is answered 400 and stored as far as it came.",
        _taking_broken_bodies(chunked, 400),
    ),
    "framing.locks-after-a-broken-upload": Fault(
        "A file whose upload broke off stays locked: 409.", lambda: RemembersBrokenUploads(is_publish, 409)
    ),
    "framing.broken-upload-removes-the-old-file": Fault(
        "An upload that breaks off removes the file that was there.", lambda: RemembersBrokenUploads(is_read, 404)
    ),
    "framing.takes-the-first-length": Fault("Of two lengths the first is taken.", _taking_the_first_length(201)),
    "framing.hangs-on-two-lengths": Fault(
        "Two lengths are neither refused nor taken: the connection stays open without a response.",
        serve(_malformed, _never_answered),
    ),
    "framing.hangs-on-malformed-chunks": Fault(
        "A malformed chunk is neither refused nor taken: the connection stays open without a response.",
        SelectiveMutation(
            hangs_on_malformed_chunks, lambda request, _: request.header("transfer-encoding") is not None
        ),
    ),
    "framing.refuses-two-lengths-and-stores": Fault(
        "Two lengths are answered 400, and what the first of them covers is stored.", _taking_the_first_length(400)
    ),
}
