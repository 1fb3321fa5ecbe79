"""GitLab's JSON for users, groups, projects and tokens."""

from __future__ import annotations

import time
from datetime import UTC, datetime

from generic_packages.storage.v1.identity_pb2 import (
    VISIBILITY_INTERNAL,
    VISIBILITY_PRIVATE,
    VISIBILITY_PUBLIC,
    AccessToken,
    DeployToken,
    Group,
    Project,
    User,
)

from reference_server.frontend.answers import JsonValue
from reference_server.frontend.timestamps import iso_milliseconds

VISIBILITIES = {
    "private": int(VISIBILITY_PRIVATE),
    "internal": int(VISIBILITY_INTERNAL),
    "public": int(VISIBILITY_PUBLIC),
}
"""GitLab's words for the contract's numbers."""

_WORDS = {number: word for word, number in VISIBILITIES.items()}
_NOTIFICATION_LEVEL = 3


def user(value: User, origin: str) -> dict[str, JsonValue]:
    """Show a user; `origin` is the scheme and host that links begin with."""
    return {
        "id": value.id,
        "username": value.username,
        "name": value.name,
        "state": "active",
        "avatar_url": None,
        "web_url": f"{origin}/{value.username}",
        "created_at": iso_milliseconds(value.created_at),
        "bot": value.bot,
        "is_admin": value.administrator,
    }


def group(value: Group, origin: str) -> dict[str, JsonValue]:
    """Show a group."""
    return {
        "id": value.id,
        "web_url": f"{origin}/groups/{value.full_path}",
        "name": value.name,
        "path": value.path,
        "description": "",
        "visibility": _WORDS[value.visibility],
        "full_path": value.full_path,
        "created_at": iso_milliseconds(value.created_at),
        "parent_id": value.parent_id if value.HasField("parent_id") else None,
    }


def project(value: Project, origin: str) -> dict[str, JsonValue]:
    """Show a project, with the caller's roles in it."""
    above = value.group
    return {
        "id": value.id,
        "description": None,
        "name": value.name,
        "path": value.path,
        "path_with_namespace": value.full_path,
        "created_at": iso_milliseconds(value.created_at),
        "web_url": f"{origin}/{value.full_path}",
        "namespace": {
            "id": above.id,
            "name": above.name,
            "path": above.path,
            "kind": "group",
            "full_path": above.full_path,
            "parent_id": above.parent_id if above.HasField("parent_id") else None,
            "web_url": f"{origin}/groups/{above.full_path}",
        },
        "packages_enabled": True,
        "visibility": _WORDS[value.visibility],
        "permissions": {
            "project_access": _access(
                value.caller_project_access_level if value.HasField("caller_project_access_level") else None
            ),
            "group_access": _access(
                value.caller_group_access_level if value.HasField("caller_group_access_level") else None
            ),
        },
    }


def access_token(value: AccessToken, secret: str) -> dict[str, JsonValue]:
    """Show a new access token, with its secret this once."""
    return {
        "id": value.id,
        "name": value.name,
        "revoked": value.revoked,
        "created_at": iso_milliseconds(value.created_at),
        "scopes": list(value.scopes),
        "user_id": value.user_id,
        "last_used_at": None,
        "active": not value.revoked and not (value.HasField("expires_at") and value.expires_at <= _today()),
        "expires_at": value.expires_at if value.HasField("expires_at") else None,
        "access_level": value.access_level,
        "token": secret,
    }


def deploy_token(value: DeployToken, secret: str) -> dict[str, JsonValue]:
    """Show a new deploy token, with its secret this once."""
    return {
        "id": value.id,
        "name": value.name,
        "username": value.username,
        "expires_at": iso_milliseconds(value.expires_at) if value.HasField("expires_at") else None,
        "scopes": list(value.scopes),
        "revoked": value.revoked,
        "expired": value.HasField("expires_at") and value.expires_at.seconds <= time.time(),
        "token": secret,
    }


def _today() -> str:
    """Give the day in UTC, at whose beginning an access token expires."""
    return datetime.now(UTC).date().isoformat()


def _access(level: int | None) -> JsonValue:
    """Show a role."""
    return None if level is None else {"access_level": level, "notification_level": _NOTIFICATION_LEVEL}
