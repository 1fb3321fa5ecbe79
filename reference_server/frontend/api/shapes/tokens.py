"""Access tokens and deploy tokens."""

from __future__ import annotations

from generic_packages.storage.v1.tokens_pb2 import AccessToken, DeployToken

from reference_server.frontend.api.shapes.optional import given, instant
from reference_server.frontend.http.responses import JsonValue, iso_milliseconds


def access_token(value: AccessToken, secret: str = "") -> dict[str, JsonValue]:
    """Return an access token; a new one with its secret, this once."""
    shown: dict[str, JsonValue] = {
        "id": value.id,
        "name": value.name,
        "revoked": value.revoked,
        "created_at": iso_milliseconds(value.created_at),
        "description": None,
        "scopes": list(value.scopes),
        "user_id": value.user_id,
        "last_used_at": instant(value, "last_used_at"),
        "active": value.active,
        "expires_at": given(value, "expires_at"),
    }
    if value.HasField("access_level"):
        shown["access_level"] = value.access_level
    return {**shown, "token": secret} if secret else shown


def deploy_token(value: DeployToken, secret: str = "") -> dict[str, JsonValue]:
    """Return a deploy token; a new one with its secret, this once."""
    shown: dict[str, JsonValue] = {
        "id": value.id,
        "name": value.name,
        "username": value.username,
        "expires_at": instant(value, "expires_at"),
        "scopes": list(value.scopes),
        "revoked": value.revoked,
        "expired": value.expired,
    }
    return {**shown, "token": secret} if secret else shown
