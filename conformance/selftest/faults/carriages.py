"""Broken registries that do not know a credential by the way it is carried (section credentials)."""

from __future__ import annotations

from conformance.selftest.bending import denying, trusting
from conformance.selftest.exchange import Exchange
from conformance.selftest.faults.admission import publishing, reading, unknown
from conformance.selftest.faults.fault import Fault
from conformance.selftest.ledger import JOB_TOKEN
from conformance.selftest.messages import Answer, Request
from conformance.selftest.targets import concerns_package_file

UNAUTHORIZED = 401
CI_USER = "gitlab-ci-token"
PARAMETERS = {"private_token", "job_token"}


async def lets_basic_outweigh(request: Request, exchange: Exchange) -> Answer:
    """Overlook a PRIVATE-TOKEN beside Basic."""
    both = request.header("private-token") and request.header("authorization")
    if not (both and concerns_package_file(request)):
        return await exchange.forward(request)
    exchange.bend()
    return await exchange.forward(request.with_header("PRIVATE-TOKEN", None))


FAULTS = (
    Fault(
        "credentials.bearer-refused",
        "No token is accepted as Authorization: Bearer.",
        denying(lambda request, by: concerns_package_file(request) and by.carriage == "bearer", UNAUTHORIZED),
    ),
    Fault(
        "credentials.parameters-refused",
        "No token is accepted as a parameter of the query.",
        denying(lambda request, by: concerns_package_file(request) and by.carriage in PARAMETERS, UNAUTHORIZED),
    ),
    Fault(
        "credentials.unknown-bearer-publishes",
        "An unknown Bearer token publishes as if it were somebody's.",
        trusting(publishing(unknown("bearer"))),
    ),
    Fault(
        "credentials.unknown-parameters-publish",
        "An unknown token as a parameter of the query publishes as if it were somebody's.",
        trusting(publishing(lambda _, by: by.is_unknown and by.carriage in PARAMETERS)),
    ),
    Fault(
        "credentials.jobs-have-no-basic",
        "The token of a job is not accepted as a Basic password.",
        denying(
            lambda request, by: concerns_package_file(request) and by.kind == JOB_TOKEN and by.carriage == "basic",
            UNAUTHORIZED,
        ),
    ),
    Fault(
        "credentials.jobs-have-any-user",
        "The token of a job is accepted as the Basic password of any user.",
        trusting(reading(lambda _, by: by.kind == JOB_TOKEN and by.carriage == "basic" and by.user != CI_USER)),
    ),
    Fault(
        "credentials.headers-are-mixed-up",
        "The token of a job is accepted as PRIVATE-TOKEN, and an access token as JOB-TOKEN.",
        trusting(
            reading(
                lambda _, by: (
                    (by.carriage == "private-token" and by.kind == JOB_TOKEN)
                    or (by.carriage == "job-token" and bool(by.kind) and by.kind != JOB_TOKEN)
                )
            )
        ),
    ),
    Fault(
        "credentials.basic-outweighs",
        "A PRIVATE-TOKEN beside Basic is overlooked.",
        lambda: lets_basic_outweigh,
    ),
)
