"""Broken registries that answer a publish wrongly or store something else than was sent (section publish)."""

from __future__ import annotations

import json
from dataclasses import replace
from urllib.parse import unquote_to_bytes

from conformance.selftest.bending import When, amending, answering, refusing, rewriting
from conformance.selftest.exchange import Exchange
from conformance.selftest.faults.fault import Fault
from conformance.selftest.messages import Answer, Request, collect, json_answer, message_answer
from conformance.selftest.spoiling import flipped, followed, shortened
from conformance.selftest.targets import concerns_package_file, package_file, publishes, reads

CREATED = 201
FORM = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data"
JSON = "application/json"


def labelled(media_type: str) -> When:
    """Choose publishes whose Content-Type is this one."""
    return lambda request: publishes(request) and (request.header("content-type") or "").startswith(media_type)


def _unlabelled(request: Request) -> bool:
    return publishes(request) and request.header("content-type") is None


def _empty(request: Request) -> bool:
    return publishes(request) and request.header("content-length") == "0"


def _created(request: Request, answer: Answer) -> bool:
    target = package_file(request)
    plain = target is not None and "select" not in target.parameters
    return plain and publishes(request) and answer.status == CREATED


def _with_status(status: str) -> When:
    def chosen(request: Request) -> bool:
        target = package_file(request)
        return publishes(request) and target is not None and target.parameters.get("status") == status

    return chosen


async def _form_decoded(request: Request) -> Request:
    return request.with_content(unquote_to_bytes((await collect(request.body)).replace(b"+", b" ")))


async def _unwrapped(request: Request) -> Request:
    content = await collect(request.body)
    return request.with_content(content.partition(b"\r\n\r\n")[2].rpartition(b"\r\n--")[0])


async def _reserialised(request: Request) -> Request:
    content = await collect(request.body)
    try:
        return request.with_content(json.dumps(json.loads(content), sort_keys=True, indent=2).encode())
    except ValueError:
        return request.with_content(b"null")


class SharesFilesBetweenVersions:
    """Remembers the first version of every package name and uses it for all others."""

    def __init__(self) -> None:
        self._versions: dict[tuple[str, str], str] = {}

    async def __call__(self, request: Request, exchange: Exchange) -> Answer:
        """Replace the version."""
        target = package_file(request)
        if target is None:
            return await exchange.forward(request)
        first = self._versions.get(target.package[:2])
        if publishes(request) and first is None:
            self._versions[target.package[:2]] = target.version
        if first in {None, target.version}:
            return await exchange.forward(request)
        exchange.bend()
        return await exchange.forward(request.with_target(replace(target, version=first or "").target))


class HidesHidden:
    """Remembers what was published as hidden and does not give it out."""

    def __init__(self) -> None:
        self._hidden: set[tuple[str, ...]] = set()

    async def __call__(self, request: Request, exchange: Exchange) -> Answer:
        """Answer 404 for a hidden file."""
        target = package_file(request)
        if target is not None and _with_status("hidden")(request):
            self._hidden.add(target.decoded)
        if target is None or not reads(request) or target.decoded not in self._hidden:
            return await exchange.forward(request)
        exchange.bend()
        return message_answer(404)


class DeletesByPath:
    """Forgets a file for which a DELETE came, whatever it answers to the DELETE."""

    def __init__(self, status: int) -> None:
        self._status = status
        self._deleted: set[tuple[str, ...]] = set()

    async def __call__(self, request: Request, exchange: Exchange) -> Answer:
        """Answer the DELETE, and 404 from then on."""
        target = package_file(request)
        if target is None or not (request.method == "DELETE" or target.decoded in self._deleted):
            return await exchange.forward(request)
        exchange.bend()
        if request.method == "DELETE":
            self._deleted.add(target.decoded)
            return message_answer(self._status)
        return message_answer(404)


FAULTS = (
    Fault(
        "publish.answers-200",
        "A publish is answered 200 instead of 201.",
        amending(_created, lambda answer: answer.with_status(200)),
    ),
    Fault(
        "publish.answers-without-message",
        "A publish is answered with an empty JSON object.",
        amending(_created, lambda answer: answer.with_content(b"{}")),
    ),
    Fault(
        "publish.answers-in-plain-text",
        "A publish is answered with text that is no JSON.",
        amending(
            _created, lambda answer: answer.with_content(b"201 Created").with_header("Content-Type", "text/plain")
        ),
    ),
    Fault(
        "publish.stores-nothing",
        "A publish is answered 201 and nothing is stored.",
        answering(publishes, lambda _: json_answer(CREATED, {"message": "201 Created"})),
    ),
    Fault(
        "publish.loses-the-last-byte",
        "The last byte of every file is lost on its way in.",
        rewriting(publishes, lambda request: request.chunked(shortened(request.body, 1))),
    ),
    Fault(
        "publish.spoils-the-first-byte",
        "The first byte of every file is stored inverted.",
        rewriting(publishes, lambda request: replace(request, body=flipped(request.body, 0))),
    ),
    Fault(
        "publish.appends-a-newline",
        "Every file is stored with a newline after it.",
        rewriting(publishes, lambda request: request.chunked(followed(request.body, b"\n"))),
    ),
    Fault("publish.refuses-empty-files", "A file of zero bytes is refused.", refusing(_empty, 400)),
    Fault(
        "publish.pads-empty-files",
        "A file of zero bytes is stored as one newline.",
        rewriting(_empty, lambda request: request.with_content(b"\n")),
    ),
    Fault("publish.needs-a-content-type", "A body without a Content-Type is refused.", refusing(_unlabelled, 415)),
    Fault(
        "publish.drops-unlabelled-bodies",
        "A body without a Content-Type is stored as zero bytes.",
        rewriting(_unlabelled, lambda request: request.with_content(b"")),
    ),
    Fault("publish.refuses-forms", "A body labelled as a form is refused.", refusing(labelled(FORM), 415)),
    Fault(
        "publish.decodes-forms",
        "A body labelled as a form is stored decoded.",
        rewriting(labelled(FORM), _form_decoded),
    ),
    Fault("publish.refuses-multipart", "A multipart body is refused.", refusing(labelled(MULTIPART), 415)),
    Fault(
        "publish.unwraps-multipart",
        "Of a multipart body only the content of its first part is stored.",
        rewriting(labelled(MULTIPART), _unwrapped),
    ),
    Fault("publish.refuses-json", "A body labelled as JSON is refused.", refusing(labelled(JSON), 415)),
    Fault(
        "publish.rewrites-json",
        "A body labelled as JSON is parsed and stored in another form.",
        rewriting(labelled(JSON), _reserialised),
    ),
    Fault(
        "publish.shares-files-between-versions", "The version is not part of a file's key.", SharesFilesBetweenVersions
    ),
    Fault("publish.refuses-status-default", "status=default is refused.", refusing(_with_status("default"), 400)),
    Fault("publish.refuses-status-hidden", "status=hidden is refused.", refusing(_with_status("hidden"), 400)),
    Fault("publish.hides-hidden-files", "A file published as hidden does not download.", HidesHidden),
    Fault("publish.deletes-by-path", "DELETE on a file's path deletes the file.", lambda: DeletesByPath(204)),
    Fault(
        "publish.refuses-delete-and-deletes", "DELETE on a file's path is 405, and deletes.", lambda: DeletesByPath(405)
    ),
    Fault(
        "publish.acknowledges-deletes-by-path",
        "DELETE on a file's path is answered 200 and does nothing.",
        answering(
            lambda request: request.method == "DELETE" and concerns_package_file(request),
            lambda _: message_answer(200),
        ),
    ),
)
