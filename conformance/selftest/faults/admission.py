"""Broken registries that let in whom they should refuse (section authentication)."""

from __future__ import annotations

import re

from conformance.selftest.bending import WhenCalled, answering, refusing, trusting
from conformance.selftest.callers import DEPLOY_TOKEN, GUEST, REPORTER, caller
from conformance.selftest.exchange import Exchange
from conformance.selftest.faults.fault import DOCUMENTED, Fault
from conformance.selftest.messages import Answer, Request, nothing
from conformance.selftest.targets import anonymous, concerns_package_file, publishes, reads

NO_CONTENT = 204
INSIDE_A_PROJECT = re.compile(r"/projects/[^/]+/|/groups/[^/]+/|/personal_access_tokens/")
TOKEN = re.compile(r"/(access_tokens|deploy_tokens|personal_access_tokens)/")


def publishing(who: WhenCalled) -> WhenCalled:
    """Choose publishes by these callers."""
    return lambda request, by: publishes(request) and who(request, by)


def reading(who: WhenCalled) -> WhenCalled:
    """Choose downloads and HEADs by these callers."""
    return lambda request, by: reads(request) and who(request, by)


def unknown(carriage: str) -> WhenCalled:
    """Choose callers who present an unknown credential in this way."""
    return lambda _, by: by.is_unknown and by.carriage == carriage


def unknown_to_private(carriage: str) -> WhenCalled:
    """Choose callers who present an unknown credential in this way to a private project."""
    return lambda request, by: by.sees_private and unknown(carriage)(request, by)


def level(number: int) -> WhenCalled:
    """Choose members of this access level whose token has the whole API in its scope."""
    return lambda _, by: by.is_member and by.level == number and "api" in by.scopes


def scoped(*scopes: str) -> WhenCalled:
    """Choose members whose token has exactly these scopes."""
    return lambda _, by: by.is_member and by.scopes == frozenset(scopes)


def _deletes_inside_a_project(request: Request) -> bool:
    return request.method == "DELETE" and INSIDE_A_PROJECT.search(request.target) is not None


def _token_is_revoked(request: Request) -> bool:
    return request.method == "DELETE" and TOKEN.search(request.target) is not None


async def ignores_unknown_headers(request: Request, exchange: Exchange) -> Answer:
    """Take a credential that nobody has for none at all, however it is carried."""
    by = caller(request, exchange)
    if not (reads(request) and by.is_unknown and by.carriage != "basic"):
        return await exchange.forward(request)
    exchange.bend()
    return await exchange.forward(anonymous(request))


FAULTS = (
    Fault(
        "authentication.anonymous-publishes",
        "Anybody may publish without a credential.",
        trusting(publishing(lambda _, by: by.is_anonymous)),
    ),
    Fault(
        "authentication.unknown-token-publishes",
        "An unknown PRIVATE-TOKEN publishes as if it were somebody's.",
        trusting(publishing(unknown("private-token"))),
    ),
    Fault(
        "authentication.unknown-deploy-token-publishes",
        "An unknown DEPLOY-TOKEN publishes as if it were the project's.",
        trusting(publishing(unknown("deploy-token"))),
    ),
    Fault(
        "authentication.unknown-basic-publishes",
        "Any Basic password publishes.",
        trusting(publishing(unknown("basic"))),
    ),
    Fault("authentication.guest-publishes", "A guest may publish.", trusting(publishing(level(GUEST)))),
    Fault("authentication.reporter-publishes", "A reporter may publish.", trusting(publishing(level(REPORTER)))),
    Fault(
        "authentication.outsider-publishes",
        "Whoever has a valid token may publish to any project.",
        trusting(publishing(lambda _, by: by.is_outsider)),
    ),
    Fault(
        "authentication.read-api-publishes",
        "The scope read_api is enough for publishing.",
        trusting(publishing(scoped("read_api"))),
    ),
    Fault(
        "authentication.read-deploy-token-publishes",
        "The scope read_package_registry is enough for publishing.",
        trusting(publishing(scoped("read_package_registry"))),
    ),
    Fault(
        "authentication.private-is-public",
        "The files of private projects download without a credential.",
        trusting(reading(lambda _, by: by.is_anonymous and by.sees_private)),
    ),
    Fault(
        "authentication.unknown-header-is-anonymous",
        "A credential that nobody has counts as none on a download, however it is carried.",
        lambda: ignores_unknown_headers,
    ),
    Fault(
        "authentication.unknown-token-reads-private",
        "An unknown PRIVATE-TOKEN opens private projects.",
        trusting(reading(unknown_to_private("private-token"))),
    ),
    Fault(
        "authentication.unknown-basic-reads-private",
        "Any Basic password opens private projects.",
        trusting(reading(unknown_to_private("basic"))),
    ),
    Fault(
        "authentication.outsider-reads-private",
        "Whoever has a valid access token may read any private project.",
        trusting(reading(lambda _, by: by.is_outsider and by.sees_private and by.kind != DEPLOY_TOKEN)),
    ),
    Fault(
        "authentication.deploy-token-opens-every-project",
        "A deploy token is not bound to its project.",
        trusting(reading(lambda _, by: by.is_outsider and by.kind == DEPLOY_TOKEN)),
    ),
    Fault(
        "authentication.revocation-does-nothing",
        "Revoking a token is acknowledged and not done.",
        answering(_token_is_revoked, lambda _: Answer(NO_CONTENT, (), nothing(), "No Content")),
    ),
    Fault(
        "authentication.deletes-fail",
        "Every DELETE of something inside a project or group, and of a token, fails in the server.",
        refusing(_deletes_inside_a_project, 500),
    ),
    Fault(
        "outcome.unknown-job-token-publishes",
        "An unknown JOB-TOKEN publishes as if it were a running job's.",
        trusting(publishing(unknown("job-token"))),
    ),
    Fault(
        "outcome.unknown-header-reads-private",
        "An unknown JOB-TOKEN or DEPLOY-TOKEN opens private projects.",
        trusting(
            reading(lambda _, by: by.sees_private and by.is_unknown and by.carriage in {"job-token", "deploy-token"})
        ),
    ),
    Fault(
        "credentials.unrelated-scope-suffices",
        "An access token may do what its role may, whatever its scope is.",
        trusting(lambda request, by: concerns_package_file(request) and scoped("read_repository")(request, by)),
    ),
    Fault(
        "authentication.15-guest-reads",
        "A guest may download from a private project where GitLab 15 refuses it.",
        trusting(reading(lambda request, by: by.sees_private and level(GUEST)(request, by))),
        DOCUMENTED,
    ),
)
