"""Broken registries whose lists of packages hold something else, or are somebody else's to see."""

from __future__ import annotations

from typing import Any

from conformance.selftest.credentials import without_credential
from conformance.selftest.endpoints import LIST, PACKAGE, endpoint, lists_packages
from conformance.selftest.faults.fault import DOCUMENTED, FLAGGED, Fault
from conformance.selftest.messages import Request, Response, message_response
from conformance.selftest.mutation import (
    deny,
    each,
    grant,
    refuse,
    rewrite_json,
    rewrite_path,
    rewrite_request,
    rewrite_response,
    serve_principals,
)
from conformance.selftest.observed_resources import JOB_TOKEN
from conformance.selftest.package_requests import PackageFilePath, publishes_with
from conformance.selftest.principal import GUEST, REPORTER, Principal
from conformance.selftest.upstream import Upstream

Entry = dict[str, Any]
shows = endpoint("GET", LIST, PACKAGE)


def _without_query(request: Request) -> Request:
    return request.with_target(request.target.partition("?")[0])


def _without_status(path: PackageFilePath) -> PackageFilePath:
    return path.with_parameters(status=None)


def _private_members(request: Request, by: Principal) -> bool:
    return lists_packages(request) and by.sees_private and by.level >= GUEST


def _is_empty(request: Request, response: Response) -> bool:
    return lists_packages(request) and response.header("content-length") == "2"


async def _as_anonymous(request: Request, upstream: Upstream) -> Response:
    return await upstream.forward(without_credential(request))


FAULTS = {
    "packages.lists-fail": Fault("Every list of packages fails in the server.", refuse(lists_packages, 500)),
    "packages.lists-are-empty": Fault("Every list of packages is empty.", rewrite_json(lists_packages, lambda _: [])),
    "packages.lists-ignore-parameters": Fault(
        "A list takes no parameters.", rewrite_request(lists_packages, _without_query)
    ),
    "packages.lists-forget-tags": Fault(
        "An entry of a list has no tags.",
        rewrite_json(lists_packages, each(lambda entry: {key: value for key, value in entry.items() if key != "tags"})),
    ),
    "packages.lists-write-ids-as-text": Fault(
        "The ids in a list are text.",
        rewrite_json(lists_packages, each(lambda entry: {**entry, "id": str(entry["id"])})),
    ),
    "packages.lists-show-hidden": Fault(
        "What is published as hidden is listed like everything else.",
        rewrite_path(publishes_with("status", "hidden"), _without_status),
    ),
    "packages.hidden-stays-hidden": Fault(
        "A hidden package stays hidden, whatever a later upload says.",
        rewrite_path(publishes_with("status", "default"), _without_status),
    ),
    "packages.lists-need-a-credential": Fault(
        "Nobody sees a list or a package without a credential.",
        deny(lambda request, by: shows(request) and by.is_anonymous, 401),
    ),
    "packages.lists-overlook-unknown-tokens": Fault(
        "A token that nobody has counts as none for lists.",
        serve_principals(lambda request, by: lists_packages(request) and by.is_unknown, _as_anonymous),
    ),
    "packages.lists-show-private-to-outsiders": Fault(
        "Whoever has a token sees the packages of every project.",
        grant(lambda request, by: shows(request) and by.is_outsider),
    ),
    "packages.lists-hide-private-from-members": Fault(
        "The packages of a private project are listed for the administrator alone.", deny(_private_members, 403)
    ),
    "packages.15-lists-show-guests": Fault(
        "A guest may list the packages of a private project, as with a flag that is off.",
        grant(lambda request, by: lists_packages(request) and by.sees_private and GUEST <= by.level < REPORTER),
        DOCUMENTED,
    ),
    "packages.flagged-lists-refuse-guests": Fault(
        "A guest may not list the packages of a private project, although the flag that lets guests do so is on.",
        deny(lambda request, by: lists_packages(request) and by.sees_private and by.level == GUEST, 403),
        FLAGGED,
    ),
    "packages.15-lists-open-to-jobs": Fault(
        "The token of a job lists packages where GitLab 15.0 does not know it.",
        grant(lambda request, by: lists_packages(request) and by.kind == JOB_TOKEN),
        DOCUMENTED,
    ),
    "packages.15-lists-fail": Fault(
        "Every list of packages fails in the server.", refuse(lists_packages, 500), DOCUMENTED
    ),
    "packages.flagged-lists-fail": Fault(
        "Every list of packages fails in the server, in GitLab 18.1 whose guests may download.",
        refuse(lists_packages, 500),
        FLAGGED,
    ),
    "packages.empty-lists-are-404": Fault(
        "A list without entries is 404.", rewrite_response(_is_empty, lambda _: message_response(404))
    ),
}
