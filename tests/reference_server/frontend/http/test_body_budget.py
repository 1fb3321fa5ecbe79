"""The bytes of small bodies that are held at a time."""

import asyncio
import contextlib
import select
import socket
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest

from reference_server.content.memory import SLOW_BODIES_BYTES, SMALL_BODIES_BYTES
from reference_server.frontend.http import body_budget
from reference_server.frontend.http.body_budget import BodyBudget, BudgetedBody
from tests.support.front_end import Served, read_answer, read_until_closed

BODY = 65_536
FOR_EVER = 3600.0


@dataclass
class Bodies:
    """Bodies of one budget, and the names of those that were dropped."""

    budget: BodyBudget
    dropped: list[str] = field(default_factory=list)

    def enter(self, name: str, size: int) -> tuple[BudgetedBody, asyncio.Future[bool] | None]:
        body = BudgetedBody(self.budget, size, lambda: self.dropped.append(name))
        return body, body.enter()

    def wait(self, name: str, size: int) -> asyncio.Future[bool]:
        """Enter a body for which there is no room, and return its turn."""
        _, turn = self.enter(name, size)
        assert turn is not None
        return turn


@pytest.fixture
def bodies() -> Bodies:
    """Make a budget of 10 bytes, and 4 for slow bodies."""
    return Bodies(BodyBudget(10, 4))


def set_times(monkeypatch: pytest.MonkeyPatch, *, slow: float = FOR_EVER, wait: float = FOR_EVER) -> None:
    """Set after how many seconds a body is slow, and how long one waits for room."""
    monkeypatch.setattr(body_budget, "SLOW_SECONDS", slow)
    monkeypatch.setattr(body_budget, "WAIT_SECONDS", wait)
    monkeypatch.setattr(body_budget, "_REVIEW_SECONDS", 0.01)


async def test_room_is_given_in_the_order_of_asking(bodies: Bodies, monkeypatch: pytest.MonkeyPatch) -> None:
    set_times(monkeypatch)
    first, admitted = bodies.enter("first", 5)
    second, _ = bodies.enter("second", 5)
    large, small = bodies.wait("large", 8), bodies.wait("small", 1)
    assert admitted is None
    first.leave()
    first.leave()
    assert (large.done(), small.done()) == (False, False)
    second.leave()
    assert (await large, await small) == (True, True)


async def test_bodies_that_drip_let_the_others_in(bodies: Bodies, monkeypatch: pytest.MonkeyPatch) -> None:
    set_times(monkeypatch, slow=0.05)
    dripping = [bodies.enter(f"dripping {number}", 5)[0] for number in range(2)]
    for drip in dripping:
        drip.add(b"x")
    assert await asyncio.gather(*(bodies.wait(f"quick {number}", 5) for number in range(2))) == [True, True]
    dripping[0].add(b"yz")
    assert dripping[0].complete() == b"xyz"
    assert bodies.dropped == []


async def test_who_waits_too_long_is_refused_when_nobody_drips(bodies: Bodies, monkeypatch: pytest.MonkeyPatch) -> None:
    set_times(monkeypatch, slow=0, wait=0.05)
    whole, _ = bodies.enter("whole", 10)
    whole.add(bytes(10))
    assert whole.complete() == bytes(10)
    assert not await bodies.wait("late", 1)
    assert bodies.dropped == []


async def test_what_slow_bodies_hold_together_is_bounded(bodies: Bodies, monkeypatch: pytest.MonkeyPatch) -> None:
    set_times(monkeypatch, slow=0)
    slow = [bodies.enter(f"slow {number}", 10)[0] for number in range(3)]
    assert await bodies.wait("quick", 10)
    for each in slow:
        each.add(bytes(2))
    assert bodies.dropped == ["slow 0"]
    slow[1].add(bytes(8))
    assert bodies.dropped == ["slow 0", "slow 1"]
    slow[2].add(bytes(2))
    slow[2].add(bytes(6))
    assert bodies.dropped == ["slow 0", "slow 1", "slow 2"]


