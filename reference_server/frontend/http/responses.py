"""What the front end says to an HTTP client: a status, a body, and the headers that belong to both."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Final

from google.protobuf.timestamp_pb2 import Timestamp

JsonValue = None | bool | int | str | list["JsonValue"] | dict[str, "JsonValue"]

JSON_TYPE: Final = "application/json"

_NANOSECONDS_PER_MILLISECOND = 1_000_000


@dataclass(frozen=True, slots=True)
class Response:
    """A whole answer with a body in memory. `headers` are those beyond Content-Type and Content-Length."""

    status: HTTPStatus
    body: bytes
    headers: tuple[tuple[str, str], ...] = ()
    content_type: str = JSON_TYPE


def json_response(status: HTTPStatus, value: JsonValue, *headers: tuple[str, str]) -> Response:
    """Return an answer with a JSON body, compact as GitLab's."""
    return Response(status, json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode(), headers)


def iso_milliseconds(timestamp: Timestamp) -> str:
    """Return a time as GitLab writes it: ISO 8601 in UTC with milliseconds and `Z`."""
    seconds = datetime.fromtimestamp(timestamp.seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S")
    return f"{seconds}.{timestamp.nanos // _NANOSECONDS_PER_MILLISECOND:03d}Z"


def error_response(status: HTTPStatus, text: str, *headers: tuple[str, str]) -> Response:
    """Return a refusal with GitLab's `error`."""
    return json_response(status, {"error": text}, *headers)


def unavailable(retry_seconds: str = "1") -> Response:
    """Return that the same request may do later."""
    body: JsonValue = {"message": "503 Service Unavailable"}
    return json_response(HTTPStatus.SERVICE_UNAVAILABLE, body, ("Retry-After", retry_seconds))


CREATED: Final = json_response(HTTPStatus.CREATED, {"message": "201 Created"})
NO_CONTENT: Final = Response(HTTPStatus.NO_CONTENT, b"")
ROUTE_UNKNOWN: Final = error_response(HTTPStatus.NOT_FOUND, "404 Not Found")
TEXT_MALFORMED: Final = error_response(HTTPStatus.BAD_REQUEST, "The request has invalid or malformed text")
TARGET_TOO_LONG: Final = error_response(HTTPStatus.REQUEST_URI_TOO_LONG, "414 URI Too Long")
HEADERS_TOO_LARGE: Final = error_response(
    HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, "431 Request Header Fields Too Large"
)
MESSAGE_MALFORMED: Final = error_response(HTTPStatus.BAD_REQUEST, "400 Bad Request")
BODY_TOO_LARGE: Final = error_response(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "413 Request Entity Too Large")
BODY_STALLED: Final = error_response(HTTPStatus.REQUEST_TIMEOUT, "408 Request Timeout")
PRECONDITION_FAILED: Final = error_response(HTTPStatus.PRECONDITION_FAILED, "412 Precondition Failed")
RANGE_NOT_SATISFIABLE: Final = error_response(HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE, "416 Range Not Satisfiable")
UNAVAILABLE: Final = unavailable()
UNEXPECTED: Final = json_response(HTTPStatus.INTERNAL_SERVER_ERROR, {"message": "500 Internal Server Error"})


def method_not_allowed(*allowed: str) -> Response:
    """Return the refusal of a method that a known route does not have."""
    return error_response(HTTPStatus.METHOD_NOT_ALLOWED, "405 Not Allowed", ("Allow", ", ".join(sorted(allowed))))
