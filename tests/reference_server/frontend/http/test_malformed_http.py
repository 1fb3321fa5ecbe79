"""HTTP that is no HTTP, over raw sockets."""

import json

import pytest

from tests.support.front_end import Served, read_answer

FILE = b"/api/v4/projects/1/packages/generic/a/1/b"


@pytest.mark.parametrize(
    "message",
    [
        b"nonsense\r\n\r\n",
        b"GET\r\n\r\n",
        b"GET / HTTP/9\r\n\r\n",
        b"G T / HTTP/1.1\r\nHost: h\r\n\r\n",
        b"GET /\x00 HTTP/1.1\r\nHost: h\r\n\r\n",
        b"GET %b HTTP/1.1\r\n\r\n" % FILE,
        b"GET %b HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n" % FILE,
        b"GET /-/liveness HTTP/1.1\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: h\r\nno colon\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: h\r\n folded: x\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: h\r\nbad name: x\r\n\r\n",
        b"PUT %b HTTP/1.1\r\nHost: h\r\nContent-Length: x\r\n\r\n" % FILE,
        b"PUT %b HTTP/1.1\r\nHost: h\r\nContent-Length: -1\r\n\r\n" % FILE,
        b"PUT %b HTTP/1.1\r\nHost: h\r\nContent-Length: +1\r\n\r\n" % FILE,
        b"PUT %b HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n" % FILE,
        b"PUT %b HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n" % FILE,
        b"PUT %b HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: gzip, chunked\r\n\r\n" % FILE,
        b"POST /api/v4/groups HTTP/1.1\r\nHost: h\r\nContent-Length: x\r\n\r\n",
    ],
)
def test_a_malformed_message_is_refused_in_json(front_end: Served, message: bytes) -> None:
    head, _, body = front_end.exchange(message).partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 400 ")
    assert b"Connection: close" in head
    assert "error" in json.loads(body)


@pytest.mark.parametrize("chunks", [b"zz\r\n", b"-1\r\n", b"3\r\nabcd\r\n", b"3\r\nabc\r\n0\r\nxx"])
def test_malformed_chunks_are_refused_and_leave_nothing(front_end: Served, package: str, chunks: bytes) -> None:
    head = front_end.head("PUT", f"{package}/file", "Transfer-Encoding: chunked")
    assert front_end.exchange(head + chunks).startswith(b"HTTP/1.1 400 ")
    assert front_end.send("GET", f"{package}/file").status == 404


@pytest.mark.parametrize("origin", ["http://example.org:81", "HTTPS://example.org"])
def test_a_target_may_be_absolute(front_end: Served, package: str, origin: str) -> None:
    front_end.send("PUT", f"{package}/file", b"content")
    for target, expected in (
        (f"{package}/file", b"content"),
        ("/-/liveness", b'{"status":"ok"}'),
        ("/api/v4/user", b'"web_url":"http://example.org'),
        ("?x", b'{"error":"404 Not Found"}'),
        ("", b'{"error":"404 Not Found"}'),
    ):
        assert expected in front_end.exchange(front_end.head("GET", f"{origin}{target}", "Connection: close"))


def test_a_head_without_end_is_refused(front_end: Served) -> None:
    received = front_end.exchange(b"GET / HTTP/1.1\r\nHost: h\r\nX-Long: " + b"x" * 40_000)
    assert received.startswith(b"HTTP/1.1 431 ")


@pytest.mark.parametrize("path", [FILE, b"/api/v4/user"])
def test_a_target_that_is_too_long_is_refused(front_end: Served, path: bytes) -> None:
    message = b"GET %b?x=%b HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n" % (path, b"x" * 9000)
    assert front_end.exchange(message).startswith(b"HTTP/1.1 414 ")


def test_a_connection_on_which_no_request_comes_is_closed(impatient: Served) -> None:
    assert impatient.exchange(b"") == b""


def test_a_head_that_does_not_end_in_time_is_let_go(impatient: Served) -> None:
    assert impatient.exchange(b"GET / HTTP/1.1\r\nHost: h\r\n") == b""


def test_pipelined_requests_are_answered_in_order(front_end: Served, package: str) -> None:
    for name in ("one", "two"):
        front_end.send("PUT", f"{package}/{name}", name.encode())
    first = front_end.head("GET", f"{package}/one")
    received = front_end.exchange(first + front_end.head("GET", f"{package}/two", "Connection: close"))
    assert received.count(b"HTTP/1.1 200 OK") == 2
    assert received.index(b"\r\n\r\none") < received.index(b"\r\n\r\ntwo")


def test_bytes_after_a_body_are_no_part_of_it(front_end: Served, package: str) -> None:
    head = front_end.head("PUT", f"{package}/file", "Content-Length: 3")
    answers = front_end.exchange(head + b"abcdef\r\n\r\n").split(b"HTTP/1.1 ")
    assert [answer[:4] for answer in answers[1:]] == [b"201 ", b"400 "]
    assert front_end.send("GET", f"{package}/file").body == b"abc"


@pytest.mark.parametrize(("extra", "kept"), [("", False), ("Connection: keep-alive\r\n", True)])
def test_http_1_0_is_kept_open_only_on_demand(front_end: Served, package: str, extra: str, *, kept: bool) -> None:
    front_end.send("PUT", f"{package}/file", b"content")
    request = f"GET {package}/file HTTP/1.0\r\nPRIVATE-TOKEN: {front_end.token}\r\n{extra}\r\n".encode()
    with front_end.connect() as connection:
        connection.sendall(request)
        answer = read_answer(connection)
        assert (answer.status, answer.body) == (200, b"content")
        assert (answer.headers.get("Connection", "").lower() == "keep-alive") is kept
        if kept:
            connection.sendall(request)
            assert read_answer(connection).body == b"content"
        else:
            assert connection.recv(1) == b""


@pytest.mark.parametrize("method", ["BREW", "CONNECT", "TRACE"])
@pytest.mark.parametrize("target", ["/api/v4/user", FILE.decode()])
def test_an_unknown_method_is_not_allowed(front_end: Served, method: str, target: str) -> None:
    with front_end.connect() as connection:
        connection.sendall(f"{method} {target} HTTP/1.1\r\nHost: h\r\n\r\n".encode())
        answer = read_answer(connection)
    assert answer.status == 405
    assert "GET" in answer.headers["Allow"]


def test_a_body_on_a_download_is_ignored(front_end: Served, package: str) -> None:
    front_end.send("PUT", f"{package}/file", b"content")
    assert front_end.send("GET", f"{package}/file", b"ignored").body == b"content"


def test_a_head_has_a_hundred_lines_at_most(front_end: Served) -> None:
    head = front_end.head("GET", "/api/v4/user", "Connection: close")
    own = head.count(b"\n") - 2
    for lines, status in ((100 - own, b"200"), (101 - own, b"431")):
        assert front_end.exchange(head[:-2] + lines * b"X-A: b\r\n" + b"\r\n").startswith(b"HTTP/1.1 " + status)
