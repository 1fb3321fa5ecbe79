"""The bytes of small bodies that are held at a time."""

from __future__ import annotations

import asyncio
import contextlib
import select

from reference_server.frontend.package_files.content_budget import BUDGET_BYTES, ContentBudget
from tests.support.front_end import Served, read_answer

BODY = 65_536


def test_bytes_are_given_in_the_order_of_asking() -> None:
    async def body() -> None:
        budget = ContentBudget(10)
        assert budget.take(10) is None
        large, small = budget.take(8), budget.take(1)
        assert large is not None
        assert small is not None
        budget.give_back(5)
        assert (large.done(), small.done()) == (False, False)
        budget.give_back(5)
        assert (large.done(), small.done()) == (True, True)

    asyncio.run(body())


def test_bodies_beyond_the_budget_are_not_read_until_there_is_room(front_end: Served, package: str) -> None:
    head = f"PUT {package}/file HTTP/1.1\r\nHost: h\r\nPRIVATE-TOKEN: {front_end.token}\r\nContent-Length: {BODY}\r\n"
    expecting = f"{head}Expect: 100-continue\r\n\r\n".encode()
    with contextlib.ExitStack() as opened:
        holding = [opened.enter_context(front_end.connect()) for _ in range(BUDGET_BYTES // BODY)]
        for connection in holding:
            connection.sendall(expecting)
            assert connection.recv(100).startswith(b"HTTP/1.1 100 ")
        late = opened.enter_context(front_end.connect())
        late.sendall(expecting)
        assert front_end.send("GET", "/-/liveness").status == 200
        assert select.select([late], [], [], 0)[0] == []
        holding[0].close()
        assert late.recv(100).startswith(b"HTTP/1.1 100 ")
        for connection in (late, holding[1]):
            connection.sendall(bytes(BODY))
            assert read_answer(connection).status == 201
    with front_end.connect() as again:
        again.sendall(head.encode() + b"\r\n" + bytes(BODY))
        assert read_answer(again).status == 201
