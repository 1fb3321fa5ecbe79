"""Broken registries whose lists of packages hold something else, or are somebody else's to see (section packages)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from conformance.selftest.bending import amending, denying, refusing, rephrasing, rewriting, trusting
from conformance.selftest.callers import GUEST, REPORTER, Caller, caller
from conformance.selftest.calls import GROUP_LIST, LIST, PACKAGE, calls
from conformance.selftest.exchange import Exchange
from conformance.selftest.faults.fault import DOCUMENTED, Fault
from conformance.selftest.faults.publish import with_status
from conformance.selftest.messages import Answer, Request, message_answer
from conformance.selftest.targets import anonymous, package_file

OK = 200
UNAUTHORIZED = 401
FORBIDDEN = 403
NOT_FOUND = 404
Entry = dict[str, Any]
listing = calls("GET", LIST)
listing_group = calls("GET", GROUP_LIST)
showing = calls("GET", LIST, PACKAGE)


def each(change: Callable[[Entry], Entry]) -> Callable[[list[Entry]], list[Entry]]:
    """Make a change of one entry a change of a list."""
    return lambda entries: [change(entry) for entry in entries]


def parameter(name: str, value: str | None) -> Callable[[Request], Request]:
    """Set a parameter of the query, or leave it out where the value is None."""

    def change(request: Request) -> Request:
        path, _, query = request.target.partition("?")
        kept = [part for part in query.split("&") if part and part.partition("=")[0] != name]
        added = [] if value is None else [f"{name}={value}"]
        return request.with_target(f"{path}?{'&'.join([*kept, *added])}")

    return change


def _without_query(request: Request) -> Request:
    return request.with_target(request.target.partition("?")[0])


def _without_status(request: Request) -> Request:
    target = package_file(request)
    return request.with_target(target.with_parameters(status=None).target) if target else request


def _private_members(request: Request, by: Caller) -> bool:
    return listing(request) and by.sees_private and by.level >= GUEST


def _is_empty(request: Request, answer: Answer) -> bool:
    return listing(request) and answer.header("content-length") == "2"


async def overlooks_unknown_tokens(request: Request, exchange: Exchange) -> Answer:
    """Take a token that nobody has for no credential."""
    if not (listing(request) and caller(request, exchange).is_unknown):
        return await exchange.forward(request)
    exchange.bend()
    return await exchange.forward(anonymous(request))


FAULTS = (
    Fault("packages.lists-fail", "Every list of packages fails in the server.", refusing(listing, 500)),
    Fault("packages.lists-are-empty", "Every list of packages is empty.", rephrasing(listing, lambda _: [])),
    Fault("packages.lists-ignore-parameters", "A list takes no parameters.", rewriting(listing, _without_query)),
    Fault(
        "packages.lists-forget-tags",
        "An entry of a list has no tags.",
        rephrasing(listing, each(lambda entry: {key: value for key, value in entry.items() if key != "tags"})),
    ),
    Fault(
        "packages.lists-write-ids-as-text",
        "The ids in a list are text.",
        rephrasing(listing, each(lambda entry: {**entry, "id": str(entry["id"])})),
    ),
    Fault(
        "packages.lists-show-hidden",
        "What is published as hidden is listed like everything else.",
        rewriting(with_status("hidden"), _without_status),
    ),
    Fault(
        "packages.hidden-stays-hidden",
        "A hidden package stays hidden, whatever a later upload says.",
        rewriting(with_status("default"), _without_status),
    ),
    Fault(
        "packages.lists-need-a-credential",
        "Nobody sees a list or a package without a credential.",
        denying(lambda request, by: showing(request) and by.is_anonymous, UNAUTHORIZED),
    ),
    Fault(
        "packages.lists-overlook-unknown-tokens",
        "A token that nobody has counts as none for lists.",
        lambda: overlooks_unknown_tokens,
    ),
    Fault(
        "packages.lists-show-private-to-outsiders",
        "Whoever has a token sees the packages of every project.",
        trusting(lambda request, by: showing(request) and by.is_outsider),
    ),
    Fault(
        "packages.lists-hide-private-from-members",
        "The packages of a private project are listed for the administrator alone.",
        denying(_private_members, FORBIDDEN),
    ),
    Fault(
        "packages.15-lists-show-guests",
        "A guest may list the packages of a private project, as in later editions.",
        trusting(lambda request, by: listing(request) and by.sees_private and GUEST <= by.level < REPORTER),
        DOCUMENTED,
    ),
    Fault("packages.15-lists-fail", "Every list of packages fails in the server.", refusing(listing, 500), DOCUMENTED),
    Fault(
        "packages.empty-lists-are-404",
        "A list without entries is 404.",
        amending(_is_empty, lambda _: message_answer(NOT_FOUND)),
    ),
    Fault(
        "packages.groups-leave-out-subgroups",
        "The list of a group leaves subgroups out.",
        rewriting(listing_group, parameter("exclude_subgroups", "true")),
    ),
    Fault(
        "packages.groups-hold-subgroups-always",
        "The list of a group holds subgroups, whatever exclude_subgroups says.",
        rewriting(listing_group, parameter("exclude_subgroups", None)),
    ),
)
