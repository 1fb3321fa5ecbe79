"""Pauses before a process is started again."""

import random

import pytest

from reference_server.programs.backoff import Backoff, RestartLimits

LIMITS = RestartLimits(first_pause=1, longest_pause=4, short_life=60, most_short_lives=6)


@pytest.mark.parametrize("seed", range(20))
def test_pauses_double_up_to_the_longest_less_up_to_half(seed: int) -> None:
    backoff = Backoff(LIMITS, random.Random(seed))
    pauses = [backoff.pause_after(0) for _ in range(5)]
    for pause, whole in zip(pauses, (1, 2, 4, 4, 4), strict=True):
        assert pause is not None
        assert whole / 2 <= pause <= whole


def test_pauses_of_two_processes_differ() -> None:
    pauses = {Backoff(LIMITS, random.Random(seed)).pause_after(0) for seed in range(20)}
    assert len(pauses) == 20


def test_too_many_short_lives_in_a_row_are_the_end() -> None:
    backoff = Backoff(LIMITS, random.Random(0))
    assert [backoff.pause_after(59) is None for _ in range(6)] == [False] * 5 + [True]


def test_a_long_life_begins_the_count_anew() -> None:
    backoff = Backoff(LIMITS, random.Random(0))
    for _ in range(3):
        assert all(backoff.pause_after(59) is not None for _ in range(5))
        pause = backoff.pause_after(60)
        assert pause is not None
        assert pause <= 1
