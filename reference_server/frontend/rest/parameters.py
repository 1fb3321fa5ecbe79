"""The parameters of a REST call, wherever they were put: query, form or JSON."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime

from google.protobuf.timestamp_pb2 import Timestamp
from tornado.httputil import HTTPServerRequest

from reference_server.frontend.answers import JsonValue

_HIGHEST_ID = 2**63 - 1


class UnreadableBodyError(ValueError):
    """A body that is not what its Content-Type says."""


class BadParametersError(ValueError):
    """Parameters of the wrong type or value; the text is GitLab's."""


class Parameters:
    """Gives parameters by name and type, and collects what is wrong with them until `check`."""

    def __init__(self, values: Mapping[str, JsonValue]) -> None:
        self._values = values
        self._complaints: list[str] = []

    def text(self, name: str) -> str:
        """Give a text; empty when it is absent."""
        value = self._values.get(name)
        if value is None or (isinstance(value, str) and _is_well_formed(value)):
            return value or ""
        if isinstance(value, int) and not isinstance(value, bool):
            return str(value)
        self._complain(name, "is invalid")
        return ""

    def integer(self, name: str) -> int | None:
        """Give a positive whole number, also when it is written as a text; None when it is absent."""
        value = self._values.get(name)
        if value is None or value == "":
            return None
        if isinstance(value, str) and re.fullmatch(r"[0-9]{1,19}", value):
            value = int(value)
        if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= _HIGHEST_ID:
            self._complain(name, "is invalid")
            return None
        return value

    def texts(self, name: str) -> list[str]:
        """Give a list of texts: JSON's own, repeated `name[]`, or one text with commas."""
        value = self._values.get(f"{name}[]", self._values.get(name))
        if isinstance(value, str):
            value = [part for part in value.split(",") if part]
        if value is None:
            return []
        parts = value if isinstance(value, list) else []
        texts = [part for part in parts if isinstance(part, str) and _is_well_formed(part)]
        if not isinstance(value, list) or len(texts) != len(value):
            self._complain(name, "is invalid")
        return texts

    def instant(self, name: str) -> Timestamp | None:
        """Give a date or a time, UTC unless it says otherwise; None when it is absent."""
        text = self.text(name)
        if not text:
            return None
        try:
            instant = datetime.fromisoformat(text)
            # At either end of the calendar a time may have no counterpart in UTC.
            in_utc = instant.astimezone(UTC) if instant.tzinfo else instant.replace(tzinfo=UTC)
        except (ValueError, OverflowError):
            self._complain(name, "is invalid")
            return None
        timestamp = Timestamp()
        timestamp.FromDatetime(in_utc)
        return timestamp

    def choice(self, name: str, choices: Mapping[str, int], absent: int) -> int:
        """Give what one of the allowed texts stands for."""
        text = self.text(name)
        if text and text not in choices:
            self._complain(name, "does not have a valid value")
        return choices.get(text, absent)

    def check(self) -> None:
        """Raise BadParametersError when any parameter that was asked for is wrong."""
        if self._complaints:
            raise BadParametersError(", ".join(self._complaints))

    def _complain(self, name: str, complaint: str) -> None:
        """Remember what is wrong."""
        self._complaints.append(f"{name} {complaint}")


def read_parameters(request: HTTPServerRequest) -> Parameters:
    """Collect a request's parameters; those of the body count before those of the query. Raises UnreadableBodyError."""
    values: dict[str, JsonValue] = _decoded(request.query_arguments)
    content_type = request.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if content_type == "application/json" and request.body:
        values.update(_json_object(request.body))
    else:
        values.update(_decoded(request.body_arguments))
    return Parameters(values)


def _is_well_formed(text: str) -> bool:
    """Whether a text can be sent on: JSON can write half a surrogate pair, and a NUL is in no name."""
    return "\0" not in text and text.encode("utf-8", "replace").decode() == text


def _json_object(body: bytes) -> dict[str, JsonValue]:
    """Read a JSON object."""
    try:
        value = json.loads(body.decode("utf-8"))
    except (ValueError, RecursionError):
        raise UnreadableBodyError from None
    if not isinstance(value, dict):
        raise UnreadableBodyError
    return value


def _decoded(arguments: Mapping[str, list[bytes]]) -> dict[str, JsonValue]:
    """Decode form or query arguments: a list for names that end in `[]`, otherwise the last value."""
    try:
        return {
            name: [value.decode() for value in values] if name.endswith("[]") else values[-1].decode()
            for name, values in arguments.items()
        }
    except UnicodeDecodeError:
        raise UnreadableBodyError from None
