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
from tests.support.scripted_server import SECONDS, Handler, Overheard, answering, read_all, read_until, serving_each

OK = b"HTTP/1.1 200 OK\r\nX-Kept: As It Is\r\nContent-Length: 2\r\n\r\nok"
GET = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"
PUT = b"PUT / HTTP/1.1\r\nHost: x\r\n"
ASKS_FIRST = PUT + b"Expect: 100-continue\r\nContent-Length: 5\r\n\r\n"
CHUNKED = PUT + b"Transfer-Encoding: chunked\r\n\r\n"
Ask = Callable[..., socket.socket]


@pytest.fixture
def ask() -> Iterator[Ask]:
    """Send bytes through a proxy to a registry that is a function on a socket; give the client's connection."""
    with ExitStack() as stack:
        host = stack.enter_context(ProxyHost())

        def asked(registry: Handler, request: bytes = GET, mutate: Mutation = transparent) -> socket.socket:
            port = stack.enter_context(serving_each(registry))
            proxy, url = host.open(UpstreamAddress("127.0.0.1", port, "administrator"), mutate)
            stack.callback(host.close, proxy)
            client = socket.create_connection(("127.0.0.1", urlsplit(url).port), timeout=SECONDS)
            stack.callback(client.close)
            client.sendall(request)
            return client

        yield asked


def test_the_head_of_a_request_arrives_byte_for_byte(ask: Ask) -> None:
    registry = Overheard(response=OK)
    head = b"GET /a%2Fb/%2E%2e//+?x=%20 HTTP/1.1\r\nHOST: x\r\nx-Odd: 1\r\nX-Odd: 2\r\n\r\n"
    read_until(ask(registry, head), b"ok")
    assert registry.received.get(timeout=SECONDS) == head


def test_an_answer_arrives_byte_for_byte(ask: Ask) -> None:
    assert read_until(ask(answering(OK)), b"ok") == OK


def test_a_chunked_body_arrives_chunked(ask: Ask) -> None:
    registry = Overheard(b"0\r\n\r\n", OK)
    assert read_until(ask(registry, CHUNKED + b"5\r\nhello\r\n0\r\n\r\n"), b"ok") == OK
    assert registry.received.get(timeout=SECONDS).endswith(b"\r\n\r\n5\r\nhello\r\n0\r\n\r\n")


def test_the_interim_answer_is_sent_when_the_registry_permits_and_the_body_follows(ask: Ask) -> None:
    bodies: queue.Queue[bytes] = queue.Queue()

    def registry(connection: socket.socket) -> None:
        read_until(connection, b"\r\n\r\n")
        connection.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
        bodies.put(connection.recv(5))
        connection.sendall(OK)

    client = ask(registry, ASKS_FIRST)
    assert read_until(client, b"\r\n\r\n") == b"HTTP/1.1 100 Continue\r\n\r\n"
    client.sendall(b"hello")
    assert read_until(client, b"ok") == OK
    assert bodies.get(timeout=SECONDS) == b"hello"


def test_a_refusal_before_the_body_reaches_the_client_without_100(ask: Ask) -> None:
    refusal = b"HTTP/1.1 401 Unauthorized\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
    assert read_all(ask(answering(refusal), ASKS_FIRST)) == refusal


def test_a_broken_off_body_arrives_broken_off(ask: Ask) -> None:
    registry = Overheard(b"never", response=b"")
    client = ask(registry, PUT + b"Content-Length: 10\r\n\r\nhell")
    client.shutdown(socket.SHUT_WR)
    assert read_all(client) == b""
    assert registry.received.get(timeout=SECONDS).endswith(b"\r\n\r\nhell")


@pytest.mark.parametrize(
    "malformed",
    [
        PUT + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\nab",
        b"GET /\xff HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET / HTTP/1.1\r\n\r\n",
        b"nonsense\r\n\r\n",
    ],
)
def test_what_is_not_http_arrives_byte_for_byte_and_is_answered(ask: Ask, malformed: bytes) -> None:
    registry = Overheard(malformed, OK)
    assert read_until(ask(registry, malformed), b"ok") == OK
    assert registry.received.get(timeout=SECONDS) == malformed


def test_a_chunk_size_that_is_no_number_arrives_as_such(ask: Ask) -> None:
    refusal = b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
    registry = Overheard(b"not a chunk size", refusal)
    assert read_all(ask(registry, CHUNKED + b"2\r\nab\r\nzz\r\n")).startswith(b"HTTP/1.1 400")
    assert b"\r\n\r\n2\r\nab\r\nnot a chunk size" in registry.received.get(timeout=SECONDS)


def test_one_connection_serves_requests_one_after_another(ask: Ask) -> None:
    def registry(connection: socket.socket) -> None:
        while head := read_until(connection, b"\r\n\r\n"):
            if head.startswith(b"PUT"):
                if not head.endswith(b"hello"):
                    read_until(connection, b"hello")
                connection.sendall(b"HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n")
            elif head.startswith(b"HEAD"):
                connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\n")
            else:
                connection.sendall(OK)

    client = ask(registry, PUT + b"Content-Length: 5\r\n\r\nhello")
    assert read_until(client, b"\r\n\r\n").startswith(b"HTTP/1.1 201")
    client.sendall(b"HEAD /x HTTP/1.1\r\nHost: x\r\n\r\n")
    assert read_until(client, b"\r\n\r\n").startswith(b"HTTP/1.1 200")
    client.sendall(GET)
    assert read_until(client, b"ok") == OK


def test_an_answer_that_breaks_off_breaks_off_for_the_client(ask: Ask) -> None:
    broken_off = b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhell"
    assert read_all(ask(answering(broken_off))).endswith(b"\r\n\r\nhell")


def test_a_body_that_nobody_takes_is_held_back_from_the_client(ask: Ask) -> None:
    def registry(connection: socket.socket) -> None:
        read_until(connection, b"\r\n\r\n")
        connection.recv(1 << 30, socket.MSG_PEEK)
        read_until(connection, b"never sent")

    client = ask(registry, PUT + b"Content-Length: 1000000000\r\n\r\n")
    client.settimeout(1.0)
    with pytest.raises(TimeoutError):
        client.sendall(bytes(64 << 20))


def test_a_mutation_may_hang_up(ask: Ask) -> None:
    async def mutate(request: Request, upstream: Upstream) -> Response:
        raise HangUpError

    assert read_all(ask(lambda _: None, GET, mutate)) == b""
