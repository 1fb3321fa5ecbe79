"""The one table from the storage's reasons to HTTP answers, in GitLab's words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Final

import grpc

from reference_server.contract.failure import Failure, Reason
from reference_server.contract.status import TransportFailure
from reference_server.frontend.http.request import RequestContext
from reference_server.frontend.http.responses import (
    ROUTE_UNKNOWN,
    UNAVAILABLE,
    UNEXPECTED,
    JsonValue,
    Response,
    error_response,
    json_response,
    unavailable,
)

_CHALLENGE: Final = ("WWW-Authenticate", 'Basic realm="GitLab Packages Registry"')

_Row = Callable[[Mapping[str, str]], Response]


def _fixed(status: HTTPStatus, body: JsonValue, *headers: tuple[str, str]) -> _Row:
    answer = json_response(status, body, *headers)
    return lambda _: answer


def _message(status: HTTPStatus, text: str, *headers: tuple[str, str]) -> _Row:
    """Return GitLab's `message`, which begins with the status."""
    return _fixed(status, {"message": f"{status} {text}"}, *headers)


def _not_found(text: str = "Not Found") -> _Row:
    return _message(HTTPStatus.NOT_FOUND, text)


def _bad_request(text: str) -> _Row:
    return _message(HTTPStatus.BAD_REQUEST, f"Bad request - {text}")


def _forbidden(text: str = "Forbidden") -> _Row:
    return _message(HTTPStatus.FORBIDDEN, text)


def _invalid_token(description: str) -> _Row:
    body: JsonValue = {"error": "invalid_token", "error_description": description}
    return _fixed(HTTPStatus.UNAUTHORIZED, body, _CHALLENGE)


def _scope_insufficient(metadata: Mapping[str, str]) -> Response:
    description = "The request requires higher privileges than provided by the access token."
    body = {"error": "insufficient_scope", "error_description": description, "scope": metadata.get("scope", "")}
    return json_response(HTTPStatus.FORBIDDEN, {**body})


def _parameter(complaint: str) -> _Row:
    status = HTTPStatus.BAD_REQUEST
    return lambda metadata: error_response(status, f"{metadata.get('parameter', 'parameter')} {complaint}")


def _parameter_taken(metadata: Mapping[str, str]) -> Response:
    errors: JsonValue = {metadata.get("parameter", "path"): ["has already been taken"]}
    return json_response(HTTPStatus.BAD_REQUEST, {"message": errors})


def _rule_invalid(metadata: Mapping[str, str]) -> Response:
    return json_response(HTTPStatus.UNPROCESSABLE_ENTITY, {"message": [metadata.get("complaint", "is invalid")]})


def _deletion_refused(metadata: Mapping[str, str]) -> Response:
    return json_response(HTTPStatus.BAD_REQUEST, {"message": metadata.get("complaint", "400 Bad request")})


def _rotation_refused(metadata: Mapping[str, str]) -> Response:
    text = f"400 Bad request - {metadata.get('complaint', 'Token not rotated')}"
    return json_response(HTTPStatus.BAD_REQUEST, {"message": text})


def _too_many_failures(metadata: Mapping[str, str]) -> Response:
    """Return when the client may present credentials again."""
    body: JsonValue = {"message": "429 Too Many Requests"}
    after = ("Retry-After", metadata.get("retry_after_seconds", "60"))
    return json_response(HTTPStatus.TOO_MANY_REQUESTS, body, after)


def _user_taken(metadata: Mapping[str, str]) -> Response:
    name = metadata.get("parameter", "username").capitalize()
    return json_response(HTTPStatus.CONFLICT, {"message": f"{name} has already been taken"})


def _job_token_not_allowed(metadata: Mapping[str, str]) -> Response:
    source, target = metadata.get("source", ""), metadata.get("target", "")
    text = f"403 Forbidden - Authentication by CI/CD job token not allowed from {source} to {target}."
    return json_response(HTTPStatus.FORBIDDEN, {"message": text})


def _user_blocked(metadata: Mapping[str, str]) -> Response:
    """Return why a user may not come in: blocked, or with terms of service that it has yet to accept."""
    text = "Your account has been blocked."
    if "terms" in metadata:
        text = "You must accept the Terms of Service in order to perform this action."
    return json_response(HTTPStatus.FORBIDDEN, {"message": f"403 Forbidden - {text}"})


