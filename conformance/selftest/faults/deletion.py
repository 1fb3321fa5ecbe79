"""Broken registries that delete a package, one of its files, or a project wrongly."""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import Any

from conformance.selftest.credentials import authorised_by
from conformance.selftest.endpoints import FILE, FILES, PACKAGE, endpoint, path_of
from conformance.selftest.faults.fault import Fault
from conformance.selftest.messages import Request, Response, collect, message_response, no_content
from conformance.selftest.mutation import (
    deny,
    grant,
    refuse,
    respond,
    rewrite_json,
    rewrite_request,
    rewrite_response,
    serve_principals,
)
from conformance.selftest.observed_resources import JOB_TOKEN
from conformance.selftest.principal import DEVELOPER
from conformance.selftest.upstream import Upstream

PROJECT = r"/projects/\d+"
deletes = endpoint("DELETE", PACKAGE, FILE)


def _removes_at_once(request: Request) -> bool:
    return endpoint("DELETE", PROJECT)(request) and "permanently_remove=true" in request.target


def _unmarked(project: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in project.items() if not key.startswith("marked_for_deletion")}


async def _refused_and_deleted(request: Request, upstream: Upstream) -> Response:
    await upstream.forward(authorised_by(request, upstream.token))
    return message_response(HTTPStatus.FORBIDDEN)


class KeepsDeletedFiles:
    """Remembers the files of every package that it has listed and lists them ever after."""

    def __init__(self) -> None:
        self._listed: dict[str, dict[int, dict[str, Any]]] = {}

    async def __call__(self, request: Request, upstream: Upstream) -> Response:
        """Add to a list what it once held."""
        response = await upstream.forward(request)
        if not (endpoint("GET", FILES)(request) and response.status == HTTPStatus.OK):
            return response
        listed = self._listed.setdefault(path_of(request), {})
        listed.update({entry["id"]: entry for entry in json.loads(await collect(response.body))})
        upstream.mark_mutated()
        return response.with_content(json.dumps(list(listed.values())).encode())


def _is_done(request: Request, response: Response) -> bool:
    return deletes(request) and response.status == HTTPStatus.NO_CONTENT


FAULTS = {
    "packages.allowed-deletions-fail": Fault(
        "Deleting a package or a file is answered 500 to whoever may.",
        rewrite_response(_is_done, lambda _: message_response(500)),
    ),
    "packages.deletes-do-nothing": Fault(
        "Deleting is acknowledged, whoever asks, and not done.", respond(deletes, lambda _: no_content())
    ),
    "packages.deletes-are-refused-and-done": Fault(
        "Refusing to delete, the server deletes.",
        serve_principals(lambda request, by: deletes(request) and by.level == DEVELOPER, _refused_and_deleted),
    ),
    "packages.deletes-ask-for-a-credential": Fault(
        "Whoever deletes without a credential is asked for one: 401.",
        deny(lambda request, by: deletes(request) and by.is_anonymous, 401),
    ),
    "packages.deletes-hide-public-projects": Fault(
        "To somebody who is not a member there is nothing to delete in a public project: 404.",
        deny(lambda request, by: deletes(request) and by.is_outsider and not by.sees_private, 404),
    ),
    "packages.deletes-tell-of-private-projects": Fault(
        "Deleting in a private project is 403 for everybody who may not, also for those who do not see it.",
        deny(lambda request, by: deletes(request) and by.sees_private and not by.is_member, 403),
    ),
    "packages.jobs-may-not-delete": Fault(
        "The token of a job deletes nothing.", deny(lambda request, by: deletes(request) and by.kind == JOB_TOKEN, 403)
    ),
    "packages.jobs-delete-everything": Fault(
        "The token of any job deletes packages and files.",
        grant(lambda request, by: deletes(request) and by.kind == JOB_TOKEN),
    ),
    "packages.deletes-repeat": Fault(
        "Deleting a file that is not there is 204.",
        rewrite_response(
            lambda request, response: endpoint("DELETE", FILE)(request) and response.status == HTTPStatus.NOT_FOUND,
            lambda _: no_content(),
        ),
    ),
    "packages.deleted-files-stay-listed": Fault(
        "The list of a package's files keeps those that were deleted.", KeepsDeletedFiles
    ),
    "packages.files-take-their-package-along": Fault(
        "Deleting a file deletes its package.",
        rewrite_request(
            endpoint("DELETE", FILE), lambda request: request.with_target(request.target.partition("/package_files")[0])
        ),
    ),
    "projects.deletions-are-refused": Fault("No project can be deleted.", refuse(endpoint("DELETE", PROJECT), 403)),
    "projects.marks-are-not-shown": Fault(
        "A project that is marked for deletion does not say so.", rewrite_json(endpoint("GET", PROJECT), _unmarked)
    ),
    "projects.marked-stay": Fault(
        "Removing a marked project at once is acknowledged and not done.",
        respond(_removes_at_once, lambda _: message_response(202)),
    ),
}
