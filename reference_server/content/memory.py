"""How much content a process holds in memory at a time. Every such setting stands here; sizes are bytes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Final

from reference_server.contract.limits import KIB, MESSAGE_BYTES, MIB

SMALL_BODIES_BYTES: Final = 16 * MIB
"""What the small bodies of one front end, which travel inside operations, hold together."""

API_BODIES_BYTES: Final = 8 * MIB
"""What the bodies of REST and GraphQL requests of one front end hold together."""

SLOW_BODIES_BYTES: Final = 4 * MIB
"""What those of either kind hold together that came slowly when others needed their room."""

UNKNOWN_BODIES_BYTES: Final = 2 * MIB
"""What the bodies of one kind hold together that come without a credential that the storage knows."""

UNKNOWN_SLOW_BODIES_BYTES: Final = MIB
"""What those of them hold together that came slowly when others needed their room."""

MESSAGES_IN_FLIGHT: Final = 8
"""Content messages that one front end sends, and as many that it receives, at a time."""

FIXED_WINDOW: Final = ("grpc.http2.bdp_probe", 0)
"""gRPC's option that keeps a stream's window near its message; one that grows holds megabytes for each transfer."""

UPLOAD_WINDOW: Final = ("grpc.http2.lookahead_bytes", 128 * KIB)
"""gRPC's option for what the storage reads ahead for each upload."""

_TRANSFERS_BYTES = 4 * MIB
_SMALLEST_PIECE_BYTES = 128 * KIB
_TRANSFERS_AHEAD = 8


class MemoryBudget:
    """Share a fixed amount of memory among the transfers of one process in one direction.

    The more transfers there are, the smaller are their pieces. As long as they are few, each may also hash one piece
    while it takes the next.
    """

    def __init__(self) -> None:
        self._transfers = 0

    @contextmanager
    def joined(self) -> Iterator[None]:
        """Count a transfer as long as the context lasts."""
        self._transfers += 1
        try:
            yield
        finally:
            self._transfers -= 1

    @property
    def piece_bytes(self) -> int:
        """The largest piece that a transfer may hold now, at most that of one message."""
        return max(_SMALLEST_PIECE_BYTES, min(MESSAGE_BYTES, _TRANSFERS_BYTES // max(1, self._transfers)))

    @property
    def crowded(self) -> bool:
        """Whether each transfer should let go of a piece before it takes the next."""
        return self._transfers > _TRANSFERS_AHEAD


class PieceCollector:
    """Join the small parts of one transfer into pieces of the size that the budget allows."""

    def __init__(self, budget: MemoryBudget) -> None:
        self._budget = budget
        self._parts: list[bytes] = []
        self._size = 0
        self._share = ExitStack()
        self._share.enter_context(budget.joined())

    def add(self, part: bytes) -> bytes:
        """Take a part; return a piece when there is enough for one, and no bytes otherwise."""
        self._parts.append(part)
        self._size += len(part)
        return self.take() if self._size >= self._budget.piece_bytes else b""

    def take(self) -> bytes:
        """Return all that was collected: at most one piece and one part, possibly nothing."""
        piece = self._parts[0] if len(self._parts) == 1 else b"".join(self._parts)
        self._parts = []
        self._size = 0
        return piece

    def close(self) -> None:
        """Leave the budget; safe to call twice."""
        self._parts = []
        self._share.close()
