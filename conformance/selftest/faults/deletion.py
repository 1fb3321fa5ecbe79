"""Broken registries that delete a package, or one of its files, wrongly."""

from __future__ import annotations

from http import HTTPStatus

from conformance.selftest.credentials import authorised_by
from conformance.selftest.endpoints import FILE, PACKAGE, endpoint
from conformance.selftest.faults.fault import Fault
from conformance.selftest.messages import Request, Response, message_response, no_content
from conformance.selftest.mutation import respond, rewrite_request, serve_principals
from conformance.selftest.principal import DEVELOPER
from conformance.selftest.upstream import Upstream

deletes = endpoint("DELETE", PACKAGE, FILE)


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
}
