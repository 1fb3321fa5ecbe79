"""Users and members."""

from __future__ import annotations

from generic_packages.storage.v1.identity_pb2 import USER_STATE_BLOCKED, User
from generic_packages.storage.v1.members_pb2 import Member

from reference_server.frontend.api.shapes.optional import given
from reference_server.frontend.http.responses import JsonValue, iso_milliseconds


def brief_user(value: User, origin: str) -> dict[str, JsonValue]:
    """Return who a user is; `origin` is the scheme and host that links begin with."""
    blocked = value.state == USER_STATE_BLOCKED
    return {
        "id": value.id,
        "username": value.username,
        "name": value.name,
        "state": "blocked" if blocked else "active",
        "locked": False,
        "avatar_url": None,
        "web_url": f"{origin}/{value.username}",
    }


def user(value: User, origin: str) -> dict[str, JsonValue]:
    """Return a user; the address only to those whom the storage tells it."""
    shown = {
        **brief_user(value, origin),
        "created_at": iso_milliseconds(value.created_at),
        "bot": value.bot,
        "is_admin": value.administrator,
    }
    return {**shown, "email": value.email} if value.email else shown


def member(value: Member, origin: str) -> dict[str, JsonValue]:
    """Return a member with its role."""
    return {
        **brief_user(value.user, origin),
        "access_level": value.access_level,
        "created_at": iso_milliseconds(value.created_at),
        "expires_at": given(value, "expires_at"),
        "membership_state": "active",
    }
