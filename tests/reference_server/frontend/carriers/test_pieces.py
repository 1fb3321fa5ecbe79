"""The sizes of pieces."""

from __future__ import annotations

from reference_server.contract.limits import KIB, MESSAGE_BYTES, MIB
from reference_server.frontend.carriers.pieces import PieceBudget, PieceCollector


def test_small_parts_become_one_piece() -> None:
    budget = PieceBudget()
    budget.join()
    collector = PieceCollector(budget)
    half = bytes(MESSAGE_BYTES // 2)
    assert collector.add(half) is None
    assert collector.add(half) == half + half
    assert collector.take() == b""


def test_what_is_left_is_the_last_piece() -> None:
    collector = PieceCollector(PieceBudget())
    collector.add(b"a")
    collector.add(b"b")
    assert collector.take() == b"ab"


def test_more_uploads_get_smaller_pieces_within_one_budget() -> None:
    budget = PieceBudget()
    for _ in range(64):
        budget.join()
    assert 64 * budget.piece_bytes <= 16 * MIB
    assert budget.piece_bytes >= 128 * KIB
    for _ in range(63):
        budget.leave()
    assert budget.piece_bytes == MESSAGE_BYTES
