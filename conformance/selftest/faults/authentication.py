"""Broken registries that take or refuse credentials in the wrong way, whatever the role of their owner is."""

from __future__ import annotations

import re
from collections.abc import Callable
from http import HTTPStatus

from conformance.selftest.credentials import authorised_by, presented_credential, without_credential
from conformance.selftest.faults.fault import Fault
from conformance.selftest.messages import Request, Response, json_response, message_response, no_content
from conformance.selftest.mutation import (
    RequestPredicate,
    grant,
    header,
    refuse,
    respond,
    rewrite_response,
    serve,
    serve_principals,
)
from conformance.selftest.package_requests import about, concerns_package_file, is_publish, is_read
from conformance.selftest.principal import DEPLOY_TOKEN
from conformance.selftest.principal_predicates import publishing, reading
from conformance.selftest.upstream import Upstream

INSIDE_A_PROJECT = re.compile(r"/projects/[^/]+/|/groups/[^/]+/|/personal_access_tokens/")
TOKEN = re.compile(r"/(access_tokens|deploy_tokens|personal_access_tokens)/")
LEGAL_VERSION = re.compile(r"(?!.*\.\.)[\w+.-]+", re.ASCII)
illegal_version = about(lambda path: LEGAL_VERSION.fullmatch(path.decoded[2]) is None, is_publish)


def _deletes(place: re.Pattern[str]) -> RequestPredicate:
    return lambda request: request.method == "DELETE" and place.search(request.target) is not None


def _refused(when: RequestPredicate, *statuses: int) -> Callable[[Request, Response], bool]:
    return lambda request, response: when(request) and response.status in statuses


def _says_it_in_text(response: Response) -> Response:
    return response.with_content(b"no\n").with_header("Content-Type", "text/plain")


def _says_denied(response: Response) -> Response:
    return response.with_content(b'{"message": "access denied", "error": "access_denied"}')


async def _as_anonymous(request: Request, upstream: Upstream) -> Response:
    return await upstream.forward(without_credential(request))


async def _stored_and_refused(request: Request, upstream: Upstream) -> Response:
    stored = await upstream.forward(authorised_by(request, upstream.token))
    refusal = message_response(HTTPStatus.UNAUTHORIZED).with_header("WWW-Authenticate", 'Basic realm="packages"')
    return refusal if stored.status == HTTPStatus.CREATED else stored


async def _refused_without_reading(_: Request, __: Upstream) -> Response:
    return json_response(HTTPStatus.BAD_REQUEST, {"error": "package_version is invalid"})


class RemembersUsers:
    """Binds every token to the first user name that it was the Basic password of."""

    def __init__(self) -> None:
        self._users: dict[str, str] = {}

    async def __call__(self, request: Request, upstream: Upstream) -> Response:
        """Refuse a token under another name."""
        shown = presented_credential(request)
        if shown is None or shown.scheme != "basic" or not concerns_package_file(request):
            return await upstream.forward(request)
        if self._users.setdefault(shown.secret, shown.user) == shown.user:
            return await upstream.forward(request)
        upstream.mark_mutated()
        return message_response(HTTPStatus.UNAUTHORIZED)


FAULTS = {
    "authentication.download-without-challenge": Fault(
        "A 401 on download carries no challenge.",
        rewrite_response(_refused(is_read, 401), header("WWW-Authenticate", None)),
    ),
    "authentication.publish-without-challenge": Fault(
        "A 401 on publish carries no challenge.",
        rewrite_response(_refused(is_publish, 401), header("WWW-Authenticate", None)),
    ),
    "authentication.challenge-for-bearer": Fault(
        "A 401 challenges for Bearer, which the clients that wait for a challenge do not speak.",
        rewrite_response(_refused(concerns_package_file, 401), header("WWW-Authenticate", 'Bearer realm="packages"')),
    ),
    "authentication.refusals-in-plain-text": Fault(
        "401 and 403 have a plain text body.",
        rewrite_response(_refused(concerns_package_file, 401, 403), _says_it_in_text),
    ),
    "authentication.refusals-in-own-words": Fault(
        "401 and 403 have a JSON body with other words than GitLab's.",
        rewrite_response(_refused(concerns_package_file, 401, 403), _says_denied),
    ),
    "authentication.stores-before-it-asks": Fault(
        "A publish without a valid credential is stored and then answered 401.",
        serve_principals(publishing(lambda _, by: by.is_anonymous or by.is_unknown), _stored_and_refused),
    ),
    "authentication.judges-format-first": Fault(
        "An illegal version is 400 even for a caller who may not publish at all.",
        serve(illegal_version, _refused_without_reading),
    ),
    "authentication.unknown-header-is-anonymous": Fault(
        "A credential that nobody has counts as none on a download, however it is carried.",
        serve_principals(reading(lambda _, by: by.is_unknown and by.scheme != "basic"), _as_anonymous),
    ),
    "authentication.deploy-token-opens-every-project": Fault(
        "A deploy token is not bound to its project.",
        grant(reading(lambda _, by: by.is_outsider and by.kind == DEPLOY_TOKEN)),
    ),
    "authentication.revocation-does-nothing": Fault(
        "Revoking a token is acknowledged and not done.", respond(_deletes(TOKEN), lambda _: no_content())
    ),
    "authentication.deletes-fail": Fault(
        "Every DELETE of something inside a project or group, and of a token, fails in the server.",
        refuse(_deletes(INSIDE_A_PROJECT), 500),
        spreads=True,
    ),
    "authentication.basic-user-is-remembered": Fault(
        "A token is the Basic password of one user name only.", RemembersUsers
    ),
}
