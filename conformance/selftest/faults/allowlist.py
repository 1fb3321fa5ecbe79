"""Broken registries whose allowlists of job tokens let in the wrong projects."""

from __future__ import annotations

from conformance.selftest.endpoints import ALLOWLIST, endpoint
from conformance.selftest.faults.fault import DOCUMENTED, Fault
from conformance.selftest.messages import Request
from conformance.selftest.mutation import deny, grant, rewrite_json
from conformance.selftest.package_requests import concerns_package_file
from conformance.selftest.principal import Principal


def _foreign_job(request: Request, by: Principal) -> bool:
    return concerns_package_file(request) and by.is_foreign_job and by.sees_private and by.is_member


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
    "allowlist.15-admits-no-project": Fault(
        "Only a project's own job tokens are let in, as in later versions.", deny(_foreign_job, 403), DOCUMENTED
    ),
}
