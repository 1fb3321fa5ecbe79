"""Times as GitLab writes them."""

from __future__ import annotations

from datetime import UTC, datetime

from google.protobuf.timestamp_pb2 import Timestamp

_NANOSECONDS_PER_MILLISECOND = 1_000_000


def iso_milliseconds(timestamp: Timestamp) -> str:
    """Write a time as ISO 8601 in UTC with milliseconds and `Z`."""
    seconds = datetime.fromtimestamp(timestamp.seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S")
    return f"{seconds}.{timestamp.nanos // _NANOSECONDS_PER_MILLISECOND:03d}Z"
