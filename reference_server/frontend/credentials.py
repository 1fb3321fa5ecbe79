"""From what an HTTP request presents to Credential messages. Nothing here judges them."""

from __future__ import annotations

import base64
from collections.abc import Mapping

from generic_packages.storage.v1.credential_pb2 import (
    AUTHENTICATION_SCHEME_BASIC,
    AUTHENTICATION_SCHEME_BEARER,
    AUTHENTICATION_SCHEME_DEPLOY_TOKEN,
    AUTHENTICATION_SCHEME_JOB_TOKEN,
    AUTHENTICATION_SCHEME_PRIVATE_TOKEN,
    AuthenticationScheme,
    Credential,
)

from reference_server.contract.limits import SECRET_BYTES

SECRET_PARAMETERS = frozenset({"private_token", "job_token"})
"""The query parameters that hold a secret."""

_Headers = Mapping[str, str]


def presented_credentials(headers: _Headers, query: Mapping[str, str]) -> list[Credential]:
    """Collect every credential of a request, in the order of the schemes' numbers; a header before its parameter."""
    found = [
        *_token(AUTHENTICATION_SCHEME_JOB_TOKEN, headers.get("Job-Token") or query.get("job_token")),
        *_token(AUTHENTICATION_SCHEME_PRIVATE_TOKEN, headers.get("Private-Token") or query.get("private_token")),
        *_token(AUTHENTICATION_SCHEME_DEPLOY_TOKEN, headers.get("Deploy-Token")),
    ]
    authorization = headers.get("Authorization")
    if authorization:
        scheme, _, rest = authorization.partition(" ")
        if scheme.lower() == "bearer":
            found += _token(AUTHENTICATION_SCHEME_BEARER, rest.strip())
        elif scheme.lower() == "basic":
            found += _basic(rest.strip())
    return found


def _token(scheme: AuthenticationScheme.ValueType, secret: str | None) -> list[Credential]:
    """Make one credential; none for an absent or empty token, which GitLab treats alike."""
    return [Credential(scheme=scheme, secret=_bounded(secret))] if secret else []


def _basic(encoded: str) -> list[Credential]:
    """Read the credential of HTTP Basic; none when it is unreadable, as a Basic that names no token counts as none."""
    try:
        decoded = base64.b64decode(encoded, validate=True)
    except ValueError:  # binascii.Error too; base64 says ValueError alone for what is not ASCII
        return []
    username, _, password = decoded.decode("utf-8", "replace").partition(":")
    if not password:
        return []
    return [Credential(scheme=AUTHENTICATION_SCHEME_BASIC, username=_bounded(username), secret=_bounded(password))]


def _bounded(text: str) -> str:
    """Cut what is longer than the contract lets through: no token is that long, so it stays one that is not valid."""
    return text if len(text) <= SECRET_BYTES // 4 else text.encode()[:SECRET_BYTES].decode("utf-8", "ignore")
