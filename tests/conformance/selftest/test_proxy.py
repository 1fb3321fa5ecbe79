"""The proxy without a mutation is transparent, down to the bytes and the moments at which they pass."""

from __future__ import annotations

import queue
import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from urllib.parse import urlsplit

import pytest

from conformance.selftest.messages import Request, Response
from conformance.selftest.proxy import HangUpError, Mutation, ProxyHost, transparent
from conformance.selftest.upstream import Upstream, UpstreamAddress
from tests.support.scripted_server import SECONDS, Handler, read_all, read_until, scripted_registry

OK = b"HTTP/1.1 200 OK\r\nX-Kept: As It Is\r\nContent-Length: 2\r\n\r\nok"
Connect = Callable[..., socket.socket]


@pytest.fixture
def connect() -> Iterator[Connect]:
    with ExitStack() as stack:
        host = stack.enter_context(ProxyHost())

        def connected(script: Handler, mutate: Mutation = transparent) -> socket.socket:
            port = stack.enter_context(scripted_registry(script))
            proxy, url = host.open(UpstreamAddress("127.0.0.1", port, "administrator"), mutate)
            stack.callback(host.close, proxy)
            client = socket.create_connection(("127.0.0.1", urlsplit(url).port), timeout=SECONDS)
            stack.callback(client.close)
            return client

        yield connected


def test_the_head_of_a_request_arrives_byte_for_byte(connect: Connect) -> None:
    heads: queue.Queue[bytes] = queue.Queue()

    def script(connection: socket.socket) -> None:
        heads.put(read_until(connection, b"\r\n\r\n"))
        connection.sendall(OK)

    head = b"GET /a%2Fb/%2E%2e//+?x=%20 HTTP/1.1\r\nHOST: x\r\nx-Odd: 1\r\nX-Odd: 2\r\n\r\n"
    client = connect(script)
    client.sendall(head)
    read_until(client, b"ok")
    assert heads.get(timeout=SECONDS) == head


def test_an_answer_arrives_byte_for_byte(connect: Connect) -> None:
    def script(connection: socket.socket) -> None:
        read_until(connection, b"\r\n\r\n")
        connection.sendall(OK)

    client = connect(script)
    client.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
    assert read_until(client, b"ok") == OK


def test_a_chunked_body_arrives_chunked(connect: Connect) -> None:
    received: queue.Queue[bytes] = queue.Queue()

    def script(connection: socket.socket) -> None:
        received.put(read_until(connection, b"0\r\n\r\n"))
        connection.sendall(OK)

    client = connect(script)
    client.sendall(b"PUT / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n")
    assert read_until(client, b"ok") == OK
    assert received.get(timeout=SECONDS).endswith(b"\r\n\r\n5\r\nhello\r\n0\r\n\r\n")


def test_the_interim_answer_is_sent_when_the_registry_permits_and_the_body_follows(connect: Connect) -> None:
    bodies: queue.Queue[bytes] = queue.Queue()

    def script(connection: socket.socket) -> None:
        read_until(connection, b"\r\n\r\n")
        connection.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
        bodies.put(connection.recv(5))
        connection.sendall(OK)

    client = connect(script)
    client.sendall(b"PUT / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n")
    assert read_until(client, b"\r\n\r\n") == b"HTTP/1.1 100 Continue\r\n\r\n"
    client.sendall(b"hello")
    assert read_until(client, b"ok") == OK
    assert bodies.get(timeout=SECONDS) == b"hello"


def test_a_refusal_before_the_body_reaches_the_client_without_100(connect: Connect) -> None:
    refusal = b"HTTP/1.1 401 Unauthorized\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"

    def script(connection: socket.socket) -> None:
        read_until(connection, b"\r\n\r\n")
        connection.sendall(refusal)

    client = connect(script)
    client.sendall(b"PUT / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n")
    assert read_all(client) == refusal


def test_a_broken_off_body_arrives_broken_off(connect: Connect) -> None:
    received: queue.Queue[bytes] = queue.Queue()

    def script(connection: socket.socket) -> None:
        received.put(read_all(connection))

    client = connect(script)
    client.sendall(b"PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nhell")
    client.shutdown(socket.SHUT_WR)
    assert read_all(client) == b""
    assert received.get(timeout=SECONDS).endswith(b"\r\n\r\nhell")


@pytest.mark.parametrize(
    "malformed",
    [
        b"PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
        b"GET /\xff HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET / HTTP/1.1\r\n\r\n",
        b"nonsense\r\n\r\n",
    ],
)
def test_what_is_not_http_arrives_byte_for_byte_and_is_answered(connect: Connect, malformed: bytes) -> None:
    received: queue.Queue[bytes] = queue.Queue()

    def script(connection: socket.socket) -> None:
        received.put(connection.recv(65536))
        connection.sendall(OK)

    client = connect(script)
    client.sendall(malformed)
    assert read_until(client, b"ok") == OK
    assert received.get(timeout=SECONDS) == malformed


def test_a_chunk_size_that_is_no_number_arrives_as_such(connect: Connect) -> None:
    received: queue.Queue[bytes] = queue.Queue()

    def script(connection: socket.socket) -> None:
        received.put(read_until(connection, b"not a chunk size"))
        connection.sendall(b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n")

    client = connect(script)
    client.sendall(b"PUT / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\nzz\r\n")
    assert read_all(client).startswith(b"HTTP/1.1 400")
    assert b"\r\n\r\n2\r\nab\r\nnot a chunk size" in received.get(timeout=SECONDS)


def test_one_connection_serves_requests_one_after_another(connect: Connect) -> None:
    def script(connection: socket.socket) -> None:
        while head := read_until(connection, b"\r\n\r\n"):
            if head.startswith(b"PUT"):
                if not head.endswith(b"hello"):
                    read_until(connection, b"hello")
                connection.sendall(b"HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n")
            elif head.startswith(b"HEAD"):
                connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\n")
            else:
                connection.sendall(OK)

    client = connect(script)
    client.sendall(b"PUT /x HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello")
    assert read_until(client, b"\r\n\r\n").startswith(b"HTTP/1.1 201")
    client.sendall(b"HEAD /x HTTP/1.1\r\nHost: x\r\n\r\n")
    assert read_until(client, b"\r\n\r\n").startswith(b"HTTP/1.1 200")
    client.sendall(b"GET /x HTTP/1.1\r\nHost: x\r\n\r\n")
    assert read_until(client, b"ok") == OK


def test_an_answer_that_breaks_off_breaks_off_for_the_client(connect: Connect) -> None:
    def script(connection: socket.socket) -> None:
        read_until(connection, b"\r\n\r\n")
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhell")

    client = connect(script)
    client.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
    assert read_all(client).endswith(b"\r\n\r\nhell")


def test_a_body_that_nobody_takes_is_held_back_from_the_client(connect: Connect) -> None:
    def script(connection: socket.socket) -> None:
        read_until(connection, b"\r\n\r\n")
        connection.recv(1 << 30, socket.MSG_PEEK)
        read_until(connection, b"never sent")

    client = connect(script)
    client.sendall(b"PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000000\r\n\r\n")
    client.settimeout(1.0)
    with pytest.raises(TimeoutError):
        client.sendall(bytes(64 << 20))


def test_a_mutation_may_hang_up(connect: Connect) -> None:
    async def mutate(request: Request, upstream: Upstream) -> Response:
        raise HangUpError

    client = connect(lambda _: None, mutate)
    client.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
    assert read_all(client) == b""
