"""Broken registries that describe or deliver downloads wrongly (section download)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from conformance.selftest.bending import amending, refusing
from conformance.selftest.exchange import Exchange
from conformance.selftest.faults.fault import DOCUMENTED, Fault
from conformance.selftest.messages import Answer, Request, message_answer, whole, without
from conformance.selftest.spoiling import flipped, shortened
from conformance.selftest.targets import downloads, inspects, package_file, publishes, reads

OK = 200
NOT_FOUND = 404


def delivered(request: Request, answer: Answer) -> bool:
    """Choose downloads that are answered with the file."""
    return downloads(request) and answer.status == OK


def described(request: Request, answer: Answer) -> bool:
    """Choose HEADs that are answered with the file's headers."""
    return inspects(request) and answer.status == OK


def missing(request: Request, answer: Answer) -> bool:
    """Choose downloads of what does not exist."""
    return downloads(request) and answer.status == NOT_FOUND


def read(request: Request, answer: Answer) -> bool:
    """Choose downloads and HEADs that succeed."""
    return delivered(request, answer) or described(request, answer)


def heading(name: str, value: str | None) -> Callable[[Answer], Answer]:
    """Change one header of an answer, or leave it out."""
    return lambda answer: answer.with_header(name, value)


def _undeclared(answer: Answer) -> Answer:
    return replace(answer, headers=(*without(answer.headers, "content-length"), ("Transfer-Encoding", "chunked")))


def _cut_off(answer: Answer) -> Answer:
    return replace(answer, body=shortened(answer.body, 1), hang_up=True)


def _with_a_body(answer: Answer) -> Answer:
    length = int(answer.header("content-length") or 0)
    return replace(answer, body=whole(bytes(length)))


def _declaring_one_more(answer: Answer) -> Answer:
    return answer.with_header("Content-Length", str(int(answer.header("content-length") or 0) + 1))


async def redirects_away(request: Request, exchange: Exchange) -> Answer:
    """Send a download to another authority, where the file is."""
    if not downloads(request):
        return await exchange.forward(request)
    exchange.bend()
    return message_answer(307).with_header("Location", exchange.origin + request.target)


def _empty_file(answer: Answer) -> Answer:
    return answer.with_status(OK).with_content(b"").with_header("Content-Type", "application/octet-stream")


class KeepsContentTypes:
    """Remembers the Content-Type of every upload and labels the download with it."""

    def __init__(self) -> None:
        self._types: dict[tuple[str, ...], str] = {}

    async def __call__(self, request: Request, exchange: Exchange) -> Answer:
        """Label a download."""
        target = package_file(request)
        label = request.header("content-type")
        if target and publishes(request) and label:
            self._types[target.decoded] = label
        answer = await exchange.forward(request)
        if not (target and delivered(request, answer) and target.decoded in self._types):
            return answer
        exchange.bend()
        return answer.with_header("Content-Type", self._types[target.decoded])


FAULTS = (
    Fault("download.keeps-content-types", "A download carries the upload's Content-Type.", KeepsContentTypes),
    Fault(
        "download.undeclared-length",
        "A download is sent chunked, without Content-Length.",
        amending(delivered, _undeclared),
    ),
    Fault("download.always-404", "Nothing that was published is found.", refusing(reads, NOT_FOUND)),
    Fault(
        "download.spoils-the-first-byte",
        "The first byte of every download is inverted.",
        amending(delivered, lambda answer: replace(answer, body=flipped(answer.body, 0))),
    ),
    Fault("download.cut-off", "Every download breaks off before its last byte.", amending(delivered, _cut_off)),
    Fault(
        "download.loses-the-last-byte",
        "A download lacks its last byte and declares one byte less.",
        amending(delivered, lambda answer: _undeclared(replace(answer, body=shortened(answer.body, 1)))),
    ),
    Fault(
        "download.fails-with-a-location",
        "Every download fails in the server, and the answer names a Location.",
        amending(delivered, lambda answer: answer.with_status(500).with_header("Location", "/elsewhere")),
    ),
    Fault(
        "download.missing-is-empty",
        "What does not exist downloads as an empty file.",
        amending(missing, _empty_file),
    ),
    Fault(
        "download.missing-is-500",
        "A download of what does not exist fails in the server.",
        amending(missing, lambda answer: answer.with_status(500)),
    ),
    Fault(
        "download.missing-head-is-200",
        "HEAD of what does not exist is 200.",
        amending(lambda request, answer: inspects(request) and answer.status == NOT_FOUND, _empty_file),
    ),
    Fault(
        "download.shown-in-the-browser",
        "Content-Disposition is inline.",
        amending(read, heading("Content-Disposition", "inline")),
    ),
    Fault(
        "download.nameless",
        "Content-Disposition does not name the file.",
        amending(read, heading("Content-Disposition", "attachment")),
    ),
    Fault(
        "download.without-disposition",
        "A download carries no Content-Disposition.",
        amending(read, heading("Content-Disposition", None)),
    ),
    Fault(
        "download.without-checksum",
        "A download carries no X-Checksum-SHA256.",
        amending(read, heading("X-Checksum-SHA256", None)),
    ),
    Fault(
        "download.wrong-checksum",
        "X-Checksum-SHA256 is another file's.",
        amending(read, heading("X-Checksum-SHA256", "0" * 64)),
    ),
    Fault("download.no-head", "HEAD is not allowed.", refusing(inspects, 405)),
    Fault(
        "download.head-of-nothing",
        "HEAD declares a length of 0.",
        amending(described, heading("Content-Length", "0")),
    ),
    Fault(
        "download.head-without-length",
        "HEAD declares no length.",
        amending(described, heading("Content-Length", None)),
    ),
    Fault("download.head-one-too-long", "HEAD declares one byte too many.", amending(described, _declaring_one_more)),
    Fault("download.head-with-a-body", "HEAD is answered with the body.", amending(described, _with_a_body)),
    Fault(
        "download.15-always-404",
        "Nothing that was published is found, in edition 15.",
        refusing(reads, NOT_FOUND),
        DOCUMENTED,
    ),
    Fault(
        "download.redirects-away",
        "A download is redirected to a storage on another host.",
        lambda: redirects_away,
    ),
)
