"""The line that repeats a request: run by a shell, it sends what was sent."""

import base64
import queue
import shutil
import socket
import subprocess
from pathlib import Path

import pytest

from conformance.transport.reproduction import curl_line, raw_line
from tests.support.scripted_server import read_until, serving

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
needs_curl = pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")


PLAIN: dict[str, object] = {"headers": (), "body": b"", "file": None, "chunked": False, "expect": False}


def sent_by(line_for: "dict[str, object]", tmp_path: Path, end: bytes) -> bytes:
    received: queue.Queue[bytes] = queue.Queue()

    def handle(connection: socket.socket) -> None:
        received.put(read_until(connection, end))
        connection.sendall(OK)

    with serving(handle) as port:
        line = curl_line(url=f"http://127.0.0.1:{port}/a/../b%2e?x=$HOME", **line_for)  # type: ignore[arg-type]
        environment = {"TOKEN": "sesame-open", "PATH": "/usr/bin:/bin", "HOME": "elsewhere"}
        subprocess.run(line, shell=True, check=True, cwd=tmp_path, env=environment, capture_output=True, timeout=20)
    return received.get(timeout=5)


@needs_curl
def test_target_headers_and_body_arrive_as_they_were(tmp_path: Path) -> None:
    request: dict[str, object] = {
        "method": "PUT",
        "headers": (("X-Odd", 'a"b$c`d\\e'),),
        "body": b'it\'s a "body" for $5',
    }
    received = sent_by({**PLAIN, **request}, tmp_path, b"for $5")
    assert received.startswith(b"PUT /a/../b%2e?x=$HOME HTTP/1.1\r\n")
    assert b'X-Odd: a"b$c`d\\e\r\n' in received
    assert b"Content-Type" not in received
    assert received.endswith(b'\r\n\r\nit\'s a "body" for $5')


@needs_curl
def test_the_variable_of_a_redacted_header_is_expanded(tmp_path: Path) -> None:
    request = {**PLAIN, "method": "GET"}
    plain = curl_line(url="http://example.com/", **{**request, "headers": (("PRIVATE-TOKEN", "sesame-open"),)})  # type: ignore[arg-type]
    assert '--header "PRIVATE-TOKEN: sesame-open"' in plain
    variable = plain.replace("sesame-open", "$TOKEN").replace("http://example.com/", "")
    assert '"PRIVATE-TOKEN: $TOKEN"' in variable
    assert sent_by(request, tmp_path, b"\r\n\r\n").startswith(b"GET /a/../b")


def test_basic_becomes_user_so_that_the_secret_is_in_the_clear_for_the_redactor() -> None:
    pair = base64.b64encode(b"somebody:sesame-open").decode()
    line = curl_line(
        "GET", "http://x/", (("Authorization", f"Basic {pair}"),), body=b"", file=None, chunked=False, expect=False
    )
    assert '--user "somebody:sesame-open"' in line
    assert pair not in line


@needs_curl
def test_a_body_that_is_no_text_comes_from_its_file_and_chunks_stay_chunks(tmp_path: Path) -> None:
    (tmp_path / "1a2b3c4d.bin").write_bytes(b"x" * 3000)
    request = {**PLAIN, "method": "PUT", "file": "1a2b3c4d.bin", "chunked": True}
    received = sent_by(request, tmp_path, b"\r\n0\r\n\r\n")
    assert b"Transfer-Encoding: chunked" in received
    assert len(received) > 3000


@needs_curl
def test_a_text_of_several_lines_arrives_byte_for_byte(tmp_path: Path) -> None:
    text = b"@--edge\r\n\t$HOME \\n\r\n--edge--\r\n"
    received = sent_by({**PLAIN, "method": "PUT", "body": text, "file": "unused.bin"}, tmp_path, b"--edge--\r\n")
    assert received.endswith(b"\r\n\r\n" + text)
    assert b"Content-Length: %d\r\n" % len(text) in received


@needs_curl
def test_permission_is_asked_for_when_it_was(tmp_path: Path) -> None:
    request = {**PLAIN, "method": "PUT", "body": b"x", "file": "unused.bin", "expect": True}
    assert b"Expect: 100-continue\r\n" in sent_by(request, tmp_path, b"\r\n\r\n")


def test_raw_bytes_are_printed_by_the_shell() -> None:
    line = raw_line(b'PUT /a\\b "$x" \x00\r\n', host="example.com", port=80, tls=False)
    script = line.removesuffix(" | curl -s --max-time 3 telnet://example.com:80")
    assert subprocess.run(["bash", "-c", script], capture_output=True, check=True).stdout == b'PUT /a\\b "$x" \x00\r\n'


@needs_curl
def test_raw_bytes_go_out_with_curl_and_a_body_breaks_off(tmp_path: Path) -> None:
    received: queue.Queue[bytes] = queue.Queue()
    with serving(lambda connection: received.put(read_until(connection, b"never"))) as port:
        line = raw_line(b"PUT /a HTTP/1.1\r\n\r\n", host="127.0.0.1", port=port, tls=False, more=100)
        subprocess.run(line, shell=True, check=False, cwd=tmp_path, capture_output=True, timeout=20)
    sent = received.get(timeout=5)
    assert sent.startswith(b"PUT /a HTTP/1.1\r\n\r\nbroken\n")
    assert len(sent) == 19 + 100


def test_raw_bytes_go_through_tls_where_the_registry_speaks_it() -> None:
    line = raw_line(b"x", host="example.com", port=443, tls=True)
    assert line.endswith("| openssl s_client -quiet -connect example.com:443")