def _retry(metadata: Mapping[str, str]) -> Response:
    """Return that the same request may do later."""
    after = metadata.get("retry_after_seconds")
    return unavailable(after) if after else UNAVAILABLE


REASONS: Final[Mapping[Reason, _Row]] = {
    Reason.CREDENTIAL_INVALID: _message(HTTPStatus.UNAUTHORIZED, "Unauthorized", _CHALLENGE),
    Reason.CREDENTIAL_EXPIRED: _invalid_token("Token is expired. Create a new one."),
    Reason.CREDENTIAL_REVOKED: _invalid_token("Token was revoked. Create a new one."),
    Reason.SCOPE_INSUFFICIENT: _scope_insufficient,
    Reason.ROLE_INSUFFICIENT: _forbidden(),
    Reason.PARAMETER_MISSING: _parameter("is missing"),
    Reason.PARAMETER_INVALID: _parameter("is invalid"),
    Reason.PARAMETER_VALUE_UNKNOWN: _parameter("does not have a valid value"),
    Reason.PARAMETER_TAKEN: _parameter_taken,
    Reason.PROJECT_NOT_FOUND: _not_found("Project Not Found"),
    Reason.GROUP_NOT_FOUND: _not_found("Group Not Found"),
    Reason.PACKAGE_NOT_FOUND: _not_found(),
    Reason.PACKAGE_FILE_NOT_FOUND: _not_found(),
    Reason.TOKEN_NOT_FOUND: _not_found(),
    Reason.FILE_TOO_LARGE: _bad_request("File is too large"),
    Reason.PACKAGE_DUPLICATE: _bad_request("Duplicate package is not allowed"),
    Reason.CONTENT_MISMATCH: _bad_request("Content is not as declared"),
    # Neither is of the client's making: a restarted storage has forgotten what it gave the front end.
    Reason.UPLOAD_NOT_FOUND: _retry,
    Reason.READ_TICKET_INVALID: _retry,
    Reason.OVERLOADED: _retry,
    Reason.VOLUME_FULL: _message(HTTPStatus.INSUFFICIENT_STORAGE, "Insufficient Storage"),
    Reason.USER_NOT_FOUND: _not_found("User Not Found"),
    Reason.USER_TAKEN: _user_taken,
    Reason.USER_BLOCKED: _user_blocked,
    Reason.MEMBER_TAKEN: _fixed(HTTPStatus.CONFLICT, {"message": "Member already exists"}),
    Reason.RECORD_NOT_FOUND: _not_found(),
    Reason.JOB_TOKEN_NOT_ALLOWED: _job_token_not_allowed,
    Reason.PACKAGE_PROTECTED: _forbidden("Forbidden - Package protected."),
    Reason.PACKAGE_DELETION_PROTECTED: _forbidden("Forbidden - Package is deletion protected."),
    Reason.PROTECTION_RULE_NOT_FOUND: _not_found(),
    Reason.PROTECTION_RULE_INVALID: _rule_invalid,
    Reason.NOT_IN_VERSION: lambda _: ROUTE_UNKNOWN,
    Reason.DELETION_REFUSED: _deletion_refused,
    Reason.DATA_UNUSABLE: _retry,
    Reason.ROTATION_REFUSED: _rotation_refused,
    Reason.ROTATION_NOT_ALLOWED: _message(HTTPStatus.METHOD_NOT_ALLOWED, "Method Not Allowed", ("Allow", "")),
    Reason.AUTHENTICATION_LIMITED: _too_many_failures,
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


def response_to(failure: Failure | TransportFailure) -> Response:
    """Return the HTTP answer to a failed call: the table's row, 503 for the transport's troubles, 500 for a defect."""
    if isinstance(failure, Failure):
        return REASONS[failure.reason](failure.metadata)
    return _retry({}) if failure.code in _WORTH_A_RETRY else UNEXPECTED


def noted(failure: Failure | TransportFailure, request: RequestContext) -> Response:
    """Return the HTTP answer to a failed call, and note in the request why it failed, for the log and the metrics."""
    request.failure = failure.reason.value if isinstance(failure, Failure) else failure.code.name
    return response_to(failure)
