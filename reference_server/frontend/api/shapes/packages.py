"""Packages, their files, and protection rules."""

from __future__ import annotations

from typing import Final

from generic_packages.storage.v1 import packages_pb2
from generic_packages.storage.v1.protection_pb2 import ProtectionRule

from reference_server.frontend.api.shapes.ci import pipeline
from reference_server.frontend.api.shapes.optional import given, instant
from reference_server.frontend.http.responses import JsonValue, iso_milliseconds

STATUSES: Final = {
    packages_pb2.PACKAGE_STATUS_DEFAULT: "default",
    packages_pb2.PACKAGE_STATUS_HIDDEN: "hidden",
    packages_pb2.PACKAGE_STATUS_ERROR: "error",
    packages_pb2.PACKAGE_STATUS_PENDING_DESTRUCTION: "pending_destruction",
}
"""GitLab's words for a package's status."""


def package(value: packages_pb2.Package, origin: str) -> dict[str, JsonValue]:
    """Return a package; `origin` is the scheme and host that links begin with."""
    links: dict[str, JsonValue] = {"web_path": f"/{value.project_path}/-/packages/{value.id}"}
    if value.caller_may_delete:
        links["delete_api_path"] = f"{origin}/api/v4/projects/{value.project_id}/packages/{value.id}"
    shown: dict[str, JsonValue] = {
        "id": value.id,
        "name": value.name,
        "version": value.version,
        "package_type": "generic",
        "status": STATUSES[value.status],
        "_links": links,
        "created_at": iso_milliseconds(value.created_at),
        "last_downloaded_at": instant(value, "last_downloaded_at"),
        "tags": [],
    }
    pipelines: list[JsonValue] = [pipeline(one, origin) for one in value.pipelines]
    return {**shown, "pipeline": pipelines[0], "pipelines": pipelines} if pipelines else shown


def group_package(value: packages_pb2.Package, origin: str) -> dict[str, JsonValue]:
    """Return a package among those of other projects."""
    return {**package(value, origin), "project_id": value.project_id, "project_path": value.project_path}


def package_file(value: packages_pb2.PackageFile, origin: str) -> dict[str, JsonValue]:
    """Return one publication of a file."""
    shown: dict[str, JsonValue] = {
        "id": value.id,
        "package_id": value.package_id,
        "created_at": iso_milliseconds(value.created_at),
        "file_name": value.file_name,
        "size": value.size,
        "file_md5": value.md5.hex() if value.HasField("md5") else None,
        "file_sha1": value.sha1.hex() if value.HasField("sha1") else None,
        "file_sha256": value.sha256.hex(),
    }
    return {**shown, "pipelines": [pipeline(value.pipeline, origin)]} if value.HasField("pipeline") else shown


def protection_rule(value: ProtectionRule) -> dict[str, JsonValue]:
    """Return a rule."""
    return {
        "id": value.id,
        "project_id": value.project_id,
        "package_name_pattern": value.package_name_pattern,
        "package_type": value.package_type,
        "minimum_access_level_for_delete": given(value, "minimum_access_level_for_delete"),
        "minimum_access_level_for_push": given(value, "minimum_access_level_for_push"),
    }
