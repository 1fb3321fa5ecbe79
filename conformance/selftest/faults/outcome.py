"""Broken registries that let in roles that they should refuse, or refuse roles that they should let in."""

from __future__ import annotations

from http import HTTPStatus

from conformance.selftest.endpoints import endpoint
from conformance.selftest.faults.fault import DOCUMENTED, FLAGGED, Fault
from conformance.selftest.messages import Request, Response, json_response, message_response
from conformance.selftest.mutation import PrincipalPredicate, deny, grant, respond, serve_principals
from conformance.selftest.observed_resources import JOB_TOKEN
from conformance.selftest.package_requests import concerns_package_file
from conformance.selftest.principal import (
    ACCESS_TOKEN,
    DEPLOY_TOKEN,
    DEVELOPER,
    GUEST,
    MAINTAINER,
    OWNER,
    REPORTER,
    Principal,
)
from conformance.selftest.principal_predicates import (
    anonymous,
    basic,
    in_private,
    in_public,
    level,
    outsider,
    publishing,
    reading,
    scoped,
    unknown,
    using_files,
)
from conformance.selftest.upstream import Upstream

WRITE, READ = "write_package_registry", "read_package_registry"


def _outsider_without_deploy_token(_: Request, by: Principal) -> bool:
    return by.is_outsider and by.kind != DEPLOY_TOKEN


def _outsider_with(kind: str) -> PrincipalPredicate:
    return lambda _, by: by.is_outsider and by.kind == kind


def _administrator_at_files(request: Request, by: Principal) -> bool:
    return concerns_package_file(request) and by.kind == "administrator"


async def _forbidden_as_missing(request: Request, upstream: Upstream) -> Response:
    response = await upstream.forward(request)
    return message_response(HTTPStatus.NOT_FOUND) if response.status == HTTPStatus.FORBIDDEN else response


