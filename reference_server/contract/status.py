"""How failures travel: a refusal by the storage, or a failure of the transport, as google.rpc.Status."""

from __future__ import annotations

import grpc
from google.rpc.error_details_pb2 import ErrorInfo
from google.rpc.status_pb2 import Status
from grpc_status import rpc_status

from reference_server.contract.failure import Failure, Reason

DOMAIN = "generic-packages.storage"
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
    Reason.NOT_IN_VERSION: grpc.StatusCode.UNIMPLEMENTED,
    Reason.DELETION_REFUSED: grpc.StatusCode.FAILED_PRECONDITION,
    Reason.DATA_UNUSABLE: grpc.StatusCode.UNAVAILABLE,
    Reason.ROTATION_REFUSED: grpc.StatusCode.FAILED_PRECONDITION,
    Reason.ROTATION_NOT_ALLOWED: grpc.StatusCode.FAILED_PRECONDITION,
    Reason.AUTHENTICATION_LIMITED: grpc.StatusCode.RESOURCE_EXHAUSTED,
}
# What gRPC's client says, with the code of a defect, when a write meets a connection that just broke.
_CONNECTION_BROKE = "Internal error from Core"


class TransportFailure(Exception):  # noqa: N818 -- the contract's word
    """A call that failed without the storage refusing it: unreachable, out of time, cancelled, or a defect."""

    def __init__(self, code: grpc.StatusCode, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


def code_of(failure: Failure | TransportFailure) -> grpc.StatusCode:
    """Return the status code of a failure: for a refusal that which the contract gives its reason."""
    return failure.code if isinstance(failure, TransportFailure) else _CODES[failure.reason]


def to_status(failure: Failure | TransportFailure) -> Status:
    """Return the status that carries a failure: a refusal with an ErrorInfo, a failure of the transport without."""
    status = Status(code=_number(code_of(failure)), message=failure.message)
    if isinstance(failure, Failure):
        status.details.add().Pack(ErrorInfo(reason=failure.reason, domain=DOMAIN, metadata=failure.metadata))
    return status


def read_status(status: Status) -> Failure | TransportFailure:
    """Return the refusal that a status carries; a TransportFailure when it carries none that this program knows."""
    for detail in status.details:
        info = ErrorInfo()
        if detail.Unpack(info) and info.domain == DOMAIN and info.reason in Reason.__members__:
            failure = Failure(Reason(info.reason), status.message)
            failure.metadata = dict(info.metadata)
            return failure
    return TransportFailure(_BY_NUMBER.get(status.code, grpc.StatusCode.UNKNOWN), status.message)


def read_rpc_error(error: grpc.aio.AioRpcError) -> Failure | TransportFailure:
    """Return the refusal that a failed call carries; a TransportFailure when it carries none."""
    try:
        status = rpc_status.from_call(error)
    except ValueError:
        status = None  # a status trailer that contradicts the call's own code and message: believe the call
    if status is not None:
        return read_status(status)
    broke = error.details() == _CONNECTION_BROKE
    return TransportFailure(grpc.StatusCode.UNAVAILABLE if broke else error.code(), error.details() or "")


def _number(code: grpc.StatusCode) -> int:
    """Return a status code's number on the wire."""
    number, _ = code.value
    return int(number)


_BY_NUMBER = {_number(code): code for code in grpc.StatusCode}
