"""The memory that transfers share."""

import pytest

from reference_server.content.memory import MemoryBudget, PieceCollector
from reference_server.contract.limits import KIB, MESSAGE_BYTES, MIB


def test_small_parts_become_one_piece() -> None:
    collector = PieceCollector(MemoryBudget())
    half = bytes(MESSAGE_BYTES // 2)
    assert not collector.add(half)
    assert collector.add(half) == half + half
    assert collector.take() == b""


def test_what_is_left_is_the_last_piece() -> None:
    collector = PieceCollector(MemoryBudget())
    collector.add(b"a")
    collector.add(b"b")
    assert collector.take() == b"ab"


def test_more_transfers_get_smaller_pieces_within_one_budget() -> None:
    budget = MemoryBudget()
    collectors = [PieceCollector(budget) for _ in range(64)]
    assert 64 * budget.piece_bytes <= 16 * MIB
    assert budget.piece_bytes >= 128 * KIB
    assert budget.crowded
    for collector in collectors[1:]:
        collector.close()
        collector.close()
    assert budget.piece_bytes == MESSAGE_BYTES
    assert not budget.crowded


def test_a_transfer_that_fails_counts_no_longer() -> None:
    budget = MemoryBudget()
    for _ in range(8):
        with pytest.raises(RuntimeError), budget.joined():
            raise RuntimeError
    assert budget.piece_bytes == MESSAGE_BYTES
