"""Turns to be worked on."""

import asyncio
from collections.abc import Callable

import pytest

from reference_server.frontend.http.lanes import Lane, LaneName, Turn


class Observed:
    """What a lane tells: how many requests wait, how many were refused."""

    waiting = 0
    refused = 0

    def count_refused_turn(self, lane: LaneName) -> None:
        assert lane == "known"
        self.refused += 1

    def count_waiting(self, lane: LaneName, change: int) -> None:
        assert lane == "known"
        self.waiting += change


@pytest.fixture
def observed() -> Observed:
    return Observed()


def lane(
    observed: Observed,
    *,
    wait_seconds: float = 3600.0,
    most_waiting: int = 100,
    rest: Callable[[float], float] = lambda _: 0.0,
) -> Lane:
    """Make a lane of two turns."""
    return Lane("known", 2, wait_seconds=wait_seconds, most_waiting=most_waiting, observer=observed, rest=rest)


def taken(lane: Lane) -> Turn:
    turn = lane.take()
    assert turn is not None
    return turn


async def test_who_waits_gets_the_turn_that_another_leaves(observed: Observed) -> None:
    two = lane(observed)
    first, _ = taken(two), taken(two)
    assert two.take() is None
    waiting = [asyncio.create_task(two.wait(asker)) for asker in ("a", "a", "b")]
    await asyncio.sleep(0)
    assert observed.waiting == 3
    first.leave()
    first.leave()
    turn = await waiting[0]
    assert turn is not None
    assert turn.held
    assert two.take() is None  # the others wait for it
    turn.leave()
    assert (await waiting[2]) is not None
    assert not waiting[1].done()
    waiting[1].cancel()
    assert observed.refused == 0


async def test_who_waits_too_long_is_refused(observed: Observed) -> None:
    two = lane(observed, wait_seconds=0.01)
    first, _ = taken(two), taken(two)
    assert await two.wait("a") is None
    assert (observed.refused, observed.waiting) == (1, 0)
    first.leave()
    taken(two)


async def test_a_line_that_is_full_refuses_at_once(observed: Observed) -> None:
    two = lane(observed, most_waiting=1)
    taken(two), taken(two)
    waiting = asyncio.create_task(two.wait("a"))
    await asyncio.sleep(0)
    assert await two.wait("b") is None
    assert observed.refused == 1
    waiting.cancel()


async def test_a_turn_that_comes_to_one_who_just_gave_up_goes_to_the_next(observed: Observed) -> None:
    two = lane(observed)
    first, _ = taken(two), taken(two)
    leaving, staying = (asyncio.create_task(two.wait(asker)) for asker in "ab")
    await asyncio.sleep(0)
    first.leave()
    leaving.cancel()
    assert await staying is not None
    assert leaving.cancelled()


async def test_a_turn_that_took_long_is_followed_by_a_rest(observed: Observed) -> None:
    took: list[float] = []

    def rest(seconds: float) -> float:
        took.append(seconds)
        return 0.02

    two = lane(observed, rest=rest)
    first, _ = taken(two), taken(two)
    await asyncio.sleep(0.01)
    waiting = asyncio.create_task(two.wait("a"))
    await asyncio.sleep(0)
    first.leave()
    await asyncio.sleep(0)
    assert not waiting.done()
    assert await waiting is not None
    assert took[0] >= 0.01
