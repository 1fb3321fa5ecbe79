"""The client: targets untouched, bodies framed and broken as asked, answers read in every state of disorder."""

import hashlib
import queue
import socket
import ssl
import time
from contextlib import suppress
from pathlib import Path

import pytest

from conformance.content.generator import BLOCK_BYTES, GeneratedContent, LiteralContent
from conformance.transport.address import Address, parse_address
from conformance.transport.client import Client
from conformance.transport.recorder import Recorder
from conformance.transport.request import Body, Request
from conformance.transport.response import Response, describe
from tests.support.scripted_server import OK, Handler, Overheard, answering, read_until, serving

CERTIFICATE = Path(__file__).with_name("localhost.pem")


def client_of(port: int, patience: float = 5) -> Client:
    return Client(parse_address(f"http://127.0.0.1:{port}"), Recorder(), patience=patience)


def send(request: Request, *handlers: Handler, patience: float = 5) -> Response:
    with serving(*handlers) as port:
        return client_of(port, patience).send(request)


@pytest.mark.parametrize("target", ["/a/../b", "/a/%2e%2E%2f+?x=%zz", "/..//~@!$&'()*,;=:"])
def test_the_target_goes_out_byte_for_byte(target: str) -> None:
    overheard = Overheard()
    send(Request("GET", target), overheard)
    assert overheard.received.get().startswith(f"GET {target} HTTP/1.1\r\n".encode())


def test_the_prefix_of_the_registry_begins_every_target() -> None:
    overheard = Overheard()
    with serving(overheard) as port:
        Client(parse_address(f"http://127.0.0.1:{port}/git/lab/api/v4/"), Recorder(), patience=5).send(
            Request("GET", "/x")
        )
    assert overheard.received.get().startswith(b"GET /git/lab/x HTTP/1.1\r\n")


def test_a_sized_body_has_its_length_and_its_bytes() -> None:
    overheard = Overheard(b"abc")
    send(Request("PUT", "/x", body=Body(LiteralContent(b"abc"))), overheard)
    received = overheard.received.get()
    assert b"Content-Length: 3\r\n" in received
    assert received.endswith(b"\r\n\r\nabc")


def test_a_chunked_body_has_chunks_and_an_end() -> None:
    overheard = Overheard(b"0\r\n\r\n")
    send(Request("PUT", "/x", body=Body(LiteralContent(b"abc"), chunked=True)), overheard)
    received = overheard.received.get()
    assert b"Content-Length" not in received
    assert received.endswith(b"\r\n\r\n3\r\nabc\r\n0\r\n\r\n")


def test_a_body_that_breaks_off_ends_the_sending_side_early() -> None:
    overheard = Overheard(b"never")
    body = Body(GeneratedContent("x", 1000), break_off_after=10)
    response = send(Request("PUT", "/x", body=body), overheard)
    head, _, sent = overheard.received.get().partition(b"\r\n\r\n")
    assert b"Content-Length: 1000" in head
    assert sent == GeneratedContent("x", 1000).part(0, 10)
    assert response.status == 200


def test_the_body_waits_for_permission_and_the_interim_response_is_seen() -> None:
    def handle(connection: socket.socket) -> None:
        assert b"Expect: 100-continue" in read_until(connection, b"\r\n\r\n")
        connection.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
        assert read_until(connection, b"abc") == b"abc"
        connection.sendall(OK)

    response = send(Request("PUT", "/x", body=Body(LiteralContent(b"abc")), expect_continue=True), handle)
    assert (response.status, response.interim, response.body_sent) == (200, (100,), 3)


def test_another_interim_response_is_no_permission() -> None:
    def handle(connection: socket.socket) -> None:
        read_until(connection, b"\r\n\r\n")
        connection.sendall(b"HTTP/1.1 103 Early Hints\r\n\r\n")
        time.sleep(0.2)  # enough for a body that should not come
        connection.sendall(b"HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n")

    response = send(Request("PUT", "/x", body=Body(LiteralContent(b"abc")), expect_continue=True), handle)
    assert (response.status, response.interim, response.body_sent) == (401, (103,), 0)


