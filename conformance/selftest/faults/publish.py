"""Broken registries that answer a publish wrongly or store something else than was sent (section publish)."""

from __future__ import annotations

import json
from dataclasses import replace
from urllib.parse import unquote_to_bytes

from conformance.selftest.bending import When, amending, refusing, rewriting
from conformance.selftest.faults.fault import DOCUMENTED, Fault
from conformance.selftest.messages import Answer, Request, collect
from conformance.selftest.spoiling import flipped, followed, shortened
from conformance.selftest.targets import package_file, publishes

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
    return _without_select(request) and answer.status == CREATED


def _without_select(request: Request) -> bool:
    target = package_file(request)
    return publishes(request) and target is not None and "select" not in target.parameters


def _lost(request: Request) -> Request:
    target = package_file(request)
    return request.with_target(replace(target, version=f"{target.version}.lost").target) if target else request


def with_status(status: str) -> When:
    """Choose publishes with this status parameter."""

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
        rewriting(_without_select, _lost),
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
    Fault("publish.refuses-status-default", "status=default is refused.", refusing(with_status("default"), 400)),
    Fault("publish.refuses-status-hidden", "status=hidden is refused.", refusing(with_status("hidden"), 400)),
    Fault(
        "publish.15-answers-200",
        "A publish is answered 200 instead of 201, in edition 15.",
        amending(_created, lambda answer: answer.with_status(200)),
        DOCUMENTED,
    ),
)