FAULTS = {
    "authentication.anonymous-publishes": Fault(
        "Anybody may publish without a credential.", grant(publishing(anonymous))
    ),
    "authentication.unknown-token-publishes": Fault(
        "An unknown PRIVATE-TOKEN publishes as if it were somebody's.", grant(publishing(unknown("private-token")))
    ),
    "authentication.unknown-deploy-token-publishes": Fault(
        "An unknown DEPLOY-TOKEN publishes as if it were the project's.", grant(publishing(unknown("deploy-token")))
    ),
    "authentication.unknown-basic-publishes": Fault(
        "Any Basic password publishes.", grant(publishing(unknown("basic")))
    ),
    "authentication.guest-publishes": Fault("A guest may publish.", grant(publishing(level(GUEST)))),
    "authentication.reporter-publishes": Fault("A reporter may publish.", grant(publishing(level(REPORTER)))),
    "authentication.outsider-publishes": Fault(
        "Whoever has a valid token may publish to any project.", grant(publishing(outsider))
    ),
    "authentication.read-api-publishes": Fault(
        "The scope read_api is enough for publishing.", grant(publishing(scoped("read_api")))
    ),
    "authentication.read-deploy-token-publishes": Fault(
        "The scope read_package_registry is enough for publishing.", grant(publishing(scoped(READ)))
    ),
    "authentication.private-is-public": Fault(
        "The files of private projects download without a credential.", grant(reading(in_private(anonymous)))
    ),
    "authentication.unknown-token-reads-private": Fault(
        "An unknown PRIVATE-TOKEN opens private projects.", grant(reading(in_private(unknown("private-token"))))
    ),
    "authentication.unknown-basic-reads-private": Fault(
        "Any Basic password opens private projects.", grant(reading(in_private(unknown("basic"))))
    ),
    "authentication.outsider-reads-private": Fault(
        "Whoever has a valid access token may read any private project.",
        grant(reading(in_private(_outsider_without_deploy_token))),
    ),
    "outcome.unknown-job-token-publishes": Fault(
        "An unknown JOB-TOKEN publishes as if it were a running job's.", grant(publishing(unknown("job-token")))
    ),
    "outcome.unknown-header-reads-private": Fault(
        "An unknown JOB-TOKEN or DEPLOY-TOKEN opens private projects.",
        grant(reading(in_private(unknown("job-token", "deploy-token")))),
    ),
    "authentication.15-guest-reads": Fault(
        "A guest may download from a private project, as with a flag that is off.",
        grant(reading(in_private(level(GUEST)))),
        DOCUMENTED,
    ),
    "authentication.public-developer-may-not-publish": Fault(
        "Publishing to a public project needs a Maintainer.", deny(publishing(in_public(level(DEVELOPER))), 403)
    ),
    "authentication.private-developer-may-not-publish": Fault(
        "Publishing to a private project needs a Maintainer.", deny(publishing(in_private(level(DEVELOPER))), 403)
    ),
    "authentication.private-publishes-fail": Fault(
        "Every publish to a private project fails in the server.",
        deny(publishing(in_private(lambda _, __: True)), 500),
    ),
    "authentication.outsider-may-not-know-public": Fault(
        "Publishing to somebody else's public project is answered as if the project did not exist.",
        deny(publishing(in_public(outsider)), 404),
    ),
    "authentication.outsider-learns-of-private": Fault(
        "An outsider's publish to a private project is 403, which gives away that the project exists.",
        deny(publishing(in_private(outsider)), 403),
    ),
    "authentication.outsider-reader-learns-of-private": Fault(
        "An outsider's download from a private project is 403, which gives away that the project exists.",
        deny(reading(in_private(_outsider_with(ACCESS_TOKEN))), 403),
    ),
    "authentication.write-deploy-token-may-not-publish": Fault(
        "A deploy token with the write scope alone may not publish.", deny(publishing(scoped(WRITE)), 403)
    ),
    "authentication.two-scopes-may-not-publish": Fault(
        "A deploy token with both scopes counts as one that may only read.", deny(publishing(scoped(READ, WRITE)), 403)
    ),
    "authentication.basic-may-not-publish": Fault(
        "An access token is not accepted as a Basic password for publishing.",
        deny(publishing(basic(ACCESS_TOKEN)), 401),
    ),
    "authentication.basic-deploy-token-may-not-publish": Fault(
        "A deploy token is not accepted as a Basic password for publishing.", deny(publishing(basic(DEPLOY_TOKEN)), 401)
    ),
    "authentication.public-needs-a-credential": Fault(
        "Public projects' files do not download without a credential.", deny(reading(in_public(anonymous)), 401)
    ),
    "authentication.unknown-basic-refused-on-public": Fault(
        "An unknown Basic password is refused on a public project.", deny(reading(in_public(unknown("basic"))), 401)
    ),
    "authentication.private-guest-may-not-read": Fault(
        "A guest may not download from a private project, although the flag that lets guests do so is on.",
        deny(reading(in_private(level(GUEST))), 403),
        FLAGGED,
    ),
    "authentication.private-reporter-may-not-read": Fault(
        "Downloading from a private project needs a Developer.", deny(reading(in_private(level(REPORTER))), 403)
    ),
    "authentication.public-outsider-may-not-read": Fault(
        "A public project's files download for members and anonymous principals, not for other token holders.",
        deny(reading(in_public(outsider)), 403),
    ),
    "authentication.read-deploy-token-may-not-read": Fault(
        "A deploy token with the read scope alone may not download.", deny(reading(scoped(READ)), 403)
    ),
    "authentication.write-deploy-token-may-not-read": Fault(
        "A deploy token with the write scope alone may not download.", deny(reading(scoped(WRITE)), 403)
    ),
    "authentication.read-api-may-not-read": Fault(
        "An access token needs the scope api even for a download.", deny(reading(scoped("read_api")), 403)
    ),
    "authentication.basic-may-not-read": Fault(
        "An access token is not accepted as a Basic password for downloading.", deny(reading(basic(ACCESS_TOKEN)), 401)
    ),
    "authentication.basic-deploy-token-may-not-read": Fault(
        "A deploy token is not accepted as a Basic password for downloading.", deny(reading(basic(DEPLOY_TOKEN)), 401)
    ),
    "outcome.unknown-deploy-token-refused-on-public": Fault(
        "An unknown DEPLOY-TOKEN is refused on a public project.",
        deny(reading(in_public(unknown("deploy-token"))), 401),
    ),
    "outcome.15-jobs-have-basic": Fault(
        "The token of a job is accepted as a Basic password where GitLab 15 knows it as JOB-TOKEN alone.",
        grant(using_files(basic(JOB_TOKEN))),
        DOCUMENTED,
    ),
    "outcome.maintainer-may-not-publish": Fault(
        "Publishing is for developers alone, not for maintainers.", deny(publishing(level(MAINTAINER)), 403)
    ),
    "outcome.owner-may-not-publish": Fault(
        "Publishing is for developers and maintainers, not for owners.", deny(publishing(level(OWNER)), 403)
    ),
    "outcome.members-may-not-read-public": Fault(
        "A public project's files download for strangers, not for members.",
        deny(reading(in_public(lambda _, by: by.level > 0)), 403),
    ),
    "outcome.developers-may-not-read-private": Fault(
        "Developers, maintainers and owners may not download from a private project.",
        deny(reading(in_private(lambda _, by: by.level >= DEVELOPER)), 403),
    ),
    "outcome.two-scopes-may-not-read": Fault(
        "A deploy token with both scopes may not download.", deny(reading(scoped(READ, WRITE)), 403)
    ),
    "outcome.open-registry-stays-closed": Fault(
        "A private project's files need a credential, also where the package registry is open to everyone.",
        deny(reading(in_private(anonymous)), 401),
    ),
    "outcome.registries-stay-switched-on": Fault(
        "Switching the package registry of a project off is acknowledged and not done.",
        respond(endpoint("PUT", r"/projects/\d+"), lambda _: json_response(200, {})),
    ),
    "outcome.switched-off-is-not-found": Fault(
        "A project whose package registry is switched off is 404.",
        serve_principals(_administrator_at_files, _forbidden_as_missing),
    ),
}
