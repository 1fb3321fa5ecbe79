"""Broken registries whose allowlists of job tokens let in the wrong projects."""

from __future__ import annotations

from http import HTTPStatus

from conformance.selftest.endpoints import ALLOWLIST, endpoint
from conformance.selftest.faults.fault import DOCUMENTED, Fault
from conformance.selftest.messages import Request, Response, json_response
from conformance.selftest.mutation import ResponsePredicate, deny, grant, rewrite_json, rewrite_response
from conformance.selftest.package_requests import concerns_package_file
from conformance.selftest.principal import Principal


def _foreign_job(request: Request, by: Principal) -> bool:
    return concerns_package_file(request) and by.is_foreign_job and by.sees_private and by.is_member


def _refused_with(status: int) -> ResponsePredicate:
    return lambda request, response: endpoint("POST", ALLOWLIST)(request) and response.status == status


def _acknowledged(_: Response) -> Response:
    return json_response(HTTPStatus.CREATED, {})


FAULTS = {
    "allowlist.admits-every-project": Fault(
        "The job tokens of all projects are let in, whatever the allowlist says.", grant(_foreign_job)
    ),
    "allowlist.admits-no-project": Fault(
        "Only a project's own job tokens are let in, whatever the allowlist says.", deny(_foreign_job, 403)
    ),
    "allowlist.shows-nothing": Fault(
        "The allowlist is shown empty.", rewrite_json(endpoint("GET", ALLOWLIST), lambda _: [])
    ),
    "allowlist.adds-again": Fault(
        "A project that is on the allowlist is added once more.",
        rewrite_response(_refused_with(HTTPStatus.BAD_REQUEST), _acknowledged),
    ),
    "allowlist.adds-unknown-projects": Fault(
        "A project that does not exist is added to the allowlist.",
        rewrite_response(_refused_with(HTTPStatus.NOT_FOUND), _acknowledged),
    ),
    "allowlist.15-admits-no-project": Fault(
        "Only a project's own job tokens are let in, as in later versions.", deny(_foreign_job, 403), DOCUMENTED
    ),
}
