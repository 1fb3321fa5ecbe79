"""Listening sockets."""

import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import pytest

from reference_server.programs.listening import open_sockets, url_of
from reference_server.programs.refusals import StartRefusedError


@contextmanager
def opened(count: int, host: str = "127.0.0.1", port: int = 0) -> Iterator[list[socket.socket]]:
    with ExitStack() as stack:
        yield [stack.enter_context(listening) for listening in open_sockets(host, port, count)]


def test_all_sockets_listen_on_one_free_port() -> None:
    with opened(3) as sockets:
        assert len({listening.getsockname() for listening in sockets}) == 1


def test_connections_are_spread_over_all_sockets() -> None:
    with opened(2) as sockets, ExitStack() as stack:
        for _ in range(64):
            stack.enter_context(socket.create_connection(sockets[0].getsockname()))
        counts = []
        for listening in sockets:
            listening.setblocking(False)
            counts.append(_accepted(listening, stack))
        assert sum(counts) == 64
        assert min(counts) > 0


def _accepted(listening: socket.socket, stack: ExitStack) -> int:
    count = 0
    while True:
        try:
            connection, _ = listening.accept()
        except BlockingIOError:
            return count
        stack.enter_context(connection)
        count += 1


@pytest.mark.parametrize("count", [1, 2])
def test_a_port_that_one_of_our_servers_has_is_taken(count: int) -> None:
    with opened(2) as sockets, pytest.raises(StartRefusedError, match="Address already in use"):
        open_sockets("127.0.0.1", sockets[0].getsockname()[1], count)


def test_a_port_that_another_program_has_is_taken() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other, pytest.raises(StartRefusedError, match="choose another"):
        open_sockets("127.0.0.1", other.getsockname()[1], 2)


def test_a_host_that_is_not_ours_is_refused() -> None:
    with pytest.raises(StartRefusedError, match="cannot listen on"):
        open_sockets("192.0.2.1", 0, 1)


def test_a_host_that_does_not_exist_is_refused() -> None:
    with pytest.raises(StartRefusedError, match="cannot listen on"):
        open_sockets("no such host", 0, 1)


def test_the_url_names_host_and_port() -> None:
    with opened(1) as (listening,):
        assert url_of(listening) == f"http://127.0.0.1:{listening.getsockname()[1]}"
