"""Broken registries that delete a package, one of its files, or a project wrongly."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from conformance.selftest.credentials import authorised_by
from conformance.selftest.endpoints import FILE, PACKAGE, endpoint
from conformance.selftest.faults.fault import Fault
from conformance.selftest.messages import Request, Response, message_response, no_content
from conformance.selftest.mutation import refuse, respond, rewrite_json, rewrite_request, serve_principals
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


FAULTS = {
    "packages.deletes-do-nothing": Fault(
        "Deleting is acknowledged, whoever asks, and not done.", respond(deletes, lambda _: no_content())
    ),
    "packages.deletes-are-refused-and-done": Fault(
        "Refusing to delete, the server deletes.",
        serve_principals(lambda request, by: deletes(request) and by.level == DEVELOPER, _refused_and_deleted),
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
