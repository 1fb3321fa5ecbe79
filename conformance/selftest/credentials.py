"""The credential that a request presents, and requests with another one."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass, replace
from urllib.parse import parse_qsl

from conformance.selftest.messages import Request, without

CREDENTIAL_HEADERS = ("private-token", "deploy-token", "job-token", "authorization")
CREDENTIAL_PARAMETERS = frozenset({"private_token", "job_token", "access_token"})


@dataclass(frozen=True, slots=True)
class PresentedCredential:
    """A credential as presented; `scheme` is a header or parameter in lower case, `basic` or `bearer`."""

    scheme: str
    secret: str
    user: str = ""


def presented_credential(request: Request) -> PresentedCredential | None:
    """Return the credential a request presents, or None for an anonymous one."""
    for name in CREDENTIAL_HEADERS[:-1]:
        if value := request.header(name):
            return PresentedCredential(name, value)
    if authorization := request.header("authorization"):
        return _authorization(authorization)
    for key, value in parse_qsl(request.target.partition("?")[2]):
        if key in CREDENTIAL_PARAMETERS:
            return PresentedCredential(key, value)
    return None


def _authorization(value: str) -> PresentedCredential:
    scheme, _, rest = value.partition(" ")
    if scheme.lower() != "basic":
        return PresentedCredential(scheme.lower(), rest)
    try:
        pair = base64.b64decode(rest, validate=True).decode("latin-1")
    except binascii.Error:
        return PresentedCredential("basic", "")
    user, _, password = pair.partition(":")
    return PresentedCredential("basic", password, user)


def without_credential(request: Request) -> Request:
    """Return a request without the credential that it presents."""
    path, _, query = request.target.partition("?")
    kept = [part for part in query.split("&") if part.partition("=")[0] not in CREDENTIAL_PARAMETERS]
    target = f"{path}?{'&'.join(kept)}" if any(kept) else path
    bare = request if target == request.target else request.with_target(target)
    return replace(bare, headers=without(request.headers, *CREDENTIAL_HEADERS))


def authorised_by(request: Request, token: str) -> Request:
    """Return a request that presents the access token `token` and nothing else."""
    return without_credential(request).with_header("PRIVATE-TOKEN", token)
