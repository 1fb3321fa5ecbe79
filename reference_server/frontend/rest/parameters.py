"""The parameters of a REST call, by name and type."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime

from google.protobuf.timestamp_pb2 import Timestamp

from reference_server.frontend.answers import JsonValue

HIGHEST_ID = 2**63 - 1
_HIGHEST_LEVEL = 2**31 - 1
# As many digits as the largest page number that anybody has tried: more would cost time and mean nothing.
NUMBER = r"[+-]?[0-9]{1,100}"
_FLAGS = {"true": True, "t": True, "1": True, "on": True, "false": False, "f": False, "0": False, "off": False}


class BadParametersError(ValueError):
    """Parameters of the wrong type or value; the text is GitLab's."""


class Parameters:
    """Gives parameters by name and type, and collects what is wrong with them until `check`."""

    def __init__(self, values: Mapping[str, JsonValue]) -> None:
        self._values = values
        self._complaints: list[str] = []

    def value(self, name: str) -> JsonValue:
        """Give a parameter as it came; None when it is absent."""
        return self._values.get(name)

    def has(self, name: str) -> bool:
        """Whether a parameter was sent, even as null."""
        return name in self._values

    def given(self, name: str) -> str | None:
        """Give a text; None when it is absent."""
        return None if self._values.get(name) is None else self.text(name)

    def text(self, name: str) -> str:
        """Give a text; empty when it is absent."""
        value = self._values.get(name)
        if value is None or isinstance(value, str):
            return value or ""
        if isinstance(value, int) and not isinstance(value, bool):
            return str(value)
        self._complain(name, "is invalid")
        return ""

    def number(self, name: str) -> int | None:
        """Give a whole number of either sign, also when it is written as a text; None when it is absent."""
        value = self._values.get(name)
        if value is None or value == "":
            return None
        if isinstance(value, str) and re.fullmatch(NUMBER, value):
            value = int(value)
        if isinstance(value, bool) or not isinstance(value, int):
            self._complain(name, "is invalid")
            return None
        return value

    def integer(self, name: str) -> int | None:
        """Give a number that an id can be; None when it is absent."""
        value = self.number(name)
        if value is not None and not 0 <= value <= HIGHEST_ID:
            self._complain(name, "is invalid")
            return None
        return value

    def required_text(self, name: str) -> str:
        """Give a text; it may not be absent."""
        self._require(name)
        return self.text(name)

    def required_integer(self, name: str) -> int:
        """Give a number that an id can be; it may not be absent."""
        self._require(name)
        return self.integer(name) or 0

    def required_flag(self, name: str) -> bool:
        """Give a truth value; it may not be absent."""
        self._require(name)
        return self.flag(name) or False

    def level(self, name: str) -> int | None:
        """Give a number that a role can be; None when it is absent."""
        value = self.integer(name)
        return None if value is None else min(value, _HIGHEST_LEVEL)

    def flag(self, name: str) -> bool | None:
        """Give a truth value, also when it is written as a text; None when it is absent."""
        value = self._values.get(name)
        if value is None or value == "":
            return None
        known = _FLAGS.get(str(value).lower())
        if known is None:
            self._complain(name, "is invalid")
        return known

    def texts(self, name: str) -> list[str]:
        """Give a list of texts: JSON's own, repeated `name[]`, or one text with commas."""
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
            self.refuse_value(name)
        return choices.get(text, absent)

    def choices(self, name: str, choices: Mapping[str, int]) -> list[int]:
        """Give what each of a list of allowed texts stands for."""
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
        """Note that a parameter is absent."""
        if self._values.get(name) in (None, ""):
            self._complain(name, "is missing")

    def _complain(self, name: str, complaint: str) -> None:
        """Remember what is wrong."""
        self._complaints.append(f"{name} {complaint}")
