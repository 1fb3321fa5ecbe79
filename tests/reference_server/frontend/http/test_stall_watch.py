"""The clock of one transfer under watch."""

import asyncio
from collections.abc import Iterator

import pytest

from reference_server.frontend.http.stall_watch import MINIMUM_BODY_RATE, Watched

LIMIT = 60.0


class Clock(asyncio.SelectorEventLoop):
    """An event loop whose time is set by hand."""

    now = 1000.0

    def time(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Iterator[Clock]:
    clock = Clock()
    yield clock
    clock.close()


@pytest.fixture
def watched(clock: Clock) -> Watched:
    return Watched(clock, LIMIT, lambda: None)


def brings(clock: Clock, watched: Watched, *, size: int, every: float, seconds: float = 10 * LIMIT) -> bool:
    """Bring bytes of a body again and again; return whether that was fast enough."""
    end = clock.now + seconds
    while clock.now < end:
        clock.now += every
        if watched.deadline < clock.now:
            return False
        watched.receive(size)
    return True


@pytest.mark.parametrize("every", [0.1, 1, 20, LIMIT])
def test_a_body_at_the_minimum_rate_goes_on_however_its_bytes_are_spread(
    clock: Clock, watched: Watched, every: float
) -> None:
    assert brings(clock, watched, size=round(MINIMUM_BODY_RATE * every) + 1, every=every)


@pytest.mark.parametrize(("size", "every"), [(1, 20), (1, 0.01), (MINIMUM_BODY_RATE // 2, 1)])
def test_a_body_below_half_of_the_minimum_rate_stalls(clock: Clock, watched: Watched, size: int, every: float) -> None:
    assert not brings(clock, watched, size=size, every=every)


def test_time_that_we_take_does_not_count(clock: Clock, watched: Watched) -> None:
    for _ in range(100):
        watched.rest()
        clock.now += LIMIT
        assert watched.deadline > clock.now
        watched.resume()
        assert watched.deadline == pytest.approx(clock.now + LIMIT)
    clock.now += LIMIT / 2
    watched.rest()
    watched.resume()
    assert watched.deadline == pytest.approx(clock.now + LIMIT / 2)
