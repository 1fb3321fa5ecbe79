"""Broken registries whose GraphQL shows or changes the settings of groups wrongly (section duplicates)."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import Any

from conformance.selftest.bending import MakeBend
from conformance.selftest.callers import Caller, caller
from conformance.selftest.calls import asks_graphql
from conformance.selftest.exchange import Exchange
from conformance.selftest.faults.fault import DOCUMENTED, Fault
from conformance.selftest.messages import Answer, Request, collect, json_answer
from conformance.selftest.targets import authorised_by

MUTATION = "updateNamespacePackageSettings"
BAD_REQUEST = 400
Document = dict[str, Any]
Change = Callable[[Document, Document], Document]
Who = Callable[[Caller], bool]
Then = Callable[[Document, Request, Exchange], Awaitable[Answer]]
NOT_DONE = {"data": {MUTATION: {"errors": ["no"], "packageSettings": None}}}


def asked(who: Who, word: str, then: Then) -> MakeBend:
    """Answer with `then` these callers' questions that hold a word."""

    async def bend(request: Request, exchange: Exchange) -> Answer:
        if not asks_graphql(request):
            return await exchange.forward(request)
        question, sent = await _read(request)
        if word not in str(question.get("query")) or not who(caller(request, exchange)):
            return await exchange.forward(sent)
        exchange.bend()
        return await then(question, sent, exchange)

    return lambda: bend


def replying(word: str, change: Change) -> MakeBend:
    """Change the document that answers a question that holds a word; the question comes first, its answer second."""

    async def then(question: Document, sent: Request, exchange: Exchange) -> Answer:
        answer = await exchange.forward(sent)
        return json_answer(answer.status, change(question, json.loads(await collect(answer.body))))

    return asked(lambda _: True, word, then)


def acting_for(who: Who, word: str, after: Callable[[Answer], Awaitable[Answer]]) -> MakeBend:
    """Ask for these callers, with all rights, a question that holds a word, and give `after` of the answer."""

    async def then(_: Document, sent: Request, exchange: Exchange) -> Answer:
        return await after(await exchange.forward(authorised_by(sent, exchange.token)))

    return asked(who, word, then)


def instead_for(who: Who, word: str, make: Callable[[Document], Document]) -> MakeBend:
    """Answer these callers' questions that hold a word without asking; `make` gives the document for a question."""

    async def then(question: Document, _: Request, __: Exchange) -> Answer:
        return json_answer(200, make(question))

    return asked(who, word, then)


async def _read(request: Request) -> tuple[Document, Request]:
    """Return what a request asks, empty when it is no JSON, and the request to send."""
    content = await collect(request.body)
    try:
        question = json.loads(content)
    except ValueError:
        question = {}
    return question, request.with_content(content)


async def _as_it_is(answer: Answer) -> Answer:
    return answer


async def _as_if_not_done(answer: Answer) -> Answer:
    await collect(answer.body)
    return json_answer(200, NOT_DONE)


def _is_no_administrator(by: Caller) -> bool:
    return by.kind != "administrator"


def _as_if_done(question: Document, answer: Document) -> Document:
    if not ((answer.get("data") or {}).get(MUTATION) or {}).get("errors") and not answer.get("errors"):
        return answer
    return _done(question)


def _done(question: Document) -> Document:
    settings = {name: value for name, value in question["variables"]["input"].items() if name != "namespacePath"}
    return {"data": {MUTATION: {"errors": [], "packageSettings": settings}}}


def _of_subgroups(question: Document, answer: Document) -> Document:
    return NOT_DONE if question["variables"]["input"]["namespacePath"].count("/") > 1 else answer


async def answers_400(request: Request, exchange: Exchange) -> Answer:
    """Answer a fault of the query with a status of its own."""
    answer = await exchange.forward(request)
    if not asks_graphql(request):
        return answer
    content = await collect(answer.body)
    if (b'"errors": [' not in content and b'"errors":[' not in content) or answer.status != 200 or b'"data"' in content:  # noqa: PLR2004 - OK
        return answer.with_content(content)
    exchange.bend()
    return json_answer(BAD_REQUEST, json.loads(content))


async def overlooks_broken_json(request: Request, exchange: Exchange) -> Answer:
    """Answer a body that is no JSON with an empty result."""
    answer = await exchange.forward(request)
    if not asks_graphql(request) or answer.status != BAD_REQUEST:
        return answer
    exchange.bend()
    return json_answer(200, {"data": None})


FAULTS = (
    Fault(
        "duplicates.settings-are-null",
        "No group has settings to show.",
        replying("group(", lambda *_: {"data": {"group": {"packageSettings": None}}}),
    ),
    Fault(
        "duplicates.settings-cannot-be-changed",
        "Every change of settings is answered with errors and not done.",
        replying(MUTATION, lambda *_: NOT_DONE),
    ),
    Fault(
        "duplicates.15-settings-cannot-be-changed",
        "Every change of settings is answered with errors.",
        replying(MUTATION, lambda *_: NOT_DONE),
        DOCUMENTED,
    ),
    Fault(
        "duplicates.15-administrators-alone-may-set",
        "Only administrators may change the settings of a group.",
        instead_for(_is_no_administrator, MUTATION, lambda _: NOT_DONE),
        DOCUMENTED,
    ),
    Fault(
        "duplicates.15-changes-are-acknowledged",
        "A change of settings by somebody other than an administrator is acknowledged and not done.",
        instead_for(_is_no_administrator, MUTATION, _done),
        DOCUMENTED,
    ),
    Fault(
        "duplicates.subgroups-cannot-be-set",
        "A change of a subgroup's settings is answered with errors.",
        replying(MUTATION, _of_subgroups),
    ),
    Fault(
        "duplicates.anybody-may-set",
        "Anybody may change the settings of any group.",
        acting_for(_is_no_administrator, MUTATION, _as_it_is),
    ),
    Fault(
        "duplicates.refuses-and-sets",
        "A change of settings by somebody who may not do it is answered with errors and done.",
        acting_for(_is_no_administrator, MUTATION, _as_if_not_done),
    ),
    Fault(
        "duplicates.bad-regexes-are-acknowledged",
        "A regex that cannot be used is acknowledged.",
        replying(MUTATION, _as_if_done),
    ),
    Fault(
        "duplicates.private-groups-are-shown",
        "Anybody may see any group.",
        acting_for(_is_no_administrator, "group(", _as_it_is),
    ),
    Fault("duplicates.graphql-faults-have-a-status", "A faulty query is answered with 400.", lambda: answers_400),
    Fault(
        "duplicates.graphql-faults-are-silent",
        "A faulty query is answered with no errors.",
        replying("colour", lambda *_: {"data": None}),
    ),
    Fault(
        "duplicates.graphql-overlooks-broken-json",
        "A body that is no JSON asks for nothing.",
        lambda: overlooks_broken_json,
    ),
    Fault(
        "duplicates.graphql-has-no-schema",
        "Introspection shows nothing.",
        replying("__type", lambda *_: {"data": {"__type": None}}),
    ),
    Fault(
        "duplicates.graphql-lists-nothing",
        "project.packages is empty.",
        replying("project(", lambda *_: {"data": {"project": {"packages": {"nodes": []}}}}),
    ),
)
