"""One request and its answer, as the access log and the metrics see them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)
class Exchange:
    """What is known of a request and its answer, filled while it goes on. Sizes are body bytes; status 0: no answer."""

    request_id: str
    method: str
    target: str
    route: str
    remote_address: str
    started: float
    status: int = 0
    received_bytes: int = 0
    sent_bytes: int = 0
