"""How large the pieces are that content travels in, so that many transfers at once stay within bounded memory."""

from __future__ import annotations

from reference_server.contract.limits import KIB, MESSAGE_BYTES, MIB

_BUDGET_BYTES = 4 * MIB
_SMALLEST_PIECE_BYTES = 128 * KIB


class PieceBudget:
    """Shares a fixed amount of memory among the uploads of one process: the more uploads, the smaller their pieces."""

    def __init__(self) -> None:
        self._uploads = 0

    def join(self) -> None:
        """Count one more upload."""
        self._uploads += 1

    def leave(self) -> None:
        """Count one upload less."""
        self._uploads -= 1

    @property
    def piece_bytes(self) -> int:
        """How much an upload may collect before it passes it on."""
        return max(_SMALLEST_PIECE_BYTES, min(MESSAGE_BYTES, _BUDGET_BYTES // max(1, self._uploads)))


class PieceCollector:
    """Puts what arrives in small parts together into pieces of the size that the budget allows now."""

    def __init__(self, budget: PieceBudget) -> None:
        self._budget = budget
        self._parts: list[bytes] = []
        self._size = 0

    def add(self, part: bytes) -> bytes | None:
        """Take a part; give a piece when there is enough for one."""
        self._parts.append(part)
        self._size += len(part)
        return self.take() if self._size >= self._budget.piece_bytes else None

    def take(self) -> bytes:
        """Give all that was collected, which may be nothing, and at most one piece and one part."""
        piece = self._parts[0] if len(self._parts) == 1 else b"".join(self._parts)
        self._parts = []
        self._size = 0
        return piece
