"""Groups and projects."""

from __future__ import annotations

from typing import Final

from generic_packages.storage.v1 import identity_pb2

from reference_server.frontend.api.shapes.optional import Scalar, given
from reference_server.frontend.http.responses import JsonValue, iso_milliseconds

VISIBILITIES: Final = {
    "private": int(identity_pb2.VISIBILITY_PRIVATE),
    "internal": int(identity_pb2.VISIBILITY_INTERNAL),
    "public": int(identity_pb2.VISIBILITY_PUBLIC),
}
"""GitLab's words for who sees a group or project."""

REGISTRY_LEVELS: Final = {
    "disabled": int(identity_pb2.PACKAGE_REGISTRY_ACCESS_LEVEL_DISABLED),
    "private": int(identity_pb2.PACKAGE_REGISTRY_ACCESS_LEVEL_PRIVATE),
    "enabled": int(identity_pb2.PACKAGE_REGISTRY_ACCESS_LEVEL_ENABLED),
    "public": int(identity_pb2.PACKAGE_REGISTRY_ACCESS_LEVEL_PUBLIC),
}
"""GitLab's words for who uses a project's package registry."""

_VISIBILITY_WORDS = {number: word for word, number in VISIBILITIES.items()}
_LEVEL_WORDS = {number: word for word, number in REGISTRY_LEVELS.items()}
_NOTIFICATION_LEVEL = 3


def visibility(value: identity_pb2.Group | identity_pb2.Project) -> str:
    """Return who sees a group or project."""
    return _VISIBILITY_WORDS[value.visibility]


def group(value: identity_pb2.Group, origin: str) -> dict[str, JsonValue]:
    """Return a group; `origin` is the scheme and host that links begin with."""
    return {
        "id": value.id,
        "web_url": f"{origin}/groups/{value.full_path}",
        "name": value.name,
        "path": value.path,
        "description": "",
        "visibility": visibility(value),
        "full_name": value.full_path.replace("/", " / "),
        "full_path": value.full_path,
        "created_at": iso_milliseconds(value.created_at),
        "parent_id": given(value, "parent_id"),
        "marked_for_deletion_on": _marked_on(value),
    }


def project(value: identity_pb2.Project, origin: str) -> dict[str, JsonValue]:
    """Return a project, with the caller's roles in it."""
    level = _LEVEL_WORDS.get(value.package_registry_access_level, "enabled")
    return {
        "id": value.id,
        "description": None,
        "name": value.name,
        "name_with_namespace": f"{value.group.name} / {value.name}",
        "path": value.path,
        "path_with_namespace": value.full_path,
        "created_at": iso_milliseconds(value.created_at),
        "default_branch": "main",
        "web_url": f"{origin}/{value.full_path}",
        "namespace": _namespace(value.group, origin),
        "packages_enabled": level != "disabled",
        "package_registry_access_level": level,
        "visibility": visibility(value),
        "marked_for_deletion_on": _marked_on(value),
        "permissions": {
            "project_access": _access(given(value, "caller_project_access_level")),
            "group_access": _access(given(value, "caller_group_access_level")),
        },
    }


def _namespace(value: identity_pb2.Group, origin: str) -> JsonValue:
    return {
        "id": value.id,
        "name": value.name,
        "path": value.path,
        "kind": "group",
        "full_path": value.full_path,
        "parent_id": given(value, "parent_id"),
        "avatar_url": None,
        "web_url": f"{origin}/groups/{value.full_path}",
    }


def _marked_on(value: identity_pb2.Group | identity_pb2.Project) -> JsonValue:
    """Return the day on which a group or project was marked for deletion."""
    if not value.HasField("marked_for_deletion_at"):
        return None
    return iso_milliseconds(value.marked_for_deletion_at).partition("T")[0]


def _access(level: Scalar) -> JsonValue:
    return None if level is None else {"access_level": level, "notification_level": _NOTIFICATION_LEVEL}
