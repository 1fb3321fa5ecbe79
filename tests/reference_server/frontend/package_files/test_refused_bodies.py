"""Uploads that are refused before, or break off before, their body has come."""

import os
import select
import socket
import struct

import pytest

from tests.support.front_end import Served, read_answer, read_until_closed
from tests.support.polling import eventually
from tests.support.storage_process import StorageProcess

LARGE = 1_000_000
SMALL = 65_536


SIZED = f"Content-Length: {LARGE}"
CHUNKED = "Transfer-Encoding: chunked"
EXPECTING = "Expect: 100-continue"


@pytest.mark.parametrize("framing", [SIZED, CHUNKED])
@pytest.mark.parametrize("expectation", ["100-continue", "100-Continue"])
def test_permission_comes_before_the_body(served: Served, package: str, framing: str, expectation: str) -> None:
    with served.connect() as connection:
        connection.sendall(served.head("PUT", f"{package}/file", framing, f"Expect: {expectation}"))
        assert connection.recv(100).startswith(b"HTTP/1.1 100 ")
        content = os.urandom(LARGE)
        connection.sendall(content if framing == SIZED else b"%x\r\n%b\r\n0\r\n\r\n" % (LARGE, content))
        assert read_answer(connection).status == 201
    assert served.send("GET", f"{package}/file").body == content


@pytest.mark.parametrize("framing", [SIZED, CHUNKED])
def test_without_permission_the_refusal_comes_instead_of_100(served: Served, package: str, framing: str) -> None:
    received = served.exchange(served.head("PUT", f"{package}/file", framing, EXPECTING, token="wrong"))
    assert received.startswith(b"HTTP/1.1 401 ")
    assert b"Connection: close\r\n" in received
    assert received.endswith(b'{"message":"401 Unauthorized"}')
    assert b" 100 " not in received


@pytest.mark.parametrize("framing", [SIZED, CHUNKED])
@pytest.mark.parametrize(
    ("target", "status"), [("file?status=odd", 400), ("a%0A", 400), ("%00", 400), ("file?select=odd", 400)]
)
def test_every_refusal_comes_instead_of_100(
    served: Served, package: str, framing: str, target: str, status: int
) -> None:
    received = served.exchange(served.head("PUT", f"{package}/{target}", framing, EXPECTING))
    assert received.startswith(f"HTTP/1.1 {status} ".encode())
    assert b" 100 " not in received


