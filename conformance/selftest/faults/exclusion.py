"""Broken registries that refuse whom they should let in (section authentication)."""

from __future__ import annotations

from conformance.selftest.bending import WhenCalled, denying
from conformance.selftest.callers import ACCESS_TOKEN, DEPLOY_TOKEN, DEVELOPER, GUEST, MAINTAINER, OWNER, REPORTER
from conformance.selftest.exchange import Exchange
from conformance.selftest.faults.admission import level, publishing, reading, scoped, unknown
from conformance.selftest.faults.fault import Fault
from conformance.selftest.messages import Answer, Request, message_answer
from conformance.selftest.targets import concerns_package_file, inspects, presented

UNAUTHORIZED = 401
FORBIDDEN = 403
NOT_FOUND = 404


def _private(who: WhenCalled) -> WhenCalled:
    return lambda request, by: by.sees_private and who(request, by)


def _public(who: WhenCalled) -> WhenCalled:
    return lambda request, by: by.visibility == "public" and who(request, by)


def _basic(kind: str) -> WhenCalled:
    return lambda _, by: by.carriage == "basic" and by.kind == kind


class RemembersUsers:
    """Binds every token to the first user name that it was the Basic password of."""

    def __init__(self) -> None:
        self._users: dict[str, str] = {}

    async def __call__(self, request: Request, exchange: Exchange) -> Answer:
        """Refuse a token under another name."""
        shown = presented(request)
        if shown is None or shown.carriage != "basic" or not concerns_package_file(request):
            return await exchange.forward(request)
        if self._users.setdefault(shown.secret, shown.user) == shown.user:
            return await exchange.forward(request)
        exchange.bend()
        return message_answer(UNAUTHORIZED)


