"""Connections when there are many of them, and when the system gives no more."""

import asyncio
import errno
import os
import resource
import socket
from collections.abc import Iterator

import pytest
from structlog.testing import capture_logs

from reference_server.frontend.http.acceptor import Acceptor, most_connections

TURNS = 200


class Listening(socket.socket):
    """A listening socket whose accept fails as often as a test says."""

    failures = 0
    attempts = 0

    def accept(self) -> tuple[socket.socket, object]:
        self.attempts += 1
        if self.failures:
            self.failures -= 1
            raise OSError(errno.EMFILE, os.strerror(errno.EMFILE))
        return super().accept()


class Taken:
    """What an acceptor took, and a way to wait for it."""

    def __init__(self) -> None:
        self.connections: list[socket.socket] = []
        self._came = asyncio.Event()

    def __call__(self, connection: socket.socket, _address: object) -> None:
        self.connections.append(connection)
        self._came.set()

    async def wait_for(self, count: int) -> None:
        while len(self.connections) < count:
            self._came.clear()
            await self._came.wait()


@pytest.fixture
def listening() -> Iterator[Listening]:
    with Listening() as made:
        made.bind(("127.0.0.1", 0))
        made.listen(10)
        made.setblocking(False)
        yield made


@pytest.fixture
def taken() -> Iterator[Taken]:
    made = Taken()
    yield made
    for connection in made.connections:
        connection.close()


async def turns() -> None:
    for _ in range(TURNS):
        await asyncio.sleep(0)


async def test_without_descriptors_nothing_is_tried_for_a_while(listening: Listening, taken: Taken) -> None:
    listening.failures = TURNS
    acceptor = Acceptor(listening, taken, 10, pause_seconds=60)
    with socket.create_connection(listening.getsockname()):
        acceptor.start()
        await turns()
        assert (listening.attempts, taken.connections) == (1, [])
    acceptor.stop()


async def test_connections_are_taken_again_when_there_are_descriptors_and_it_is_said_once(
    listening: Listening, taken: Taken
) -> None:
    listening.failures = 3
    acceptor = Acceptor(listening, taken, 10, pause_seconds=0.001)
    with capture_logs() as lines, socket.create_connection(listening.getsockname()):
        acceptor.start()
        await taken.wait_for(1)
    assert [line["reason"] for line in lines] == ["Too many open files"]
    acceptor.stop()


async def test_a_connection_beyond_the_most_waits_until_one_is_closed(listening: Listening, taken: Taken) -> None:
    acceptor = Acceptor(listening, taken, 2)
    clients = [socket.create_connection(listening.getsockname()) for _ in range(3)]
    acceptor.start()
    await taken.wait_for(2)
    await turns()
    assert len(taken.connections) == 2
    acceptor.release()
    await taken.wait_for(3)
    acceptor.stop()
    for client in clients:
        client.close()


async def test_room_is_made_for_a_connection_beyond_the_most_only_when_one_waits(
    listening: Listening, taken: Taken
) -> None:
    made: list[str] = []

    def make_room() -> bool:
        made.append("room")
        acceptor.release()
        return True

    acceptor = Acceptor(listening, taken, 2, make_room=make_room)
    clients = [socket.create_connection(listening.getsockname()) for _ in range(2)]
    acceptor.start()
    await taken.wait_for(2)
    await turns()
    assert made == []
    clients.append(socket.create_connection(listening.getsockname()))
    await taken.wait_for(3)
    await turns()
    assert made == ["room"]
    acceptor.stop()
    for client in clients:
        client.close()


def test_the_most_connections_leave_descriptors_for_files() -> None:
    limit, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    assert 0 < most_connections() < limit / 2