@pytest.mark.parametrize("chunked", [False, True])
@pytest.mark.parametrize("size", [LARGE, 20_000_000])
def test_a_client_that_sends_everything_before_it_reads_gets_its_refusal(
    served: Served, package: str, size: int, *, chunked: bool
) -> None:
    body = (bytes(500_000) for _ in range(size // 500_000)) if chunked else bytes(size)
    assert served.send("PUT", f"{package}/file", body, token="wrong").status == 401


def test_a_client_that_never_reads_its_refusal_is_let_go(served: Served, package: str) -> None:
    with served.connect() as connection:
        connection.sendall(served.head("PUT", f"{package}/file", "Content-Length: 10000000000", token="wrong"))
        with pytest.raises(OSError, match=r"reset|pipe"):
            connection.sendall(bytes(500_000_000))


def test_a_declared_size_over_the_limit_is_refused_at_once(served: Served, package: str) -> None:
    received = served.exchange(served.head("PUT", f"{package}/file", f"Content-Length: {6 * 1024**3}", EXPECTING))
    assert received.startswith(b"HTTP/1.1 400 ")
    assert received.endswith(b'{"message":"400 Bad request - File is too large"}')


def test_a_small_refusal_keeps_the_connection(served: Served, package: str) -> None:
    with served.connect() as connection:
        for token, status in (("wrong", 401), (None, 201)):
            connection.sendall(served.head("PUT", f"{package}/file", "Content-Length: 3", token=token) + b"abc")
            assert read_answer(connection).status == status


@pytest.mark.parametrize(
    ("framing", "part"),
    [
        ("Content-Length: 1000", b"x" * 999),
        (SIZED, b"x" * (LARGE - 1)),
        (CHUNKED, b"186a0\r\n" + b"x" * 100_000 + b"\r\n"),
        (CHUNKED, b"186a0\r\n" + b"x" * 50_000),
    ],
)
@pytest.mark.parametrize("reset", [False, True])
def test_a_body_that_breaks_off_leaves_nothing(
    served: Served, storage: StorageProcess, package: str, framing: str, part: bytes, *, reset: bool
) -> None:
    with served.connect() as connection:
        connection.sendall(served.head("PUT", f"{package}/file", framing) + part)
        if reset:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    eventually(lambda: not storage.staged_files(), what="the staged file is still there")
    assert served.send("GET", f"{package}/file").status == 404


def test_a_body_that_stays_short_is_no_file(served: Served, package: str) -> None:
    with served.connect() as connection:
        connection.sendall(served.head("PUT", f"{package}/file", SIZED) + b"x" * (LARGE - 1))
        connection.shutdown(socket.SHUT_WR)
        assert b" 201 " not in read_until_closed(connection)
    assert served.send("GET", f"{package}/file").status == 404


@pytest.mark.parametrize("framing", ["Content-Length: 1000", SIZED, CHUNKED])
def test_a_body_that_stalls_is_given_up(impatient: Served, storage: StorageProcess, package: str, framing: str) -> None:
    received = impatient.exchange(impatient.head("PUT", f"{package}/file", framing))
    assert received.startswith(b"HTTP/1.1 408 ")
    assert b"Connection: close\r\n" in received
    eventually(lambda: not storage.staged_files(), what="the staged file is still there")
    assert impatient.send("GET", f"{package}/file").status == 404


@pytest.mark.parametrize(
    ("framing", "drop"),
    [("Content-Length: 1000", b"x"), (SIZED, b"x"), (CHUNKED, b"1\r\nx\r\n")],
)
def test_a_body_that_drips_is_given_up(impatient: Served, package: str, framing: str, drop: bytes) -> None:
    with impatient.connect() as connection:
        connection.sendall(impatient.head("PUT", f"{package}/file", framing))
        for _ in range(300):
            connection.sendall(drop)
            if select.select([connection], [], [], 0.05)[0]:
                break
        else:
            pytest.fail("the body still drips")
        assert connection.recv(100).startswith(b"HTTP/1.1 408 ")
    assert impatient.send("GET", f"{package}/file").status == 404


@pytest.mark.parametrize(
    ("method", "target"),
    [
        ("POST", "/api/v4/groups"),
        ("GET", "/api/v4/user"),
        ("GET", "/-/liveness"),
        ("PUT", "/no/such/route"),
        ("GET", "FILE"),
        ("HEAD", "FILE"),
        ("DELETE", "FILE"),
        ("PUT", "FILE?status=%00"),
        ("GET", "/" + "long" * 2100),
    ],
)
@pytest.mark.parametrize("framing", ["Content-Length: 1000", CHUNKED])
@pytest.mark.parametrize("token", ["", None])
def test_no_body_is_awaited_for_ever(
    impatient: Served, package: str, method: str, target: str, framing: str, token: str | None
) -> None:
    target = target.replace("FILE", f"{package}/file")
    received = impatient.exchange(impatient.head(method, target, framing, token=token))
    # A chunked body of a request that is refused anyway is not even awaited.
    assert received.partition(b" ")[2][:3] in {b"408"} | ({b"400", b"405", b"414"} if framing == CHUNKED else set())


def test_a_download_that_is_not_taken_is_given_up(impatient: Served, package: str) -> None:
    impatient.send("PUT", f"{package}/file", bytes(30_000_000))
    connection = socket.socket()
    with connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.settimeout(30)
        connection.connect(("127.0.0.1", impatient.port))
        connection.sendall(impatient.head("GET", f"{package}/file"))
        assert connection.recv(1) == b"H"
        eventually(lambda: not others_running(impatient), what="the download still runs")
        assert len(read_until_closed_or_reset(connection)) < 30_000_000


def test_a_connection_whose_answers_nobody_takes_is_closed(impatient: Served, package: str) -> None:
    impatient.send("PUT", f"{package}/file", bytes(SMALL))
    with socket.socket() as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.settimeout(30)
        connection.connect(("127.0.0.1", impatient.port))
        requests = impatient.head("GET", f"{package}/file") * 100
        with pytest.raises(OSError, match=r"reset|pipe"):
            _send_for_ever(connection, requests)


def _send_for_ever(connection: socket.socket, message: bytes) -> None:
    while True:
        connection.sendall(message)


def others_running(served: Served) -> bool:
    report = served.send("GET", "/-/metrics").body.decode()
    return "\nhttp_requests_running 1.0\n" not in report


def read_until_closed_or_reset(connection: socket.socket) -> bytes:
    received = b""
    try:
        while piece := connection.recv(65_536):
            received += piece
    except ConnectionResetError:
        pass
    return received
