"""Sizes, times and names that the contract fixes for both halves. Sizes are bytes, times are seconds."""

from __future__ import annotations

from typing import Final

KIB: Final = 1024
MIB: Final = 1024 * KIB
GIB: Final = 1024 * MIB

SMALL_CONTENT_BYTES: Final = 64 * KIB
"""The largest content that travels inside the message that decides about it."""

MESSAGE_BYTES: Final = MIB
"""The largest piece of content in one message of a content stream."""

COALESCED_BYTES: Final = MIB
"""Operations or outcomes are put together into one message until it holds this much; one more may still join it."""

OPERATIONS_PER_STREAM: Final = 1024
"""How many operations of one stream may run at a time."""

MAXIMUM_FILE_BYTES: Final = 5 * GIB
"""The largest file that a project takes unless the registry is told otherwise."""

SECRET_BYTES: Final = 1024
"""The longest secret in a credential."""

REQUEST_ID_CHARACTERS: Final = 64
"""The longest request id."""

REQUEST_ID_KEY: Final = "x-request-id"
"""The metadata key that holds the request id."""

CLIENT_ADDRESS_KEY: Final = "x-client-address"
"""The metadata key that holds the address of the HTTP client."""

METRICS_FOLDER_VARIABLE: Final = "PROMETHEUS_MULTIPROC_DIR"
"""Names the folder that all processes of a server count into; prometheus_client reads it when it is first imported."""

READ_TICKET_SECONDS: Final = 60
"""How long a read ticket authorises the start of a download."""

UPLOAD_IDLE_SECONDS: Final = 3600
"""How long a begun upload may see no byte before it is abandoned."""

SMALL_OPERATION_SECONDS: Final = 10
"""The time limit that a front end gives an operation that carries no large content."""
