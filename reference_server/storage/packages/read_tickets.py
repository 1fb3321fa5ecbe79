"""Read tickets: the permission to read one content, carried by whoever got it and kept by nobody."""

from __future__ import annotations

import hmac
import secrets
import struct
import time
from collections.abc import Callable

from reference_server.contract.failure import Failure, Reason
from reference_server.contract.limits import READ_TICKET_SECONDS

_KEY_BYTES = 32
_CLAIM = struct.Struct("!32sd")  # digest, and the end of its time


class ReadTickets:
    """Issues tickets and reads them; they are worth nothing to another process. `clock` is one that nobody sets."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._key = secrets.token_bytes(_KEY_BYTES)

    def issue(self, sha256: bytes) -> bytes:
        """Permit reading a content from now until the ticket's time is up."""
        claim = _CLAIM.pack(sha256, self._clock() + READ_TICKET_SECONDS)
        return claim + self._seal(claim)

    def read(self, ticket: bytes) -> bytes:
        """Return the digest of the content that may be read. Raise READ_TICKET_INVALID."""
        claim, seal = ticket[: _CLAIM.size], ticket[_CLAIM.size :]
        if not hmac.compare_digest(seal, self._seal(claim)):
            raise Failure(Reason.READ_TICKET_INVALID, "the read ticket was not issued here")
        sha256, ends_at = _CLAIM.unpack(claim)
        if self._clock() >= ends_at:
            raise Failure(Reason.READ_TICKET_INVALID, "the read ticket is past its time")
        return bytes(sha256)

    def _seal(self, claim: bytes) -> bytes:
        return hmac.digest(self._key, claim, "sha256")
