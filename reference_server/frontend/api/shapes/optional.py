"""What of a message may be absent, as JSON's null."""

from __future__ import annotations

from google.protobuf.message import Message
from google.protobuf.timestamp_pb2 import Timestamp

from reference_server.frontend.http.responses import iso_milliseconds

Scalar = bool | int | str | None


def given(message: Message, field: str) -> Scalar:
    """Return a field without a default; None when it is absent."""
    if not message.HasField(field):
        return None
    value: Scalar = getattr(message, field)
    return value


def instant(message: Message, field: str) -> str | None:
    """Return a time as GitLab writes it; None when it is absent."""
    if not message.HasField(field):
        return None
    value: Timestamp = getattr(message, field)
    return iso_milliseconds(value)