async def test_a_slow_body_that_is_whole_is_not_dropped(bodies: Bodies, monkeypatch: pytest.MonkeyPatch) -> None:
    set_times(monkeypatch, slow=0)
    first, second = (bodies.enter(f"slow {number}", 4)[0] for number in range(2))
    assert await bodies.wait("quick", 10)
    first.add(bytes(4))
    first.complete()
    second.add(bytes(1))
    assert bodies.dropped == ["slow 1"]
    first.leave()
    third, _ = bodies.enter("third", 4)
    third.leave()


def head(served: Served, package: str, *headers: str) -> bytes:
    """Return the head of a PUT of 64 KiB."""
    return served.head("PUT", f"{package}/file", f"Content-Length: {BODY}", *headers)


@contextlib.contextmanager
def full_of_bodies(served: Served, package: str, part: bytes = b"") -> Iterator[list[socket.socket]]:
    """Open so many requests that their declared bodies fill the budget, and send a part of each body."""
    with contextlib.ExitStack() as opened:
        holding = [opened.enter_context(served.connect()) for _ in range(SMALL_BODIES_BYTES // BODY)]
        for connection in holding:
            connection.sendall(head(served, package, "Expect: 100-continue"))
            assert connection.recv(100).startswith(b"HTTP/1.1 100 ")
            connection.sendall(part)
        yield holding


def test_bodies_beyond_the_budget_are_not_read_until_there_is_room(
    front_end: Served, package: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_times(monkeypatch)
    with full_of_bodies(front_end, package) as holding, front_end.connect() as late:
        late.sendall(head(front_end, package, "Expect: 100-continue"))
        assert front_end.send("GET", "/-/liveness").status == 200
        assert select.select([late], [], [], 0)[0] == []
        holding[0].close()
        assert late.recv(100).startswith(b"HTTP/1.1 100 ")
        for connection in (late, holding[1]):
            connection.sendall(bytes(BODY))
            assert read_answer(connection).status == 201
    assert front_end.send("PUT", f"{package}/file", bytes(BODY)).status == 201


def test_many_bodies_that_drip_do_not_keep_another_one_out(front_end: Served, package: str) -> None:
    with full_of_bodies(front_end, package, b"x") as dripping, contextlib.ExitStack() as opened:
        for _ in range(100):
            waiting = opened.enter_context(front_end.connect())
            waiting.sendall(head(front_end, package) + b"x")
        for number in range(3):
            assert front_end.send("PUT", f"{package}/ordinary-{number}", bytes(BODY)).status == 201
        dripping[0].sendall(bytes(BODY - 1))
        assert read_answer(dripping[0]).status == 201


def test_a_body_without_room_is_refused_for_now_before_it_is_sent(
    front_end: Served, package: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_times(monkeypatch, wait=0.1)
    with full_of_bodies(front_end, package):
        received = front_end.exchange(head(front_end, package, "Expect: 100-continue"))
    assert received.startswith(b"HTTP/1.1 503 ")
    assert b"Retry-After: " in received
    assert b" 100 " not in received


def test_many_bodies_that_stop_before_their_end_make_room_with_503(
    front_end: Served, package: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_times(monkeypatch, slow=0.1)
    with full_of_bodies(front_end, package, bytes(BODY - 1)) as stopped, contextlib.ExitStack() as opened:
        whole = [opened.enter_context(front_end.connect()) for _ in range(SLOW_BODIES_BYTES // BODY + 1)]
        for connection in whole:
            connection.sendall(head(front_end, package) + bytes(BODY - 1))
        received = read_until_closed(stopped[0])  # they end only now, since a body that was published needs no room
        for connection in whole:
            connection.sendall(b"x")
        assert {read_answer(connection).status for connection in whole} == {201}
        stopped[-1].sendall(b"x")
        assert read_answer(stopped[-1]).status == 201
    assert received.startswith(b"HTTP/1.1 503 ")
    assert b"Retry-After: " in received