FAULTS = (
    Fault(
        "authentication.public-developer-may-not-publish",
        "Publishing to a public project needs a Maintainer.",
        denying(publishing(_public(level(DEVELOPER))), FORBIDDEN),
    ),
    Fault(
        "authentication.private-developer-may-not-publish",
        "Publishing to a private project needs a Maintainer.",
        denying(publishing(_private(level(DEVELOPER))), FORBIDDEN),
    ),
    Fault(
        "authentication.outsider-may-not-know-public",
        "Publishing to somebody else's public project is answered as if the project did not exist.",
        denying(publishing(_public(lambda _, by: by.is_outsider)), NOT_FOUND),
    ),
    Fault(
        "authentication.outsider-learns-of-private",
        "An outsider's publish to a private project is 403, which gives away that the project exists.",
        denying(publishing(_private(lambda _, by: by.is_outsider)), FORBIDDEN),
    ),
    Fault(
        "authentication.outsider-reader-learns-of-private",
        "An outsider's download from a private project is 403, which gives away that the project exists.",
        denying(reading(_private(lambda _, by: by.is_outsider and by.kind == ACCESS_TOKEN)), FORBIDDEN),
    ),
    Fault(
        "authentication.write-deploy-token-may-not-publish",
        "A deploy token with the write scope alone may not publish.",
        denying(publishing(scoped("write_package_registry")), FORBIDDEN),
    ),
    Fault(
        "authentication.two-scopes-may-not-publish",
        "A deploy token with both scopes counts as one that may only read.",
        denying(publishing(scoped("read_package_registry", "write_package_registry")), FORBIDDEN),
    ),
    Fault(
        "authentication.basic-may-not-publish",
        "An access token is not accepted as a Basic password for publishing.",
        denying(publishing(_basic(ACCESS_TOKEN)), UNAUTHORIZED),
    ),
    Fault(
        "authentication.basic-deploy-token-may-not-publish",
        "A deploy token is not accepted as a Basic password for publishing.",
        denying(publishing(_basic(DEPLOY_TOKEN)), UNAUTHORIZED),
    ),
    Fault(
        "authentication.basic-user-is-remembered",
        "A token is the Basic password of one user name only.",
        RemembersUsers,
    ),
    Fault(
        "authentication.public-needs-a-credential",
        "Public projects' files do not download without a credential.",
        denying(reading(_public(lambda _, by: by.is_anonymous)), UNAUTHORIZED),
    ),
    Fault(
        "authentication.unknown-basic-refused-on-public",
        "An unknown Basic password is refused on a public project.",
        denying(reading(_public(unknown("basic"))), UNAUTHORIZED),
    ),
    Fault(
        "authentication.private-guest-may-not-read",
        "A guest may not download from a private project, as in GitLab 15.",
        denying(reading(_private(level(GUEST))), FORBIDDEN),
    ),
    Fault(
        "authentication.private-reporter-may-not-read",
        "Downloading from a private project needs a Developer.",
        denying(reading(_private(level(REPORTER))), FORBIDDEN),
    ),
    Fault(
        "authentication.public-outsider-may-not-read",
        "A public project's files download for members and anonymous callers, not for other token holders.",
        denying(reading(_public(lambda _, by: by.is_outsider)), FORBIDDEN),
    ),
    Fault(
        "authentication.read-deploy-token-may-not-read",
        "A deploy token with the read scope alone may not download.",
        denying(reading(scoped("read_package_registry")), FORBIDDEN),
    ),
    Fault(
        "authentication.write-deploy-token-may-not-read",
        "A deploy token with the write scope alone may not download.",
        denying(reading(scoped("write_package_registry")), FORBIDDEN),
    ),
    Fault(
        "authentication.read-api-may-not-read",
        "An access token needs the scope api even for a download.",
        denying(reading(scoped("read_api")), FORBIDDEN),
    ),
    Fault(
        "authentication.basic-may-not-read",
        "An access token is not accepted as a Basic password for downloading.",
        denying(reading(_basic(ACCESS_TOKEN)), UNAUTHORIZED),
    ),
    Fault(
        "authentication.basic-deploy-token-may-not-read",
        "A deploy token is not accepted as a Basic password for downloading.",
        denying(reading(_basic(DEPLOY_TOKEN)), UNAUTHORIZED),
    ),
    Fault(
        "outcome.maintainer-may-not-publish",
        "Publishing is for developers alone, not for maintainers.",
        denying(publishing(level(MAINTAINER)), FORBIDDEN),
    ),
    Fault(
        "outcome.owner-may-not-publish",
        "Publishing is for developers and maintainers, not for owners.",
        denying(publishing(level(OWNER)), FORBIDDEN),
    ),
    Fault(
        "outcome.members-may-not-read-public",
        "A public project's files download for strangers, not for members.",
        denying(reading(_public(lambda _, by: by.level > 0)), FORBIDDEN),
    ),
    Fault(
        "outcome.developers-may-not-read-private",
        "Developers, maintainers and owners may not download from a private project.",
        denying(reading(_private(lambda _, by: by.level >= DEVELOPER)), FORBIDDEN),
    ),
    Fault(
        "outcome.two-scopes-may-not-read",
        "A deploy token with both scopes may not download.",
        denying(reading(scoped("read_package_registry", "write_package_registry")), FORBIDDEN),
    ),
    Fault(
        "outcome.open-registry-stays-closed",
        "A private project's files need a credential, also where the package registry is open to everyone.",
        denying(reading(_private(lambda _, by: by.is_anonymous)), UNAUTHORIZED),
    ),
    Fault(
        "credentials.head-needs-api",
        "read_api is enough for GET and not for HEAD.",
        denying(lambda request, by: inspects(request) and scoped("read_api")(request, by), FORBIDDEN),
    ),
    Fault(
        "credentials.group-tokens-refused",
        "Tokens of groups are good for groups alone, not for their projects.",
        denying(lambda request, by: concerns_package_file(request) and by.is_of_group, FORBIDDEN),
    ),
)
