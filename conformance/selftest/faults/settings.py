"""Broken registries whose GraphQL shows or changes the settings of groups wrongly."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import Any

from conformance.selftest.credentials import authorised_by
from conformance.selftest.endpoints import is_graphql
from conformance.selftest.faults.fault import DOCUMENTED, Fault
from conformance.selftest.messages import Request, Response, collect, json_response
from conformance.selftest.mutation import MakeMutation, SelectiveMutation, rewrite_response
from conformance.selftest.principal import Principal, principal_of
from conformance.selftest.upstream import Upstream

MUTATION = "updateNamespacePackageSettings"
Document = dict[str, Any]
DocumentChange = Callable[[Document, Document], Document]
Who = Callable[[Principal], bool]
Then = Callable[[Document, Request, Upstream], Awaitable[Response]]
NOT_DONE = {"data": {MUTATION: {"errors": ["no"], "packageSettings": None}}}


def asked(who: Who, word: str, then: Then) -> MakeMutation:
    """Answer with `then` these principals' questions that hold a word."""

    async def mutate(request: Request, upstream: Upstream) -> Response:
        if not is_graphql(request):
            return await upstream.forward(request)
        question, sent = await _read(request)
        if word not in str(question.get("query")) or not who(principal_of(request, upstream)):
            return await upstream.forward(sent)
        upstream.mark_mutated()
        return await then(question, sent, upstream)

    return SelectiveMutation(mutate, lambda request, _: is_graphql(request))


def replying(word: str, change: DocumentChange) -> MakeMutation:
    """Change the document that answers a question that holds a word; the question comes first, its response second."""

    async def then(question: Document, sent: Request, upstream: Upstream) -> Response:
        response = await upstream.forward(sent)
        return json_response(response.status, change(question, json.loads(await collect(response.body))))

    return asked(lambda _: True, word, then)


def acting_for(who: Who, word: str, after: Callable[[Response], Awaitable[Response]]) -> MakeMutation:
    """Ask for these principals, with all rights, a question that holds a word, and give `after` of the response."""

    async def then(_: Document, sent: Request, upstream: Upstream) -> Response:
        return await after(await upstream.forward(authorised_by(sent, upstream.token)))

    return asked(who, word, then)


def instead_for(who: Who, word: str, make: Callable[[Document], Document]) -> MakeMutation:
    """Answer these principals' questions that hold a word without asking; `make` gives the document for a question."""

    async def then(question: Document, _: Request, __: Upstream) -> Response:
        return json_response(HTTPStatus.OK, make(question))

    return asked(who, word, then)


async def _read(request: Request) -> tuple[Document, Request]:
    """Return what a request asks, empty when it is no JSON, and the request to send."""
    content = await collect(request.body)
    try:
        question = json.loads(content)
    except ValueError:
        question = {}
    return question, request.with_content(content)


async def _as_it_is(response: Response) -> Response:
    return response


async def _as_if_not_done(response: Response) -> Response:
    await collect(response.body)
    return json_response(HTTPStatus.OK, NOT_DONE)


def _is_no_administrator(by: Principal) -> bool:
    return by.kind != "administrator"


def _as_if_done(question: Document, response: Document) -> Document:
    if not ((response.get("data") or {}).get(MUTATION) or {}).get("errors") and not response.get("errors"):
        return response
    return _done(question)


def _done(question: Document) -> Document:
    settings = {name: value for name, value in question["variables"]["input"].items() if name != "namespacePath"}
    return {"data": {MUTATION: {"errors": [], "packageSettings": settings}}}


def _of_subgroups(question: Document, response: Document) -> Document:
    return NOT_DONE if question["variables"]["input"]["namespacePath"].count("/") > 1 else response


async def answers_400(request: Request, upstream: Upstream) -> Response:
    """Answer a fault of the query with a status of its own."""
    response = await upstream.forward(request)
    if not is_graphql(request):
        return response
    content = await collect(response.body)
    document = json.loads(content)
    if "errors" not in document or "data" in document or response.status != HTTPStatus.OK:
        return response.with_content(content)
    upstream.mark_mutated()
    return json_response(HTTPStatus.BAD_REQUEST, document)


def _is_bad_request(request: Request, response: Response) -> bool:
    return is_graphql(request) and response.status == HTTPStatus.BAD_REQUEST


FAULTS = {
    "duplicates.settings-are-null": Fault(
        "No group has settings to show.", replying("group(", lambda *_: {"data": {"group": {"packageSettings": None}}})
    ),
    "duplicates.settings-cannot-be-changed": Fault(
        "Every change of settings is answered with errors and not done.", replying(MUTATION, lambda *_: NOT_DONE)
    ),
    "duplicates.15-settings-cannot-be-changed": Fault(
        "Every change of settings is answered with errors.", replying(MUTATION, lambda *_: NOT_DONE), DOCUMENTED
    ),
    "duplicates.15-administrators-alone-may-set": Fault(
        "Only administrators may change the settings of a group.",
        instead_for(_is_no_administrator, MUTATION, lambda _: NOT_DONE),
        DOCUMENTED,
    ),
    "duplicates.15-changes-are-acknowledged": Fault(
        "A change of settings by somebody other than an administrator is acknowledged and not done.",
        instead_for(_is_no_administrator, MUTATION, _done),
        DOCUMENTED,
    ),
    "duplicates.subgroups-cannot-be-set": Fault(
        "A change of a subgroup's settings is answered with errors.", replying(MUTATION, _of_subgroups)
    ),
    "duplicates.anybody-may-set": Fault(
        "Anybody may change the settings of any group.", acting_for(_is_no_administrator, MUTATION, _as_it_is)
    ),
    "duplicates.refuses-and-sets": Fault(
        "A change of settings by somebody who may not do it is answered with errors and done.",
        acting_for(_is_no_administrator, MUTATION, _as_if_not_done),
    ),
    "duplicates.bad-regexes-are-acknowledged": Fault(
        "A regex that cannot be used is acknowledged.", replying(MUTATION, _as_if_done)
    ),
    "duplicates.private-groups-are-shown": Fault(
        "Anybody may see any group.", acting_for(_is_no_administrator, "group(", _as_it_is)
    ),
    "duplicates.graphql-faults-have-a-status": Fault(
        "A faulty query is answered with 400.", SelectiveMutation(answers_400, lambda request, _: is_graphql(request))
    ),
    "duplicates.graphql-faults-are-silent": Fault(
        "A faulty query is answered with no errors.", replying("colour", lambda *_: {"data": None})
    ),
    "duplicates.graphql-overlooks-broken-json": Fault(
        "A body that is no JSON asks for nothing.",
        rewrite_response(_is_bad_request, lambda _: json_response(HTTPStatus.OK, {"data": None})),
    ),
    "duplicates.graphql-has-no-schema": Fault(
        "Introspection shows nothing.", replying("__type", lambda *_: {"data": {"__type": None}})
    ),
    "duplicates.graphql-lists-nothing": Fault(
        "project.packages is empty.",
        replying("project(", lambda *_: {"data": {"project": {"packages": {"nodes": []}}}}),
    ),
}
