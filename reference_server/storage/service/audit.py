"""The audit log: one line for each change of packages, tokens, people and settings. Never a secret.

Who changed what, from where, by which request: read from the messages of the call. Its lines go where all log lines go,
whatever the log level, and are told from the others by their event, `audit`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Final, NamedTuple

from generic_packages.storage.v1 import packages_pb2
from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.message import Message

from reference_server.contract.logs import Lines
from reference_server.storage.access.callers import Caller, DeployTokenCaller, UserCaller
from reference_server.storage.access.origin import Origin

_ENCODE: Final = json.JSONEncoder(separators=(",", ":"), check_circular=False).encode

Detail = str | int | bool | list[str | int | bool] | None


class PackageNames(NamedTuple):
    """What a package is called."""

    name: str
    version: str


PUBLISHED: Final = "package_file.publish"
"""The action of both ways to publish."""

ACTIONS: Final[Mapping[str, str]] = {
    "publish": PUBLISHED,
    "commit_publication": PUBLISHED,
    "DeletePackage": "package.delete",
    "DeletePackageFile": "package_file.delete",
    "UpdatePackageSettings": "package_settings.update",
    "UpdatePackageLimits": "package_limits.update",
    "CreateProtectionRule": "protection_rule.create",
    "UpdateProtectionRule": "protection_rule.update",
    "DeleteProtectionRule": "protection_rule.delete",
    "CreateUser": "user.create",
    "UpdateUser": "user.update",
    "DeleteUser": "user.delete",
    "CreateGroup": "group.create",
    "DeleteGroup": "group.delete",
    "CreateProject": "project.create",
    "UpdateProject": "project.update",
    "DeleteProject": "project.delete",
    "AddMember": "member.add",
    "UpdateMember": "member.update",
    "RemoveMember": "member.remove",
    "CreatePersonalAccessToken": "personal_access_token.create",
    "RotatePersonalAccessToken": "personal_access_token.rotate",
    "RevokePersonalAccessToken": "personal_access_token.revoke",
    "RotatePresentedAccessToken": "access_token.rotate",
    "RevokePresentedAccessToken": "access_token.revoke",
    "CreateAccessToken": "access_token.create",
    "RotateAccessToken": "access_token.rotate",
    "RevokeAccessToken": "access_token.revoke",
    "CreateDeployToken": "deploy_token.create",
    "RevokeDeployToken": "deploy_token.revoke",
    "CreateRunner": "runner.create",
    "RegisterRunner": "runner.register",
    "DeleteRunner": "runner.delete",
    "ResetRegistrationToken": "registration_token.reset",
    "UpdateJobTokenScope": "job_token_scope.update",
    "AddToJobTokenAllowlist": "job_token_allowlist.add",
    "RemoveFromJobTokenAllowlist": "job_token_allowlist.remove",
}
"""What a call or operation that is written down does, as the log calls it."""

NEVER_SHOWN: Final = frozenset({"credentials", "registration_token", "token", "secret", "email", "content"})
"""The fields of requests that are left out: secrets, and what is nobody's business."""


class AuditLog:
    """Writes to these lines; nothing when there are none."""

    def __init__(self, lines: Lines | None) -> None:
        self._lines = lines

    def write(self, call: str, origin: Origin, request: Message, response: Message) -> None:
        """Note that a call has changed something, if it is one that does."""
        action = ACTIONS.get(call)
        if action is not None:
            self._add(action, origin, {**_details(request), **_made(response)})

    def write_publication(self, origin: Origin, package: PackageNames | None, file: packages_pb2.PackageFile) -> None:
        """Note that a file is published, in a package, None for one that is not known any more."""
        details: dict[str, Detail] = {
            "project_id": file.project_id,
            "package_id": file.package_id,
            "package_file_id": file.id,
            "file_name": file.file_name,
            "size": file.size,
            "sha256": file.sha256.hex(),
        }
        if package is not None:
            details["package_name"], details["package_version"] = package
        self._add(PUBLISHED, origin, details)

    def _add(self, action: str, origin: Origin, details: Mapping[str, Detail]) -> None:
        if self._lines is None:
            return
        line: dict[str, object] = {
            "event": "audit",
            "action": action,
            "caller": _caller(origin.caller),
            "client_address": origin.client_address or None,
            "request_id": origin.request_id,
            **details,
            "level": "info",
            "timestamp": self._lines.timestamp(),
        }
        self._lines.add(_ENCODE(line))


def _caller(caller: Caller | None) -> dict[str, object]:
    """Return who called, without any secret."""
    if isinstance(caller, UserCaller):
        who: dict[str, object] = {"user_id": caller.user_id}
        if caller.token_id is not None:
            who["token_id"] = caller.token_id
        if caller.job is not None:
            who["pipeline_id"] = caller.job.pipeline_id
        return who
    if isinstance(caller, DeployTokenCaller):
        return {"deploy_token_id": caller.token_id}
    return {}


def _details(request: Message) -> dict[str, Detail]:
    """Return what a request asks for, by the names of its fields; those of messages in it stand beside the others."""
    details: dict[str, Detail] = {}
    for field, value in request.ListFields():
        if field.name in NEVER_SHOWN or field.type == FieldDescriptor.TYPE_BYTES:
            continue
        if field.is_repeated:
            if field.message_type is None:
                details[field.name] = list(value)
        elif field.message_type is not None:
            details |= {field.name: value.ToJsonString()} if _is_time(field) else _details(value)
        else:
            details[field.name] = field.enum_type.values_by_number[value].name if field.enum_type else value
    return details


def _is_time(field: FieldDescriptor) -> bool:
    return field.message_type is not None and field.message_type.full_name == "google.protobuf.Timestamp"


def _made(response: Message) -> dict[str, Detail]:
    """Return the number of what a response shows, under the name of its kind."""
    return {
        f"{field.name}_id": value.id
        for field, value in response.ListFields()
        if field.message_type is not None and not field.is_repeated and hasattr(value, "id")
    }
