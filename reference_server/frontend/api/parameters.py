"""The parameters of a call, wherever they are put (query, form or JSON), by name and type."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime

from google.protobuf.timestamp_pb2 import Timestamp
from tornado.httputil import HTTPServerRequest

from reference_server.frontend.http.responses import JsonValue
from reference_server.frontend.http.target import MalformedTextError

_HIGHEST_ID = 2**63 - 1
_HIGHEST_LEVEL = 2**31 - 1
# As many digits as the largest page number that anybody has tried: more would cost time and mean nothing.
_NUMBER = r"[+-]?[0-9]{1,100}"
_FLAGS = {"true": True, "t": True, "1": True, "on": True, "false": False, "f": False, "0": False, "off": False}
_INVALID_TEXT = re.compile("[\0\ud800-\udfff]")


class BadParametersError(ValueError):
    """Parameters of the wrong type or value; the text is GitLab's."""


class UnreadableBodyError(ValueError):
    """A body that is not what its Content-Type says."""


class Parameters:
    """Parameters by name and type; collects what is wrong with them until `check`."""

    def __init__(self, values: Mapping[str, JsonValue]) -> None:
        self._values = values
        self._complaints: list[str] = []

    def value(self, name: str) -> JsonValue:
        """Return a parameter as it came; None when it is absent."""
        return self._values.get(name)

    def has(self, name: str) -> bool:
        """Return whether a parameter was sent, even as null."""
        return name in self._values

    def given(self, name: str) -> str | None:
        """Return a text; None when it is absent."""
        return None if self._values.get(name) is None else self.text(name)

    def text(self, name: str) -> str:
        """Return a text; empty when it is absent."""
        value = self._values.get(name)
        if value is None or isinstance(value, str):
            return value or ""
        if isinstance(value, int) and not isinstance(value, bool):
            return str(value)
        self._complain(name, "is invalid")
        return ""

    def number(self, name: str) -> int | None:
        """Return a whole number of either sign, also when it is written as a text; None when it is absent."""
        value = self._values.get(name)
        if value is None or value == "":
            return None
        if isinstance(value, str) and re.fullmatch(_NUMBER, value):
            value = int(value)
        if isinstance(value, bool) or not isinstance(value, int):
            self._complain(name, "is invalid")
            return None
        return value

    def integer(self, name: str) -> int | None:
        """Return a number that an id can be; None when it is absent."""
        value = self.number(name)
        if value is not None and not 0 <= value <= _HIGHEST_ID:
            self._complain(name, "is invalid")
            return None
        return value

    def required_text(self, name: str) -> str:
        """Return a text; it may not be absent."""
        self._require(name)
        return self.text(name)

    def required_integer(self, name: str) -> int:
        """Return a number that an id can be; it may not be absent."""
        self._require(name)
        return self.integer(name) or 0

    def required_flag(self, name: str) -> bool:
        """Return a truth value; it may not be absent."""
        self._require(name)
        return self.flag(name) or False

    def level(self, name: str) -> int | None:
        """Return a number that a role can be; None when it is absent."""
        value = self.integer(name)
        return None if value is None else min(value, _HIGHEST_LEVEL)

    def flag(self, name: str) -> bool | None:
        """Return a truth value, also when it is written as a text; None when it is absent."""
        value = self._values.get(name)
        if value is None or value == "":
            return None
        known = _FLAGS.get(str(value).lower())
        if known is None:
            self._complain(name, "is invalid")
        return known

    def texts(self, name: str) -> list[str]:
        """Return a list of texts: JSON's own, repeated `name[]`, or one text with commas."""
        value = self._values.get(f"{name}[]", self._values.get(name))
        if isinstance(value, str):
            value = [part for part in value.split(",") if part]
        if value is None:
            return []
        parts = value if isinstance(value, list) else []
        texts = [part for part in parts if isinstance(part, str)]
        if not isinstance(value, list) or len(texts) != len(value):
            self._complain(name, "is invalid")
        return texts

    def instant(self, name: str) -> Timestamp | None:
        """Return a date or a time, UTC unless it says otherwise; None when it is absent."""
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
        """Return what one of the allowed texts stands for."""
        text = self.text(name)
        if text and text not in choices:
            self.refuse_value(name)
        return choices.get(text, absent)

    def choices(self, name: str, choices: Mapping[str, int]) -> list[int]:
        """Return what each of a list of allowed texts stands for."""
        texts = self.texts(name)
        if any(text not in choices for text in texts):
            self.refuse_value(name)
        return [choices[text] for text in texts if text in choices]

    def refuse_value(self, name: str) -> None:
        """Note that a parameter is not one of its allowed values."""
        self._complain(name, "does not have a valid value")

    def check(self) -> None:
        """Raise BadParametersError when any parameter that was asked for is wrong."""
        if self._complaints:
            raise BadParametersError(", ".join(self._complaints))

    def _require(self, name: str) -> None:
        if self._values.get(name) in (None, ""):
            self._complain(name, "is missing")

    def _complain(self, name: str, complaint: str) -> None:
        self._complaints.append(f"{name} {complaint}")


def read_parameters(request: HTTPServerRequest) -> Parameters:
    """Collect a request's parameters; those of the body count before those of the query.

    Raises UnreadableBodyError and MalformedTextError.
    """
    values: dict[str, JsonValue] = _decoded(request.query_arguments)
    content_type = request.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if content_type == "application/json" and request.body:
        values.update(_json_object(request.body))
    else:
        values.update(_decoded(request.body_arguments))
    _check_text(values)
    return Parameters(values)


def path_number(name: str, text: str) -> int:
    """Return a number of the path; 0, which nothing has, when it is beyond all. Raises BadParametersError."""
    if not re.fullmatch(_NUMBER, text):
        raise BadParametersError(f"{name} is invalid")
    number = int(text)
    return number if 0 <= number <= _HIGHEST_ID else 0


def number_or_none(text: str) -> int:
    """Return a number of the path; 0, which nothing has, for what is no number."""
    return int(text) if re.fullmatch(r"[0-9]{1,18}", text) else 0


def _json_object(body: bytes) -> dict[str, JsonValue]:
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
        raise MalformedTextError from None


def _check_text(values: JsonValue) -> None:
    """Raise MalformedTextError when any text, however deep, has a NUL or half a character in it."""
    waiting = [values]
    while waiting:
        value = waiting.pop()
        if isinstance(value, str):
            if _INVALID_TEXT.search(value):
                raise MalformedTextError
        elif isinstance(value, list):
            waiting += value
        elif isinstance(value, dict):
            waiting += [*value, *value.values()]
