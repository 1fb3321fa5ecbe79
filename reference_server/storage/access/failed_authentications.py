"""How many credentials that name no valid token may come from one address."""

from __future__ import annotations

import functools
import ipaddress
import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Final

from reference_server.contract.failure import Failure, Reason

MINUTE_SECONDS: Final = 60.0
_ADDRESSES = 10_000
_PROVEN = 10_000
_IPV6_PREFIX = 64  # what one subscriber has


class FailedAuthentications:
    """Counts failures by address; beyond `most` in a minute, 0 for no limit, credentials from there are refused.

    A credential that proved valid from that address before is let in still, so that whoever shares an address with an
    attacker goes on working. Counts at most 10,000 addresses and knows as many credentials; the oldest are forgotten.
    """

    def __init__(self, most: int, now: Callable[[], float] = time.monotonic) -> None:
        self._most = most
        self._now = now
        self._minutes: OrderedDict[str, tuple[float, int]] = OrderedDict()  # the end of each, the soonest first
        self._proven: OrderedDict[tuple[str, bytes], None] = OrderedDict()
        self.failed = 0
        self.refused = 0

    def check(self, address: str, digest: bytes) -> None:
        """Let a credential be looked at. Raise AUTHENTICATION_LIMITED."""
        if not self._minutes or not address:
            return
        end, count = self._minutes.get(_shared(address), (0.0, 0))
        left = end - self._now()
        if count >= self._most and left > 0 and (address, digest) not in self._proven:
            self.refused += 1
            seconds = str(int(left) + 1)
            message = "too many credentials that name no valid token came from this address"
            raise Failure(Reason.AUTHENTICATION_LIMITED, message, retry_after_seconds=seconds)

    def note_failure(self, address: str) -> None:
        """Count a credential that named no valid token."""
        self.failed += 1
        if not self._most or not address:
            return
        now = self._now()
        while self._minutes and next(iter(self._minutes.values()))[0] <= now:
            self._minutes.popitem(last=False)
        shared = _shared(address)
        end, count = self._minutes.get(shared, (now + MINUTE_SECONDS, 0))
        self._minutes[shared] = (end, count + 1)
        if len(self._minutes) > _ADDRESSES:
            self._minutes.popitem(last=False)

    def note_success(self, address: str, digest: bytes) -> None:
        """Remember a credential that is valid."""
        if not self._most or not address:
            return
        proven = self._proven
        proven[address, digest] = None
        proven.move_to_end((address, digest))
        if len(proven) > _PROVEN:
            proven.popitem(last=False)


@functools.lru_cache(maxsize=1024)
def _shared(address: str) -> str:
    """Return what failures are counted by: an IPv4 address, the network of an IPv6 one."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if parsed.version == 4:  # noqa: PLR2004 -- of IP
        return address
    mapped = parsed.ipv4_mapped
    return str(mapped) if mapped else str(ipaddress.ip_network((parsed, _IPV6_PREFIX), strict=False))