@pytest.mark.parametrize(("after", "unanswered"), [(b"", True), (b"left over", False), (b"HTTP/1.1 200", False)])
def test_a_connection_that_had_ended_between_two_requests_is_told_from_one_that_said_something(
    after: bytes, *, unanswered: bool
) -> None:
    def handle(connection: socket.socket) -> None:
        read_until(connection, b"\r\n\r\n")
        connection.sendall(b"HTTP/1.1 204 No Content\r\n\r\n" + after)

    with serving(handle) as port, client_of(port).persistent_connection() as connection:
        connection.send(Request("GET", "/x"))
        response = connection.send(Request("GET", "/x"))
    assert (response.status, response.lost, response.unanswered) == (None, True, unanswered)


def test_a_refusal_instead_of_permission_keeps_the_body_back() -> None:
    refusal = answering(b"HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n")
    response = send(Request("PUT", "/x", body=Body(LiteralContent(b"abc")), expect_continue=True), refusal)
    assert (response.status, response.interim, response.body_sent, response.reusable) == (401, (), 0, False)


def test_an_answer_in_the_middle_of_a_long_body_is_read() -> None:
    def handle(connection: socket.socket) -> None:
        read_until(connection, b"\r\n\r\n")
        connection.sendall(b"HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        connection.shutdown(socket.SHUT_WR)
        release.get(timeout=5)

    release: queue.Queue[None] = queue.Queue()
    size = 64 * 1024 * 1024
    with serving(handle) as port:
        response = client_of(port).send(Request("PUT", "/x", body=Body(GeneratedContent("x", size))))
        release.put(None)
    assert response.status == 413
    assert response.body_sent < size


def test_a_long_answer_is_digested_and_not_kept() -> None:
    content = GeneratedContent("x", 3_000_000)

    def handle(connection: socket.socket) -> None:
        read_until(connection, b"\r\n\r\n")
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 3000000\r\n\r\n")
        for chunk in content.chunks():
            connection.sendall(chunk)

    response = send(Request("GET", "/x"), handle)
    assert (response.size, response.sha256, len(response.kept)) == (content.size, content.sha256, 1 << 20)


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        (b"", "closed without a response"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf", "closed inside the response"),
        (b"SSH-2.0-OpenSSH\r\n\r\n", "not HTTP"),
    ],
)
def test_a_broken_answer_is_no_answer_and_says_why(sent: bytes, words: str) -> None:
    response = send(Request("GET", "/x"), answering(sent))
    assert response.status is None
    assert words in describe(response)


def test_a_silent_server_is_given_up() -> None:
    response = send(Request("GET", "/x"), Overheard(b"never"), patience=0.05)
    assert describe(response) == "no answer: no progress for 0.05 seconds"


def test_an_answer_that_drips_is_given_up_although_it_makes_progress() -> None:
    def drip(connection: socket.socket) -> None:
        read_until(connection, b"\r\n\r\n")
        connection.sendall(b"HTTP/1.1 200 OK\r\nX: ")
        for _ in range(100):
            connection.sendall(b"a")
            time.sleep(0.05)

    response = send(Request("GET", "/x"), drip, patience=0.2)
    assert describe(response).startswith("no answer: the exchange was not over after 0.6 seconds")


def test_a_long_answer_has_the_time_that_its_bytes_take() -> None:
    def in_pieces(connection: socket.socket) -> None:
        read_until(connection, b"\r\n\r\n")
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1048576\r\n\r\n")
        for _ in range(8):
            connection.sendall(bytes(131_072))
            time.sleep(0.2)

    response = send(Request("GET", "/x"), in_pieces, patience=0.5)
    assert (response.status, response.size) == (200, 1_048_576)
    assert response.seconds > 3 * 0.5 - 0.2


def test_what_cannot_be_sent_is_no_answer() -> None:
    assert "cannot be sent" in describe(send(Request("GET", "/a b"), answering(OK)))


def test_a_closed_port_is_no_answer() -> None:
    with serving() as port:
        pass
    assert "no connection to" in describe(client_of(port).send(Request("GET", "/x")))


