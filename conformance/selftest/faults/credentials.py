"""Broken registries that do not know a credential by the way it is presented, or not for what it is."""

from __future__ import annotations

from conformance.selftest.faults.fault import Fault
from conformance.selftest.messages import Request
from conformance.selftest.mutation import PrincipalPredicate, deny, grant, rewrite_request
from conformance.selftest.observed_resources import JOB_TOKEN
from conformance.selftest.package_requests import concerns_package_file, is_head
from conformance.selftest.principal import Principal
from conformance.selftest.principal_predicates import basic, publishing, reading, scoped, unknown, using_files

CI_USER = "gitlab-ci-token"
PARAMETERS = ("private_token", "job_token")


def _presenting(*schemes: str) -> PrincipalPredicate:
    return using_files(lambda _, by: by.scheme in schemes)


def _mixed_up(_: Request, by: Principal) -> bool:
    is_job = by.kind == JOB_TOKEN
    return (by.scheme == "private-token" and is_job) or (by.scheme == "job-token" and bool(by.kind) and not is_job)


def _private_token_beside_basic(request: Request) -> bool:
    both = request.header("private-token") and request.header("authorization")
    return bool(both) and concerns_package_file(request)


FAULTS = {
    "credentials.bearer-refused": Fault(
        "No token is accepted as Authorization: Bearer.", deny(_presenting("bearer"), 401)
    ),
    "credentials.parameters-refused": Fault(
        "No token is accepted as a parameter of the query.", deny(_presenting(*PARAMETERS), 401)
    ),
    "credentials.unknown-bearer-publishes": Fault(
        "An unknown Bearer token publishes as if it were somebody's.", grant(publishing(unknown("bearer")))
    ),
    "credentials.unknown-parameters-publish": Fault(
        "An unknown token as a parameter of the query publishes as if it were somebody's.",
        grant(publishing(unknown(*PARAMETERS))),
    ),
    "credentials.jobs-have-no-basic": Fault(
        "The token of a job is not accepted as a Basic password.", deny(using_files(basic(JOB_TOKEN)), 401)
    ),
    "credentials.jobs-have-any-user": Fault(
        "The token of a job is accepted as the Basic password of any user.",
        grant(reading(lambda request, by: basic(JOB_TOKEN)(request, by) and by.user != CI_USER)),
    ),
    "credentials.headers-are-mixed-up": Fault(
        "The token of a job is accepted as PRIVATE-TOKEN, and an access token as JOB-TOKEN.", grant(reading(_mixed_up))
    ),
    "credentials.basic-outweighs": Fault(
        "A PRIVATE-TOKEN beside Basic is overlooked.",
        rewrite_request(_private_token_beside_basic, lambda request: request.with_header("PRIVATE-TOKEN", None)),
    ),
    "credentials.unrelated-scope-suffices": Fault(
        "An access token may do what its role may, whatever its scope is.",
        grant(using_files(scoped("read_repository"))),
    ),
    "credentials.head-needs-api": Fault(
        "read_api is enough for GET and not for HEAD.",
        deny(lambda request, by: is_head(request) and scoped("read_api")(request, by), 403),
    ),
    "credentials.group-tokens-refused": Fault(
        "Tokens of groups are good for groups alone, not for their projects.",
        deny(using_files(lambda _, by: by.is_of_group), 403),
    ),
}
