"""The storage's refusals, as Python exceptions (see failure.proto); status.py carries them over gRPC."""

from __future__ import annotations

import enum


class Reason(enum.StrEnum):
    """Why the storage refuses; the names of FailureReason without its prefix."""

    CREDENTIAL_INVALID = "CREDENTIAL_INVALID"
    CREDENTIAL_EXPIRED = "CREDENTIAL_EXPIRED"
    CREDENTIAL_REVOKED = "CREDENTIAL_REVOKED"
    SCOPE_INSUFFICIENT = "SCOPE_INSUFFICIENT"
    ROLE_INSUFFICIENT = "ROLE_INSUFFICIENT"
    PARAMETER_MISSING = "PARAMETER_MISSING"
    PARAMETER_INVALID = "PARAMETER_INVALID"
    PARAMETER_VALUE_UNKNOWN = "PARAMETER_VALUE_UNKNOWN"
    PARAMETER_TAKEN = "PARAMETER_TAKEN"
    PROJECT_NOT_FOUND = "PROJECT_NOT_FOUND"
    GROUP_NOT_FOUND = "GROUP_NOT_FOUND"
    PACKAGE_NOT_FOUND = "PACKAGE_NOT_FOUND"
    PACKAGE_FILE_NOT_FOUND = "PACKAGE_FILE_NOT_FOUND"
    TOKEN_NOT_FOUND = "TOKEN_NOT_FOUND"  # noqa: S105 -- a reason, no secret
    FILE_TOO_LARGE = "FILE_TOO_LARGE"
    PACKAGE_DUPLICATE = "PACKAGE_DUPLICATE"
    CONTENT_MISMATCH = "CONTENT_MISMATCH"
    UPLOAD_NOT_FOUND = "UPLOAD_NOT_FOUND"
    READ_TICKET_INVALID = "READ_TICKET_INVALID"
    OVERLOADED = "OVERLOADED"
    VOLUME_FULL = "VOLUME_FULL"
    USER_NOT_FOUND = "USER_NOT_FOUND"
    USER_TAKEN = "USER_TAKEN"
    USER_BLOCKED = "USER_BLOCKED"
    MEMBER_TAKEN = "MEMBER_TAKEN"
    RECORD_NOT_FOUND = "RECORD_NOT_FOUND"
    JOB_TOKEN_NOT_ALLOWED = "JOB_TOKEN_NOT_ALLOWED"  # noqa: S105 -- a reason, no secret
    PACKAGE_PROTECTED = "PACKAGE_PROTECTED"
    PACKAGE_DELETION_PROTECTED = "PACKAGE_DELETION_PROTECTED"
    PROTECTION_RULE_NOT_FOUND = "PROTECTION_RULE_NOT_FOUND"
    PROTECTION_RULE_INVALID = "PROTECTION_RULE_INVALID"
    NOT_IN_VERSION = "NOT_IN_VERSION"
    DELETION_REFUSED = "DELETION_REFUSED"
    DATA_UNUSABLE = "DATA_UNUSABLE"
    ROTATION_REFUSED = "ROTATION_REFUSED"
    ROTATION_NOT_ALLOWED = "ROTATION_NOT_ALLOWED"
    AUTHENTICATION_LIMITED = "AUTHENTICATION_LIMITED"


class Failure(Exception):  # noqa: N818 -- the contract's word
    """A refusal by the storage. `metadata` holds the keys that failure.proto names beside the reason."""

    def __init__(self, reason: Reason, message: str, **metadata: str) -> None:
        super().__init__(message)
        self.reason = reason
        self.message = message
        self.metadata = metadata
