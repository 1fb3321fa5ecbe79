"""The line that repeats a request: run by a shell, it sends what was sent."""

import base64
import shutil
import subprocess
from pathlib import Path

import pytest

from conformance.content.generator import GeneratedContent, LiteralContent
from conformance.transport.address import Address
from conformance.transport.redaction import Redactor
from conformance.transport.reproduction import body_file, raw_line, shell_line
from conformance.transport.request import Body, Request
from tests.support.scripted_server import Overheard, serving

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
needs_curl = pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")


def redacted_line(request: Request, port: int) -> str:
    redactor = Redactor()
    redactor.add("TOKEN", "sesame-open")
    return redactor.text(shell_line(request, Address("http", "127.0.0.1", port, "")))


def sent_by(request: Request, folder: Path, end: bytes) -> bytes:
    """Return what arrives, up to `end`, when a shell runs the line of a request."""
    registry = Overheard(end, OK)
    with serving(registry) as port:
        line = redacted_line(request, port)
        environment = {"TOKEN": "sesame-open", "PATH": "/usr/bin:/bin", "HOME": "elsewhere"}
        subprocess.run(line, shell=True, check=True, cwd=folder, env=environment, capture_output=True, timeout=20)
    return registry.received.get(timeout=5)


@needs_curl
def test_target_headers_and_body_arrive_as_they_were(tmp_path: Path) -> None:
    body = Body(LiteralContent(b'it\'s a "body" for $5'))
    request = Request("PUT", "/a/../b%2e?x=$HOME", (("X-Odd", 'a"b$c`d\\e'),), body)
    received = sent_by(request, tmp_path, b"for $5")
    assert received.startswith(b"PUT /a/../b%2e?x=$HOME HTTP/1.1\r\n")
    assert b'X-Odd: a"b$c`d\\e\r\n' in received
    assert b"Content-Type" not in received
    assert received.endswith(b'\r\n\r\nit\'s a "body" for $5')


@needs_curl
def test_the_variable_of_a_redacted_header_is_expanded(tmp_path: Path) -> None:
    request = Request("GET", "/a", (("PRIVATE-TOKEN", "sesame-open"),))
    assert '--header "PRIVATE-TOKEN: $TOKEN"' in redacted_line(request, 1)
    assert b"PRIVATE-TOKEN: sesame-open\r\n" in sent_by(request, tmp_path, b"\r\n\r\n")


def test_basic_becomes_user_so_that_the_secret_is_in_the_clear_for_the_redactor() -> None:
    pair = base64.b64encode(b"somebody:sesame-open").decode()
    line = shell_line(Request("GET", "/", (("Authorization", f"Basic {pair}"),)), Address("http", "x", 80, ""))
    assert '--user "somebody:sesame-open"' in line
    assert pair not in line


@needs_curl
def test_a_body_that_is_no_text_comes_from_its_file_and_chunks_stay_chunks(tmp_path: Path) -> None:
    request = Request("PUT", "/a", body=Body(GeneratedContent("x", 3000), chunked=True))
    file = body_file(request)
    assert file is not None
    (tmp_path / file).write_bytes(b"x" * 3000)
    received = sent_by(request, tmp_path, b"\r\n0\r\n\r\n")
    assert b"Transfer-Encoding: chunked" in received
    assert len(received) > 3000


@needs_curl
def test_a_text_of_several_lines_arrives_byte_for_byte(tmp_path: Path) -> None:
    text = b"@--edge\r\n\t$HOME \\n\r\n--edge--\r\n"
    received = sent_by(Request("PUT", "/a", body=Body(LiteralContent(text))), tmp_path, b"--edge--\r\n")
    assert received.endswith(b"\r\n\r\n" + text)
    assert b"Content-Length: %d\r\n" % len(text) in received


@needs_curl
def test_permission_is_asked_for_when_it_was(tmp_path: Path) -> None:
    request = Request("PUT", "/a", body=Body(LiteralContent(b"x")), expect_continue=True)
    assert b"Expect: 100-continue\r\n" in sent_by(request, tmp_path, b"\r\n\r\n")


def test_raw_bytes_are_printed_by_the_shell() -> None:
    line = raw_line(b'PUT /a\\b "$x" \x00\r\n', Address("http", "example.com", 80, ""))
    script = line.removesuffix(" | curl -s --max-time 3 telnet://example.com:80")
    assert subprocess.run(["bash", "-c", script], capture_output=True, check=True).stdout == b'PUT /a\\b "$x" \x00\r\n'


@needs_curl
def test_raw_bytes_go_out_with_curl_and_a_body_breaks_off(tmp_path: Path) -> None:
    registry = Overheard(b"never", response=b"")
    with serving(registry) as port:
        line = raw_line(b"PUT /a HTTP/1.1\r\n\r\n", Address("http", "127.0.0.1", port, ""), more=100)
        subprocess.run(line, shell=True, check=False, cwd=tmp_path, capture_output=True, timeout=20)
    sent = registry.received.get(timeout=5)
    assert sent.startswith(b"PUT /a HTTP/1.1\r\n\r\nbroken\n")
    assert len(sent) == 19 + 100


def test_raw_bytes_go_through_tls_where_the_registry_speaks_it() -> None:
    line = raw_line(b"x", Address("https", "example.com", 443, ""))
    assert line.endswith("| openssl s_client -quiet -connect example.com:443")
