"""What the front end says to an HTTP client: a status, a body, and the headers that belong to both."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Final

JsonValue = None | bool | int | str | list["JsonValue"] | dict[str, "JsonValue"]

JSON_TYPE: Final = "application/json"


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer with a body in memory. `headers` are those beyond Content-Type and Content-Length."""

    status: int
    body: bytes
    headers: tuple[tuple[str, str], ...] = ()
    content_type: str = JSON_TYPE


def json_answer(status: int, value: JsonValue, *headers: tuple[str, str]) -> Answer:
    """Make an answer with a JSON body, compact as GitLab's."""
    return Answer(status, json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode(), headers)


CREATED: Final = json_answer(201, {"message": "201 Created"})
ROUTE_UNKNOWN: Final = json_answer(404, {"error": "404 Not Found"})
TEXT_MALFORMED: Final = json_answer(400, {"error": "The request has invalid or malformed text"})
TARGET_TOO_LONG: Final = json_answer(414, {"error": "414 URI Too Long"})
HEADERS_TOO_LARGE: Final = json_answer(431, {"error": "431 Request Header Fields Too Large"})
MESSAGE_MALFORMED: Final = json_answer(400, {"error": "400 Bad Request"})
BODY_TOO_LARGE: Final = json_answer(413, {"error": "413 Request Entity Too Large"})
BODY_STALLED: Final = json_answer(408, {"error": "408 Request Timeout"})
UNEXPECTED: Final = json_answer(500, {"message": "500 Internal Server Error"})


def method_not_allowed(*allowed: str) -> Answer:
    """Refuse a method that a known route does not have."""
    return json_answer(405, {"error": "405 Not Allowed"}, ("Allow", ", ".join(sorted(allowed))))
