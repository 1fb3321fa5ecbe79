"""Broken registries that keep protection rules wrongly (section protection)."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from conformance.selftest.bending import amending, answering, doubled, rephrasing, rewriting, trusting
from conformance.selftest.calls import RULE, RULES, calls
from conformance.selftest.exchange import Exchange
from conformance.selftest.faults.fault import Fault
from conformance.selftest.messages import Answer, Request, collect, json_answer, message_answer, nothing
from conformance.selftest.targets import authorised_by, publishes

FORBIDDEN = 403
NO_CONTENT = 204
SMALL = 64 * 1024
WORDS = b"Package protected"
Rule = dict[str, Any]
making = calls("POST", RULES)


def _publishes_little(request: Request) -> bool:
    return publishes(request) and int(request.header("content-length") or SMALL) < SMALL


def remaking(change: Callable[[Rule], Rule]) -> Callable[[Request], Any]:
    """Make a change of a rule a change of the request that makes it."""

    async def changed(request: Request) -> Request:
        return request.with_content(json.dumps(change(json.loads(await collect(request.body)))).encode())

    return changed


async def _protects(request: Request, exchange: Exchange) -> tuple[bool, Answer, Request]:
    """Send a publish; say whether a rule refuses it, and return the answer and the publish to be sent again."""
    sent, again = await doubled(request)
    answer = await exchange.forward(sent)
    if answer.status != FORBIDDEN:
        return False, answer, again
    content = await collect(answer.body)
    return WORDS in content, answer.with_content(content), again


async def never_protects(request: Request, exchange: Exchange) -> Answer:
    """Publish in spite of a rule."""
    if not _publishes_little(request):
        return await exchange.forward(request)
    refused, answer, again = await _protects(request, exchange)
    if not refused:
        return answer
    exchange.bend()
    return await exchange.forward(authorised_by(again, exchange.token))


async def refuses_and_stores(request: Request, exchange: Exchange) -> Answer:
    """Publish in spite of a rule and refuse it."""
    if not _publishes_little(request):
        return await exchange.forward(request)
    refused, answer, again = await _protects(request, exchange)
    if refused:
        exchange.bend()
        await exchange.forward(authorised_by(again, exchange.token))
    return answer


async def gives_no_reason(request: Request, exchange: Exchange) -> Answer:
    """Refuse a protected package like any other forbidden one."""
    if not _publishes_little(request):
        return await exchange.forward(request)
    refused, answer, _ = await _protects(request, exchange)
    if not refused:
        return answer
    exchange.bend()
    return message_answer(FORBIDDEN)


def _swapped(rule: Rule) -> Rule:
    level = rule["minimum_access_level_for_push"]
    return {**rule, "minimum_access_level_for_push": {"maintainer": "owner", "owner": "maintainer"}.get(level, level)}


def _named(change: Callable[[str], str]) -> Callable[[Rule], Rule]:
    return lambda rule: {**rule, "package_name_pattern": change(rule["package_name_pattern"])}


def _is_refused(request: Request, answer: Answer) -> bool:
    return making(request) and answer.status in {400, 422}


FAULTS = (
    Fault("protection.never-protects", "A rule keeps nobody from publishing.", lambda: never_protects),
    Fault("protection.refuses-and-stores", "A publish that a rule refuses is stored.", lambda: refuses_and_stores),
    Fault(
        "protection.gives-no-reason",
        "A publish that a rule refuses is forbidden without a word.",
        lambda: gives_no_reason,
    ),
    Fault(
        "protection.levels-are-swapped",
        "Maintainer is taken for owner, and owner for maintainer.",
        rewriting(making, remaking(_swapped)),
    ),
    Fault(
        "protection.stars-need-a-character",
        "A star at the end stands for one character or more.",
        rewriting(making, remaking(_named(lambda name: name.replace("-*", "-a*")))),
    ),
    Fault(
        "protection.stars-reach-back",
        "A star at the end stands for the character before it as well.",
        rewriting(making, remaking(_named(lambda name: name.replace("-*", "*")))),
    ),
    Fault(
        "protection.patterns-match-beginnings",
        "A pattern concerns every name that begins with it.",
        rewriting(making, remaking(_named(lambda name: name if name.endswith("*") else f"{name}*"))),
    ),
    Fault(
        "protection.rules-are-nameless",
        "A new rule is answered without its pattern.",
        rephrasing(making, lambda rule: {"id": rule["id"]}),
    ),
    Fault(
        "protection.rules-are-not-listed", "The list of rules is empty.", rephrasing(calls("GET", RULES), lambda _: [])
    ),
    Fault(
        "protection.anybody-makes-rules",
        "Every member may make rules.",
        trusting(lambda request, by: making(request) and by.is_member),
    ),
    Fault(
        "protection.illegal-levels-are-taken",
        "A rule with an unknown level is acknowledged.",
        amending(_is_refused, lambda _: json_answer(201, {"id": 1})),
    ),
    Fault(
        "protection.rules-cannot-be-deleted",
        "Deleting a rule is acknowledged and not done.",
        answering(calls("DELETE", RULE), lambda _: Answer(NO_CONTENT, (), nothing(), "No Content")),
    ),
)
