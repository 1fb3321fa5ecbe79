"""Broken registries that keep protection rules wrongly."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import Any

from conformance.selftest.credentials import authorised_by
from conformance.selftest.endpoints import RULE, endpoint, makes_rule, path_of
from conformance.selftest.faults.fault import FLAGGED, Fault
from conformance.selftest.messages import Request, Response, collect, json_response, message_response, no_content
from conformance.selftest.mutation import (
    MakeMutation,
    SelectiveMutation,
    deny,
    doubled,
    respond,
    rewrite_request,
)
from conformance.selftest.package_requests import is_publish
from conformance.selftest.principal import DEVELOPER
from conformance.selftest.principal_predicates import in_public, level, publishing
from conformance.selftest.upstream import Upstream

SMALL = 64 * 1024
WORDS = b"Package protected"
Rule = dict[str, Any]


def _publishes_little(request: Request) -> bool:
    return is_publish(request) and int(request.header("content-length") or SMALL) < SMALL


def _refusals(instead: Callable[[Response, Request, Upstream], Awaitable[Response]]) -> MakeMutation:
    """Do something else where a rule refuses a small publish, given the refusal and the publish to be sent again."""

    async def mutate(request: Request, upstream: Upstream) -> Response:
        if not _publishes_little(request):
            return await upstream.forward(request)
        sent, again = await doubled(request)
        response = await upstream.forward(sent)
        if response.status != HTTPStatus.FORBIDDEN:
            return response
        content = await collect(response.body)
        response = response.with_content(content)
        if WORDS not in content:
            return response
        upstream.mark_mutated()
        return await instead(response, again, upstream)

    return SelectiveMutation(
        mutate,
        chooses=lambda request, _: request.header("expect") is not None,
        chooses_response=lambda _, response: response.status == HTTPStatus.FORBIDDEN,
    )


async def _published(_: Response, again: Request, upstream: Upstream) -> Response:
    return await upstream.forward(authorised_by(again, upstream.token))


async def _refused_and_published(refusal: Response, again: Request, upstream: Upstream) -> Response:
    await _published(refusal, again, upstream)
    return refusal


async def _refused_as_duplicate(*_: object) -> Response:
    return json_response(HTTPStatus.BAD_REQUEST, {"message": "400 Bad request - Duplicate package is not allowed"})


async def _refused_without_reason(*_: object) -> Response:
    return message_response(HTTPStatus.FORBIDDEN)


def _remade(change: Callable[[Rule], Rule]) -> MakeMutation:
    """Change the rule in the request that makes it."""

    async def changed(request: Request) -> Request:
        return request.with_content(json.dumps(change(json.loads(await collect(request.body)))).encode())

    return rewrite_request(makes_rule, changed)


def _swapped(rule: Rule) -> Rule:
    level = rule["minimum_access_level_for_push"]
    return {**rule, "minimum_access_level_for_push": {"maintainer": "owner", "owner": "maintainer"}.get(level, level)}


def _renamed(change: Callable[[str], str]) -> MakeMutation:
    return _remade(lambda rule: {**rule, "package_name_pattern": change(rule["package_name_pattern"])})


class KeepsOldPatterns:
    """Makes a rule anew as it was made, after it was changed."""

    def __init__(self) -> None:
        self._made: dict[int, tuple[Request, bytes]] = {}

    async def __call__(self, request: Request, upstream: Upstream) -> Response:
        """Remember a rule, or make it once more."""
        if makes_rule(request):
            content = await collect(request.body)
            response = await upstream.forward(request.with_content(content))
            if response.status != HTTPStatus.CREATED:
                return response
            rule = await collect(response.body)
            self._made[json.loads(rule)["id"]] = request, content
            return response.with_content(rule)
        response = await upstream.forward(request)
        number = int(path_of(request).rpartition("/")[2]) if endpoint("PATCH", RULE)(request) else 0
        if number in self._made and response.is_success:
            made, content = self._made[number]
            upstream.mark_mutated()
            await upstream.forward(made.with_content(content))
        return response


FAULTS = {
    "protection.never-protects": Fault("A rule keeps nobody from publishing.", _refusals(_published)),
    "protection.refuses-and-stores": Fault(
        "A publish that a rule refuses is stored.", _refusals(_refused_and_published)
    ),
    "protection.gives-no-reason": Fault(
        "A publish that a rule refuses is forbidden without a word.", _refusals(_refused_without_reason)
    ),
    "protection.levels-are-swapped": Fault(
        "Maintainer is taken for owner, and owner for maintainer.", _remade(_swapped)
    ),
    "protection.stars-need-a-character": Fault(
        "A star at the end stands for one character or more.", _renamed(lambda name: name.replace("-*", "-a*"))
    ),
    "protection.stars-reach-back": Fault(
        "A star at the end stands for the character before it as well.",
        _renamed(lambda name: name.replace("-*", "*")),
        spreads=True,
    ),
    "protection.patterns-match-beginnings": Fault(
        "A pattern concerns every name that begins with it.",
        _renamed(lambda name: name if name.endswith("*") else f"{name}*"),
        spreads=True,
    ),
    "protection.patterns-mind-case": Fault(
        "A pattern concerns names in its own case alone.",
        _renamed(lambda name: name if name == name.lower() else f"{name}-never"),
    ),
    "protection.refusals-look-like-duplicates": Fault(
        "A publish that a rule refuses is refused as a duplicate.", _refusals(_refused_as_duplicate)
    ),
    "protection.protects-too-early": Fault(
        "Rules protect in GitLab 18.1: no developer publishes to a public project.",
        deny(publishing(in_public(level(DEVELOPER))), 403),
        FLAGGED,
    ),
    "protection.rules-cannot-be-deleted": Fault(
        "Deleting a rule is acknowledged and not done.", respond(endpoint("DELETE", RULE), lambda _: no_content())
    ),
    "protection.changed-rules-protect-both": Fault(
        "A rule whose pattern is changed protects what the old one matches, too.", KeepsOldPatterns
    ),
}
