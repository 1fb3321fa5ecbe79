"""The storage's refusals, as Python exceptions and as google.rpc.Status (see failure.proto)."""

from __future__ import annotations

import enum

import grpc
from google.rpc.error_details_pb2 import ErrorInfo
from google.rpc.status_pb2 import Status
from grpc_status import rpc_status

DOMAIN = "generic-packages.storage"


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
    NOT_IN_EDITION = "NOT_IN_EDITION"

    @property
    def code(self) -> grpc.StatusCode:
        """The gRPC status code that the contract gives this reason."""
        return _CODES[self]


_CODES = {
    Reason.CREDENTIAL_INVALID: grpc.StatusCode.UNAUTHENTICATED,
    Reason.CREDENTIAL_EXPIRED: grpc.StatusCode.UNAUTHENTICATED,
    Reason.CREDENTIAL_REVOKED: grpc.StatusCode.UNAUTHENTICATED,
    Reason.SCOPE_INSUFFICIENT: grpc.StatusCode.PERMISSION_DENIED,
    Reason.ROLE_INSUFFICIENT: grpc.StatusCode.PERMISSION_DENIED,
    Reason.PARAMETER_MISSING: grpc.StatusCode.INVALID_ARGUMENT,
    Reason.PARAMETER_INVALID: grpc.StatusCode.INVALID_ARGUMENT,
    Reason.PARAMETER_VALUE_UNKNOWN: grpc.StatusCode.INVALID_ARGUMENT,
    Reason.PARAMETER_TAKEN: grpc.StatusCode.ALREADY_EXISTS,
    Reason.PROJECT_NOT_FOUND: grpc.StatusCode.NOT_FOUND,
    Reason.GROUP_NOT_FOUND: grpc.StatusCode.NOT_FOUND,
    Reason.PACKAGE_NOT_FOUND: grpc.StatusCode.NOT_FOUND,
    Reason.PACKAGE_FILE_NOT_FOUND: grpc.StatusCode.NOT_FOUND,
    Reason.TOKEN_NOT_FOUND: grpc.StatusCode.NOT_FOUND,
    Reason.FILE_TOO_LARGE: grpc.StatusCode.FAILED_PRECONDITION,
    Reason.PACKAGE_DUPLICATE: grpc.StatusCode.ALREADY_EXISTS,
    Reason.CONTENT_MISMATCH: grpc.StatusCode.INVALID_ARGUMENT,
    Reason.UPLOAD_NOT_FOUND: grpc.StatusCode.NOT_FOUND,
    Reason.READ_TICKET_INVALID: grpc.StatusCode.UNAUTHENTICATED,
    Reason.OVERLOADED: grpc.StatusCode.RESOURCE_EXHAUSTED,
    Reason.VOLUME_FULL: grpc.StatusCode.RESOURCE_EXHAUSTED,
    Reason.USER_NOT_FOUND: grpc.StatusCode.NOT_FOUND,
    Reason.USER_TAKEN: grpc.StatusCode.ALREADY_EXISTS,
    Reason.USER_BLOCKED: grpc.StatusCode.PERMISSION_DENIED,
    Reason.MEMBER_TAKEN: grpc.StatusCode.ALREADY_EXISTS,
    Reason.RECORD_NOT_FOUND: grpc.StatusCode.NOT_FOUND,
    Reason.JOB_TOKEN_NOT_ALLOWED: grpc.StatusCode.PERMISSION_DENIED,
    Reason.PACKAGE_PROTECTED: grpc.StatusCode.PERMISSION_DENIED,
    Reason.PACKAGE_DELETION_PROTECTED: grpc.StatusCode.PERMISSION_DENIED,
    Reason.PROTECTION_RULE_NOT_FOUND: grpc.StatusCode.NOT_FOUND,
    Reason.PROTECTION_RULE_INVALID: grpc.StatusCode.INVALID_ARGUMENT,
    Reason.NOT_IN_EDITION: grpc.StatusCode.UNIMPLEMENTED,
}


class TransportFailure(Exception):  # noqa: N818 -- the contract's word
    """A call that failed without the storage refusing it: unreachable, out of time, cancelled, or a defect."""

    def __init__(self, code: grpc.StatusCode, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message

    def to_status(self) -> Status:
        """Make the status, without an ErrorInfo, that says this."""
        return Status(code=_number(self.code), message=self.message)


class Failure(Exception):  # noqa: N818 -- the contract's word
    """A refusal by the storage. `metadata` holds the keys that failure.proto names beside the reason."""

    def __init__(self, reason: Reason, message: str, **metadata: str) -> None:
        super().__init__(message)
        self.reason = reason
        self.message = message
        self.metadata = metadata

    @property
    def code(self) -> grpc.StatusCode:
        """The gRPC status code of the reason."""
        return self.reason.code

    def to_status(self) -> Status:
        """Make the status, with its ErrorInfo, that carries this refusal."""
        status = Status(code=_number(self.code), message=self.message)
        status.details.add().Pack(ErrorInfo(reason=self.reason, domain=DOMAIN, metadata=self.metadata))
        return status

    @staticmethod
    def from_status(status: Status) -> Failure | TransportFailure:
        """Read the refusal that a status carries; a TransportFailure when it carries none that this program knows."""
        for detail in status.details:
            info = ErrorInfo()
            if detail.Unpack(info) and info.domain == DOMAIN and info.reason in Reason.__members__:
                failure = Failure(Reason(info.reason), status.message)
                failure.metadata = dict(info.metadata)
                return failure
        return TransportFailure(_BY_NUMBER.get(status.code, grpc.StatusCode.UNKNOWN), status.message)

    @staticmethod
    def from_rpc_error(error: grpc.aio.AioRpcError) -> Failure | TransportFailure:
        """Read the refusal that a failed call carries; a TransportFailure when it carries none."""
        try:
            status = rpc_status.from_call(error)
        except ValueError:
            status = None  # a status trailer that contradicts the call's own code and message: believe the call
        if status is None:
            return TransportFailure(error.code(), error.details() or "")
        return Failure.from_status(status)


def _number(code: grpc.StatusCode) -> int:
    """Give a status code's number on the wire."""
    number, _ = code.value
    return int(number)


_BY_NUMBER = {_number(code): code for code in grpc.StatusCode}