def test_a_connection_is_kept_and_used_again() -> None:
    def handle(connection: socket.socket) -> None:
        for _ in range(2):
            read_until(connection, b"\r\n\r\n")
            connection.sendall(OK)

    with serving(handle) as port:
        client = client_of(port)
        assert [client.send(Request("GET", "/x")).status for _ in range(2)] == [200, 200]
        client.close()


def test_a_connection_that_was_closed_meanwhile_is_not_used_again() -> None:
    with serving(answering(OK), answering(OK)) as port:
        client = client_of(port)
        first = client.send(Request("GET", "/x"))
        second = client.send(Request("GET", "/x"))
    assert (first.status, second.status) == (200, 200)


def test_an_answer_too_many_is_not_taken_for_that_of_the_next_request() -> None:
    with serving(answering(OK + OK.replace(b"ok", b"no")), answering(OK)) as port:
        client = client_of(port)
        assert [client.send(Request("GET", "/x")).kept for _ in range(2)] == [b"ok", b"ok"]
        client.close()


def test_what_must_not_be_done_twice_never_rides_a_kept_connection() -> None:
    def closes_when_asked_again(connection: socket.socket) -> None:
        read_until(connection, b"\r\n\r\n")
        connection.sendall(OK)
        connection.settimeout(0.2)
        with suppress(TimeoutError):
            read_until(connection, b"\r\n\r\n")

    with serving(closes_when_asked_again, answering(OK)) as port:
        client = client_of(port)
        assert client.send(Request("GET", "/x")).status == 200
        posted = client.send(Request("POST", "/x", body=Body(LiteralContent(b"{}"))))
        client.close()
    assert (posted.number, posted.status) == (2, 200)


def test_a_conversation_shows_an_answer_that_nobody_asked_for() -> None:
    def handle(connection: socket.socket) -> None:
        read_until(connection, b"\r\n\r\n")
        connection.sendall(OK + b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")
        read_until(connection, b"\r\n\r\n")
        connection.sendall(OK)

    with serving(handle) as port, client_of(port).persistent_connection() as persistent_connection:
        assert persistent_connection.send(Request("GET", "/x")).status == 200
        assert persistent_connection.is_open
        assert persistent_connection.send(Request("GET", "/x")).status == 404


def test_raw_bytes_go_out_as_they_are() -> None:
    overheard = Overheard(response=b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")
    with serving(overheard) as port:
        response = client_of(port).send_raw(b"BAD\x00 thing\r\n\r\n")
    assert overheard.received.get() == b"BAD\x00 thing\r\n\r\n"
    assert response.status == 400


def test_every_exchange_is_recorded_with_its_purpose_and_digests() -> None:
    recorder = Recorder()
    with serving(answering(OK, b"abc")) as port:
        client = Client(Address("http", "127.0.0.1", port, ""), recorder, patience=5)
        recorder.purpose = "publish.keeps-the-bytes"
        number = client.send(Request("PUT", "/x", body=Body(LiteralContent(b"abc")))).number
    (exchange,) = recorder.exchanges
    assert (exchange.number, exchange.purpose) == (number, "publish.keeps-the-bytes")
    assert exchange.request.body is not None
    assert exchange.request.body.sha256 == hashlib.sha256(b"abc").hexdigest()
    assert exchange.response is not None
    assert exchange.response.body.text == "ok"


def test_https_is_verified_and_spoken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATE))
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(CERTIFICATE)
    content = GeneratedContent("x", 2_000_000)
    last_block = content.part(2_000_000 // BLOCK_BYTES * BLOCK_BYTES, 2_000_000)
    with serving(answering(OK, last_block), tls=tls) as port:
        client = Client(parse_address(f"https://localhost:{port}"), Recorder(), patience=5)
        response = client.send(Request("PUT", "/x", body=Body(content)))
    assert (response.status, response.kept, response.failure) == (200, b"ok", None)


def test_a_certificate_that_nobody_vouches_for_is_no_answer() -> None:
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(CERTIFICATE)
    with serving(answering(OK), tls=tls) as port:
        response = Client(parse_address(f"https://localhost:{port}"), Recorder(), patience=5).send(Request("GET", "/x"))
    assert "certificate verify failed" in describe(response)
