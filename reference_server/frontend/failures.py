"""The one table from the storage's reasons to HTTP answers, in GitLab's words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

import grpc

from reference_server.contract.failure import Failure, Reason
from reference_server.contract.status import TransportFailure
from reference_server.frontend.answers import ROUTE_UNKNOWN, UNEXPECTED, Answer, JsonValue, json_answer

_CHALLENGE: Final = ("WWW-Authenticate", 'Basic realm="GitLab Packages Registry"')
_RETRY_SECONDS: Final = "1"

_Row = Callable[[Mapping[str, str]], Answer]


def _message(status: int, text: str, *headers: tuple[str, str]) -> _Row:
    """Answer with GitLab's `message`, which begins with the status."""
    answer = json_answer(status, {"message": f"{status} {text}"}, *headers)
    return lambda _: answer


def _invalid_token(description: str) -> _Row:
    """Answer that a token that exists is no longer good."""
    body: JsonValue = {"error": "invalid_token", "error_description": description}
    answer = json_answer(401, body, _CHALLENGE)
    return lambda _: answer


def _scope_insufficient(metadata: Mapping[str, str]) -> Answer:
    """Answer with the scopes that would do."""
    return json_answer(
        403,
        {
            "error": "insufficient_scope",
            "error_description": "The request requires higher privileges than provided by the access token.",
            "scope": metadata.get("scope", ""),
        },
    )


def _parameter(complaint: str) -> _Row:
    """Answer which parameter is wrong."""
    return lambda metadata: json_answer(400, {"error": f"{metadata.get('parameter', 'parameter')} {complaint}"})


def _taken(metadata: Mapping[str, str]) -> Answer:
    """Answer as a model whose validation failed."""
    return json_answer(400, {"message": {metadata.get("parameter", "path"): ["has already been taken"]}})


def _complaint(metadata: Mapping[str, str]) -> Answer:
    """Answer as a protection rule whose validation failed."""
    return json_answer(422, {"message": [metadata.get("complaint", "is invalid")]})


def _user_taken(metadata: Mapping[str, str]) -> Answer:
    """Answer which of a user's names another one has."""
    return json_answer(409, {"message": f"{metadata.get('parameter', 'username').capitalize()} has already been taken"})


def _member_taken(_: Mapping[str, str]) -> Answer:
    """Answer that a member is one already."""
    return json_answer(409, {"message": "Member already exists"})


def _job_token_not_allowed(metadata: Mapping[str, str]) -> Answer:
    """Answer which project keeps the job tokens of which other one out."""
    source, target = metadata.get("source", ""), metadata.get("target", "")
    text = f"403 Forbidden - Authentication by CI/CD job token not allowed from {source} to {target}."
    return json_answer(403, {"message": text})


def _retry(metadata: Mapping[str, str]) -> Answer:
    """Answer that the same request may do later."""
    after = metadata.get("retry_after_seconds", _RETRY_SECONDS)
    return json_answer(503, {"message": "503 Service Unavailable"}, ("Retry-After", after))


REASONS: Final[Mapping[Reason, _Row]] = {
    Reason.CREDENTIAL_INVALID: _message(401, "Unauthorized", _CHALLENGE),
    Reason.CREDENTIAL_EXPIRED: _invalid_token("Token is expired. Create a new one."),
    Reason.CREDENTIAL_REVOKED: _invalid_token("Token was revoked. Create a new one."),
    Reason.SCOPE_INSUFFICIENT: _scope_insufficient,
    Reason.ROLE_INSUFFICIENT: _message(403, "Forbidden"),
    Reason.PARAMETER_MISSING: _parameter("is missing"),
    Reason.PARAMETER_INVALID: _parameter("is invalid"),
    Reason.PARAMETER_VALUE_UNKNOWN: _parameter("does not have a valid value"),
    Reason.PARAMETER_TAKEN: _taken,
    Reason.PROJECT_NOT_FOUND: _message(404, "Project Not Found"),
    Reason.GROUP_NOT_FOUND: _message(404, "Group Not Found"),
    Reason.PACKAGE_NOT_FOUND: _message(404, "Not Found"),
    Reason.PACKAGE_FILE_NOT_FOUND: _message(404, "Not Found"),
    Reason.TOKEN_NOT_FOUND: _message(404, "Not Found"),
    Reason.FILE_TOO_LARGE: _message(400, "Bad request - File is too large"),
    Reason.PACKAGE_DUPLICATE: _message(400, "Bad request - Duplicate package is not allowed"),
    Reason.CONTENT_MISMATCH: _message(400, "Bad request - Content is not as declared"),
    # Neither is of the client's making: a restarted storage has forgotten what it gave the front end.
    Reason.UPLOAD_NOT_FOUND: _retry,
    Reason.READ_TICKET_INVALID: _retry,
    Reason.OVERLOADED: _retry,
    Reason.VOLUME_FULL: _message(507, "Insufficient Storage"),
    Reason.USER_NOT_FOUND: _message(404, "User Not Found"),
    Reason.USER_TAKEN: _user_taken,
    Reason.USER_BLOCKED: _message(403, "Forbidden - Your account has been blocked."),
    Reason.MEMBER_TAKEN: _member_taken,
    Reason.RECORD_NOT_FOUND: _message(404, "Not Found"),
    Reason.JOB_TOKEN_NOT_ALLOWED: _job_token_not_allowed,
    Reason.PACKAGE_PROTECTED: _message(403, "Forbidden - Package protected."),
    Reason.PACKAGE_DELETION_PROTECTED: _message(403, "Forbidden - Package is deletion protected."),
    Reason.PROTECTION_RULE_NOT_FOUND: _message(404, "Not Found"),
    Reason.PROTECTION_RULE_INVALID: _complaint,
    Reason.NOT_IN_EDITION: lambda _: ROUTE_UNKNOWN,
}

_WORTH_A_RETRY: Final = frozenset(
    {
        grpc.StatusCode.UNAVAILABLE,
        grpc.StatusCode.DEADLINE_EXCEEDED,
        grpc.StatusCode.UNKNOWN,  # how gRPC ends a stream whose connection breaks; a defect of the storage is INTERNAL
        grpc.StatusCode.CANCELLED,
        grpc.StatusCode.RESOURCE_EXHAUSTED,
        grpc.StatusCode.ABORTED,
    }
)


def answer_to(failure: Failure | TransportFailure) -> Answer:
    """Give the HTTP answer to a failed call: the table's row, 503 for the transport's troubles, 500 for a defect."""
    if isinstance(failure, Failure):
        return REASONS[failure.reason](failure.metadata)
    return _retry({}) if failure.code in _WORTH_A_RETRY else UNEXPECTED
