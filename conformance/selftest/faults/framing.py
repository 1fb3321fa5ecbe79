"""Broken registries that mistake where a request begins and ends (section framing)."""

from __future__ import annotations

import asyncio
import re
from dataclasses import replace

from conformance.selftest.bending import When, amending, refusing, rewriting, swallow
from conformance.selftest.exchange import Exchange
from conformance.selftest.faults.fault import Fault
from conformance.selftest.messages import Answer, Body, Request, json_answer, message_answer
from conformance.selftest.spoiling import exactly, taken_as_whole, unending_when_malformed, watched
from conformance.selftest.targets import package_file, publishes, reads

CREATED = 201
BAD_REQUEST = 400
SHORT_BYTES = 1024
LENGTH = re.compile(rb"(?i)\r\ncontent-length: *(\d+)")


def chunked(request: Request) -> bool:
    """Choose publishes with a chunked body."""
    return publishes(request) and request.header("transfer-encoding") is not None


def sized(request: Request) -> bool:
    """Choose publishes with a Content-Length."""
    return publishes(request) and request.header("content-length") is not None


def _expecting(request: Request) -> bool:
    return publishes(request) and request.header("expect") is not None


async def _emptied(request: Request) -> Request:
    await swallow(request)
    return request.with_content(b"")


async def _never() -> None:
    return


async def continues_at_once(request: Request, exchange: Exchange) -> Answer:
    """Permit the body before the credential is looked at."""
    if _expecting(request):
        exchange.bend()
        await request.permit()
    return await exchange.forward(request)


async def reads_refused_body_as_request(request: Request, exchange: Exchange) -> Answer:
    """Refuse an unknown status without reading a short body, and go on reading requests right there."""
    target = package_file(request)
    status = target.parameters.get("status", "default") if target and publishes(request) else "default"
    if status in {"default", "hidden"} or int(request.header("content-length") or SHORT_BYTES) >= SHORT_BYTES:
        return await exchange.forward(request)
    exchange.bend()
    refusal = json_answer(BAD_REQUEST, {"error": "status does not have a valid value"})
    return replace(refusal, leaves_body=True)


class TakesTheFirstLength:
    """Reads a publish with two lengths as one of the first length; `status` is what it answers then."""

    def __init__(self, status: int) -> None:
        self._status = status

    async def __call__(self, request: Request, exchange: Exchange) -> Answer:
        """Store as many bytes as the first length says."""
        lengths = LENGTH.findall(request.malformed or b"")
        if not lengths:
            return await exchange.forward(request)
        exchange.bend()
        head, _, start = (request.malformed or b"").partition(b"\r\n\r\n")
        sent = exactly(_after(start, request.body), int(lengths[0]))
        stored = await exchange.forward(replace(_parsed(head, request), body=sent))
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


async def hangs_on_two_lengths(request: Request, exchange: Exchange) -> Answer:
    """Wait for more after two different lengths, until the connection is closed."""
    if request.malformed is not None:
        exchange.bend()
        await asyncio.Event().wait()
    return await exchange.forward(request)


async def hangs_on_malformed_chunks(request: Request, exchange: Exchange) -> Answer:
    """Wait for more after a chunk size that is no number, until the connection is closed."""
    return await exchange.forward(replace(request, body=unending_when_malformed(request.body, exchange.bend)))


class TakesBrokenBodies:
    """Stores what has arrived of a body that breaks off as if it were the whole; `status` is what it answers then."""

    def __init__(self, when: When, status: int = CREATED) -> None:
        self._when = when
        self._status = status

    async def __call__(self, request: Request, exchange: Exchange) -> Answer:
        """Forward the body as a chunked one, which may end anywhere."""
        if not self._when(request):
            return await exchange.forward(request)
        answer = await exchange.forward(request.chunked(taken_as_whole(request.body, exchange.bend)))
        return answer.with_status(self._status) if exchange.is_bent else answer


class RemembersBrokenUploads:
    """Answers 404 or 409 for a file once an upload of it has broken off; `when` chooses the requests to refuse."""

    def __init__(self, when: When, status: int) -> None:
        self._when = when
        self._status = status
        self._broken: set[tuple[str, ...]] = set()

    async def __call__(self, request: Request, exchange: Exchange) -> Answer:
        """Refuse what concerns a broken upload."""
        target = package_file(request)
        if target is None:
            return await exchange.forward(request)
        if target.decoded in self._broken and self._when(request):
            exchange.bend()
            await swallow(request)
            return message_answer(self._status)
        if not publishes(request):
            return await exchange.forward(request)
        body = watched(request.body, lambda: self._broken.add(target.decoded))
        return await exchange.forward(replace(request, body=body))


FAULTS = (
    Fault("framing.refuses-chunks", "A chunked body is refused with 411.", refusing(chunked, 411)),
    Fault(
        "framing.stores-chunks-empty",
        "A chunked body, having no Content-Length, is stored as zero bytes.",
        rewriting(chunked, _emptied),
    ),
    Fault("framing.refuses-expect", "Expect is refused with 417.", refusing(_expecting, 417)),
    Fault(
        "framing.stores-expected-empty",
        "A publish with Expect is stored before its body has come, as zero bytes.",
        rewriting(_expecting, _emptied),
    ),
    Fault(
        "framing.never-continues",
        "Expect is ignored: no 100 is ever sent.",
        rewriting(_expecting, lambda request: replace(request, permit=_never)),
    ),
    Fault("framing.continues-at-once", "100 is sent before the credential is looked at.", lambda: continues_at_once),
    Fault(
        "framing.hangs-up-after-publish",
        "The connection is closed after every publish.",
        amending(lambda request, _: publishes(request), lambda answer: answer.with_header("Connection", "close")),
    ),
    Fault(
        "framing.reads-refused-body-as-request",
        "The short body of a refused publish is read as the next request.",
        lambda: reads_refused_body_as_request,
    ),
    Fault(
        "framing.keeps-short-bodies",
        "A sized body that breaks off is stored as far as it came.",
        lambda: TakesBrokenBodies(sized),
    ),
    Fault(
        "framing.keeps-unfinished-chunks",
        "A chunked body that breaks off is stored as far as it came.",
        lambda: TakesBrokenBodies(chunked),
    ),
    Fault(
        "framing.refuses-broken-chunks-and-keeps-them",
        "A chunked body that breaks off is answered 400 and stored as far as it came.",
        lambda: TakesBrokenBodies(chunked, BAD_REQUEST),
    ),
    Fault(
        "framing.locks-after-a-broken-upload",
        "A file whose upload broke off stays locked: 409.",
        lambda: RemembersBrokenUploads(publishes, 409),
    ),
    Fault(
        "framing.broken-upload-removes-the-old-file",
        "An upload that breaks off removes the file that was there.",
        lambda: RemembersBrokenUploads(reads, 404),
    ),
    Fault(
        "framing.takes-the-first-length",
        "Of two lengths the first is taken.",
        lambda: TakesTheFirstLength(CREATED),
    ),
    Fault(
        "framing.hangs-on-two-lengths",
        "Two lengths are neither refused nor taken: the connection stays open without an answer.",
        lambda: hangs_on_two_lengths,
    ),
    Fault(
        "framing.hangs-on-malformed-chunks",
        "A malformed chunk is neither refused nor taken: the connection stays open without an answer.",
        lambda: hangs_on_malformed_chunks,
    ),
    Fault(
        "framing.refuses-two-lengths-and-stores",
        "Two lengths are answered 400, and what the first of them covers is stored.",
        lambda: TakesTheFirstLength(BAD_REQUEST),
    ),
)
