"""Broken registries that let in roles that they should refuse, or refuse roles that they should let in."""

from __future__ import annotations

from conformance.selftest.faults.fault import DOCUMENTED, Fault
from conformance.selftest.messages import Request
from conformance.selftest.mutation import PrincipalPredicate, deny, grant
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
)

WRITE, READ = "write_package_registry", "read_package_registry"


def _outsider_without_deploy_token(_: Request, by: Principal) -> bool:
    return by.is_outsider and by.kind != DEPLOY_TOKEN


def _outsider_with(kind: str) -> PrincipalPredicate:
    return lambda _, by: by.is_outsider and by.kind == kind


FAULTS = (
    Fault(
        "authentication.anonymous-publishes", "Anybody may publish without a credential.", grant(publishing(anonymous))
    ),
    Fault(
        "authentication.unknown-token-publishes",
        "An unknown PRIVATE-TOKEN publishes as if it were somebody's.",
        grant(publishing(unknown("private-token"))),
    ),
    Fault(
        "authentication.unknown-deploy-token-publishes",
        "An unknown DEPLOY-TOKEN publishes as if it were the project's.",
        grant(publishing(unknown("deploy-token"))),
    ),
    Fault(
        "authentication.unknown-basic-publishes", "Any Basic password publishes.", grant(publishing(unknown("basic")))
    ),
    Fault("authentication.guest-publishes", "A guest may publish.", grant(publishing(level(GUEST)))),
    Fault("authentication.reporter-publishes", "A reporter may publish.", grant(publishing(level(REPORTER)))),
    Fault(
        "authentication.outsider-publishes",
        "Whoever has a valid token may publish to any project.",
        grant(publishing(outsider)),
    ),
    Fault(
        "authentication.read-api-publishes",
        "The scope read_api is enough for publishing.",
        grant(publishing(scoped("read_api"))),
    ),
    Fault(
        "authentication.read-deploy-token-publishes",
        "The scope read_package_registry is enough for publishing.",
        grant(publishing(scoped(READ))),
    ),
    Fault(
        "authentication.private-is-public",
        "The files of private projects download without a credential.",
        grant(reading(in_private(anonymous))),
    ),
    Fault(
        "authentication.unknown-token-reads-private",
        "An unknown PRIVATE-TOKEN opens private projects.",
        grant(reading(in_private(unknown("private-token")))),
    ),
    Fault(
        "authentication.unknown-basic-reads-private",
        "Any Basic password opens private projects.",
        grant(reading(in_private(unknown("basic")))),
    ),
    Fault(
        "authentication.outsider-reads-private",
        "Whoever has a valid access token may read any private project.",
        grant(reading(in_private(_outsider_without_deploy_token))),
    ),
    Fault(
        "outcome.unknown-job-token-publishes",
        "An unknown JOB-TOKEN publishes as if it were a running job's.",
        grant(publishing(unknown("job-token"))),
    ),
    Fault(
        "outcome.unknown-header-reads-private",
        "An unknown JOB-TOKEN or DEPLOY-TOKEN opens private projects.",
        grant(reading(in_private(unknown("job-token", "deploy-token")))),
    ),
    Fault(
        "authentication.15-guest-reads",
        "A guest may download from a private project where GitLab 15 refuses it.",
        grant(reading(in_private(level(GUEST)))),
        DOCUMENTED,
    ),
    Fault(
        "authentication.public-developer-may-not-publish",
        "Publishing to a public project needs a Maintainer.",
        deny(publishing(in_public(level(DEVELOPER))), 403),
    ),
    Fault(
        "authentication.private-developer-may-not-publish",
        "Publishing to a private project needs a Maintainer.",
        deny(publishing(in_private(level(DEVELOPER))), 403),
    ),
    Fault(
        "authentication.outsider-may-not-know-public",
        "Publishing to somebody else's public project is answered as if the project did not exist.",
        deny(publishing(in_public(outsider)), 404),
    ),
    Fault(
        "authentication.outsider-learns-of-private",
        "An outsider's publish to a private project is 403, which gives away that the project exists.",
        deny(publishing(in_private(outsider)), 403),
    ),
    Fault(
        "authentication.outsider-reader-learns-of-private",
        "An outsider's download from a private project is 403, which gives away that the project exists.",
        deny(reading(in_private(_outsider_with(ACCESS_TOKEN))), 403),
    ),
    Fault(
        "authentication.write-deploy-token-may-not-publish",
        "A deploy token with the write scope alone may not publish.",
        deny(publishing(scoped(WRITE)), 403),
    ),
    Fault(
        "authentication.two-scopes-may-not-publish",
        "A deploy token with both scopes counts as one that may only read.",
        deny(publishing(scoped(READ, WRITE)), 403),
    ),
    Fault(
        "authentication.basic-may-not-publish",
        "An access token is not accepted as a Basic password for publishing.",
        deny(publishing(basic(ACCESS_TOKEN)), 401),
    ),
    Fault(
        "authentication.basic-deploy-token-may-not-publish",
        "A deploy token is not accepted as a Basic password for publishing.",
        deny(publishing(basic(DEPLOY_TOKEN)), 401),
    ),
    Fault(
        "authentication.public-needs-a-credential",
        "Public projects' files do not download without a credential.",
        deny(reading(in_public(anonymous)), 401),
    ),
    Fault(
        "authentication.unknown-basic-refused-on-public",
        "An unknown Basic password is refused on a public project.",
        deny(reading(in_public(unknown("basic"))), 401),
    ),
    Fault(
        "authentication.private-guest-may-not-read",
        "A guest may not download from a private project, as in GitLab 15.",
        deny(reading(in_private(level(GUEST))), 403),
    ),
    Fault(
        "authentication.private-reporter-may-not-read",
        "Downloading from a private project needs a Developer.",
        deny(reading(in_private(level(REPORTER))), 403),
    ),
    Fault(
        "authentication.public-outsider-may-not-read",
        "A public project's files download for members and anonymous principals, not for other token holders.",
        deny(reading(in_public(outsider)), 403),
    ),
    Fault(
        "authentication.read-deploy-token-may-not-read",
        "A deploy token with the read scope alone may not download.",
        deny(reading(scoped(READ)), 403),
    ),
    Fault(
        "authentication.write-deploy-token-may-not-read",
        "A deploy token with the write scope alone may not download.",
        deny(reading(scoped(WRITE)), 403),
    ),
    Fault(
        "authentication.read-api-may-not-read",
        "An access token needs the scope api even for a download.",
        deny(reading(scoped("read_api")), 403),
    ),
    Fault(
        "authentication.basic-may-not-read",
        "An access token is not accepted as a Basic password for downloading.",
        deny(reading(basic(ACCESS_TOKEN)), 401),
    ),
    Fault(
        "authentication.basic-deploy-token-may-not-read",
        "A deploy token is not accepted as a Basic password for downloading.",
        deny(reading(basic(DEPLOY_TOKEN)), 401),
    ),
    Fault(
        "outcome.maintainer-may-not-publish",
        "Publishing is for developers alone, not for maintainers.",
        deny(publishing(level(MAINTAINER)), 403),
    ),
    Fault(
        "outcome.owner-may-not-publish",
        "Publishing is for developers and maintainers, not for owners.",
        deny(publishing(level(OWNER)), 403),
    ),
    Fault(
        "outcome.members-may-not-read-public",
        "A public project's files download for strangers, not for members.",
        deny(reading(in_public(lambda _, by: by.level > 0)), 403),
    ),
    Fault(
        "outcome.developers-may-not-read-private",
        "Developers, maintainers and owners may not download from a private project.",
        deny(reading(in_private(lambda _, by: by.level >= DEVELOPER)), 403),
    ),
    Fault(
        "outcome.two-scopes-may-not-read",
        "A deploy token with both scopes may not download.",
        deny(reading(scoped(READ, WRITE)), 403),
    ),
    Fault(
        "outcome.open-registry-stays-closed",
        "A private project's files need a credential, also where the package registry is open to everyone.",
        deny(reading(in_private(anonymous)), 401),
    ),
)
