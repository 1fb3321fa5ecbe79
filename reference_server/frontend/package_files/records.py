"""A package file's record in the shapes that HTTP shows: JSON, validators and the headers of a download."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from http import HTTPStatus
from urllib.parse import quote, unquote

from generic_packages.storage.v1.packages_pb2 import PackageFile

from reference_server.frontend.http.preconditions import Validators
from reference_server.frontend.http.responses import JsonValue, Response, iso_milliseconds, json_response


def record_response(record: PackageFile) -> Response:
    """Return the answer to `select=package_file`: 200, as GitLab's own tests pin, with the documented keys in order."""
    created_at = iso_milliseconds(record.created_at)
    body: JsonValue = {
        "id": record.id,
        "package_id": record.package_id,
        "created_at": created_at,
        "updated_at": created_at,
        "size": record.size,
        "file_store": 1,
        "file_md5": record.md5.hex() if record.HasField("md5") else None,
        "file_sha1": record.sha1.hex() if record.HasField("sha1") else None,
        "file_name": record.file_name,
        "file": {"url": file_url(record)},
        "file_sha256": record.sha256.hex(),
        "verification_retry_at": None,
        "verified_at": None,
        "verification_failure": None,
        "verification_retry_count": None,
        "verification_checksum": None,
        "verification_state": 0,
        "verification_started_at": None,
        "new_file_path": None,
    }
    return json_response(HTTPStatus.OK, body)


def file_url(record: PackageFile) -> str:
    """Return the stable path that GitLab stores the file under: hashed by project, never a signed URL."""
    digest = hashlib.sha256(str(record.project_id).encode()).hexdigest()
    folder = f"/{digest[:2]}/{digest[2:4]}/{digest}"
    return f"{folder}/packages/{record.package_id}/files/{record.id}/{record.file_name}"


def validators(record: PackageFile) -> Validators:
    """Return what conditional requests are evaluated by."""
    return Validators(f'"{record.sha256.hex()}"', datetime.fromtimestamp(record.created_at.seconds, UTC))


def content_disposition(file_name: str) -> str:
    """Return the header that offers a file under its own name (RFC 6266); directories are left out, as browsers do."""
    name = unquote(file_name).rpartition("/")[2]
    encoded = quote(name, safe="")
    if name.isascii() and '"' not in name and "\\" not in name and name.isprintable():
        return f'attachment; filename="{name}"'
    return f"attachment; filename*=UTF-8''{encoded}"
