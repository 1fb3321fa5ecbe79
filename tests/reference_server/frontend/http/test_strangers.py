"""Connections that give way when there is no room for others."""

import contextlib
import socket
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from reference_server.frontend.application import FrontEndOptions
from reference_server.frontend.http.strangers import Strangers
from tests.support.front_end import Served, read_answer, read_until_closed, running_front_end
from tests.support.polling import eventually
from tests.support.storage_process import StorageProcess

ROOM = 8


@dataclass
class Request:
    """A connection's request, and whether it was closed."""

    gives_way: bool = True
    closed: bool = False

    def give_way(self) -> None:
        self.closed = True


def test_the_oldest_of_the_address_with_the_most_gives_way() -> None:
    strangers = Strangers()
    requests = {number: Request() for number in range(5)}
    for number, address in enumerate(("lone", "crowd", "crowd", "pair", "pair")):
        strangers.put(number, address, requests[number])
    requests[5] = Request(gives_way=False)
    strangers.put(5, "crowd", requests[5])
    requests[1].gives_way = False
    assert strangers.close_one()
    assert [number for number, request in requests.items() if request.closed] == [2]


def test_nobody_gives_way_who_is_worked_for_or_known() -> None:
    strangers = Strangers()
    strangers.put("worked for", "address", Request(gives_way=False))
    strangers.put("known", "address", Request())
    strangers.remove("known")
    strangers.remove("known")
    assert not strangers.close_one()
    assert len(strangers) == 1


@pytest.fixture(scope="module")
def crowded(storage: StorageProcess) -> Iterator[Served]:
    """Start a front end with room for few connections."""
    with running_front_end(FrontEndOptions(storage.address, most_connections=ROOM)) as running:
        yield running


def silent(served: Served, stack: contextlib.ExitStack, count: int) -> list[socket.socket]:
    """Open connections that ask nothing."""
    return [stack.enter_context(served.connect()) for _ in range(count)]


def test_connections_that_ask_nothing_make_room_for_those_that_do(crowded: Served) -> None:
    with contextlib.ExitStack() as stack:
        opened = silent(crowded, stack, 3 * ROOM)
        for _ in range(3):
            assert crowded.send("GET", "/api/v4/user").status == 200
        assert read_until_closed(opened[0]) == b""


def test_a_connection_of_a_known_token_stays_open_among_many_that_are_not(crowded: Served) -> None:
    with crowded.connect() as known, contextlib.ExitStack() as stack:
        for _ in range(3):
            known.sendall(crowded.head("GET", "/api/v4/user"))
            assert read_answer(known).status == 200
            silent(crowded, stack, 2 * ROOM)
            assert crowded.send("GET", "/-/liveness", token="").status == 200


def test_who_sends_a_body_without_a_token_is_told_when_it_must_give_way(crowded: Served) -> None:
    with crowded.connect() as sending, contextlib.ExitStack() as stack:
        sending.sendall(crowded.head("POST", "/api/v4/projects", "Content-Length: 100", token="") + b"{")
        silent(crowded, stack, 2 * ROOM)
        received = read_until_closed(sending)
    assert received.startswith(b"HTTP/1.1 503 ")
    assert b"Retry-After: " in received


def test_displaced_connections_are_counted(crowded: Served) -> None:
    with contextlib.ExitStack() as stack:
        silent(crowded, stack, 2 * ROOM)

        def displaced() -> bool:
            report = crowded.send("GET", "/-/metrics").body.decode()
            lines = [line for line in report.splitlines() if line.startswith("http_connections_displaced_total")]
            return float(lines[0].split()[1]) > 0

        eventually(displaced, what="no displaced connection was counted")
