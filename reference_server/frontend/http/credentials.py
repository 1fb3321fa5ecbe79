"""The credentials that an HTTP request presents, as messages. Nothing here validates them."""

from __future__ import annotations

import base64
from collections.abc import Mapping

from generic_packages.storage.v1 import credential_pb2

from reference_server.contract.limits import SECRET_BYTES
from reference_server.frontend.http.target import MalformedTextError, decode_query

SECRET_PARAMETERS = frozenset({"private_token", "job_token"})
"""The query parameters that hold a secret."""


def presented_credentials(headers: Mapping[str, str], query: Mapping[str, str]) -> list[credential_pb2.Credential]:
    """Return every credential of a request by the number of its authentication scheme; headers before parameters."""
    found = [
        *_token(credential_pb2.AUTHENTICATION_SCHEME_JOB_TOKEN, headers.get("Job-Token") or query.get("job_token")),
        *_token(
            credential_pb2.AUTHENTICATION_SCHEME_PRIVATE_TOKEN,
            headers.get("Private-Token") or query.get("private_token"),
        ),
        *_token(credential_pb2.AUTHENTICATION_SCHEME_DEPLOY_TOKEN, headers.get("Deploy-Token")),
    ]
    authorization = headers.get("Authorization")
    if authorization:
        scheme, _, rest = authorization.partition(" ")
        if scheme.lower() == "bearer":
            found += _token(credential_pb2.AUTHENTICATION_SCHEME_BEARER, rest.strip())
        elif scheme.lower() == "basic":
            found += _basic(rest.strip())
    return found


def presents_credential(headers: Mapping[str, str], target: str) -> bool:
    """Return whether a request presents any credential, valid or not, in its headers or its target."""
    try:
        query = decode_query(target.partition("?")[2])
    except MalformedTextError:
        query = {}
    return bool(presented_credentials(headers, query))


def _token(
    scheme: credential_pb2.AuthenticationScheme.ValueType, secret: str | None
) -> list[credential_pb2.Credential]:
    """Return one credential; none for an absent or empty token, which GitLab treats alike."""
    return [credential_pb2.Credential(scheme=scheme, secret=_bounded(secret))] if secret else []


def _basic(encoded: str) -> list[credential_pb2.Credential]:
    """Return the credential of HTTP Basic; none when it is unreadable, as one that names no token counts as none."""
    try:
        decoded = base64.b64decode(encoded, validate=True)
    except ValueError:  # binascii.Error too; base64 says ValueError alone for what is not ASCII
        return []
    username, _, password = decoded.decode("utf-8", "replace").partition(":")
    if not password:
        return []
    return [
        credential_pb2.Credential(
            scheme=credential_pb2.AUTHENTICATION_SCHEME_BASIC, username=_bounded(username), secret=_bounded(password)
        )
    ]


def _bounded(text: str) -> str:
    """Return a text, cut where the contract ends: no token is that long, so it stays one that is not valid."""
    return text if len(text) <= SECRET_BYTES // 4 else text.encode()[:SECRET_BYTES].decode("utf-8", "ignore")
