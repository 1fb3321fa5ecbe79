"""The table of hostile registries: what each does, by which requirements it is judged, and what the run says."""

import base64
import gzip
import re
import socket
import struct
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import quote

from tests.conformance.hostile.hostile_server import Asked, Behaviour, response

PUBLISH = ("publish.answers-created",)
DOWNLOAD = ("publish.keeps-the-bytes",)
PAGES = ("packages.pages-hold-each-once", "packages.page-links-keep-the-filter", "packages.page-last-has-no-next")
RECORDS = (
    "publish.parallel-first-uploads-make-one-package",
    "newest.highest-id-wins-after-parallel-writers",
    "publish.record-types-are-strict",
    "publish.answers-created",
)
PRIVATE_TOKEN = re.compile(rb"private-token: *(\S+)", re.IGNORECASE)
OK_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
ESCAPES = "\x1b]0;owned\x07\x1b[2J\x1b[31m\x9b1m\u202e\x7f"
YEAR = 365 * 24 * 3600


@dataclass(frozen=True)
class Hostile:
    """A row: a behaviour for some methods, the requirements to judge, the exit code and words of the console."""

    behaviour: Behaviour
    code: int
    words: str
    only: tuple[str, ...] = PUBLISH
    on: tuple[str, ...] = ("PUT",)
    from_start: bool = False
    greeting: bytes = b""
    scheme: str = "http"


def sends(*pieces: bytes) -> Behaviour:
    """Return a behaviour that sends bytes and closes."""
    return lambda asked: asked.send(b"".join(pieces))


def keeps(data: bytes) -> Behaviour:
    """Return a behaviour that sends bytes and waits for the next request."""

    def behave(asked: Asked) -> bool:
        asked.send(data)
        return True

    return behave


def drips(first: bytes, then: bytes, pause: float = 0.05) -> Behaviour:
    """Return a behaviour that sends bytes and then, slowly, others without end."""

    def behave(asked: Asked) -> None:
        asked.send(first)
        asked.drip(then, pause)

    return behave


def pours(first: bytes, then: bytes) -> Behaviour:
    """Return a behaviour that sends bytes and then, as fast as it goes, others without end."""

    def behave(asked: Asked) -> None:
        asked.send(first)
        asked.pour(then)

    return behave


def resets(asked: Asked) -> None:
    """Reset the connection."""
    asked.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def reflects(asked: Asked) -> bool:
    """Send the token back in the reason, a header and the body, plain and encoded."""
    token = PRIVATE_TOKEN.search(asked.head)
    secret = token[1].decode() if token else "none"
    encoded = base64.b64encode(f"x:{secret}".encode()).decode()
    body = f'{{"message": "{secret} {encoded} {quote(secret, safe="")}"}}'.encode()
    asked.send(response(f"400 Bad {secret}", body, f"X-Token: {secret}", f"X-Basic: {encoded}"))
    return True


def links(url: Callable[[Asked], str]) -> Behaviour:
    """Return a behaviour that answers every list with one entry and a link to a next page."""

    def behave(asked: Asked) -> bool:
        asked.send(response("200 OK", b'[{"name": "a"}]', f'Link: <{url(asked)}>; rel="next"'))
        return True

    return behave


def redirects(location: str) -> Hostile:
    """Return the row of a redirect that nobody can follow."""
    return Hostile(
        keeps(response("302 Found", b"", f"Location: {location}")), 1, "cannot be followed", DOWNLOAD, ("GET",)
    )


def elsewhere(location: str, words: str, *, code: int = 3) -> Hostile:
    """Return the row of a redirect to a host that the run may not ask, or cannot."""
    return Hostile(keeps(response("302 Found", b"", f"Location: {location}")), code, words, DOWNLOAD, ("GET",))


def json_row(body: bytes, words: str, *, on: str = "PUT", only: tuple[str, ...] = RECORDS, code: int = 1) -> Hostile:
    """Return the row of a strange document."""
    status = "201 Created" if on == "PUT" else "200 OK"
    return Hostile(keeps(response(status, body)), code, words, only, (on,))


HOSTILE: dict[str, Hostile] = {
    # time
    "drips the head": Hostile(drips(b"HTTP/1.1 201 Created\r\nX: ", b"a"), 1, "was not over after"),
    "drips the status line": Hostile(drips(b"H", b"T"), 1, "no answer"),
    "drips the body": Hostile(drips(OK_HEAD + b"Content-Length: 99999\r\n\r\n", b"a"), 1, "was not over after"),
    "drips header lines": Hostile(drips(OK_HEAD, b"A: b\r\n"), 1, "was not over after"),
    "drips a chunk": Hostile(
        drips(OK_HEAD + b"Transfer-Encoding: chunked\r\n\r\nffff\r\n", b"a"), 1, "was not over after"
    ),
    "drips interim answers": Hostile(drips(b"", b"HTTP/1.1 102 Processing\r\n\r\n", 0.1), 1, "no answer"),
    "drips from the start": Hostile(
        drips(b"HTTP/1.1 200 OK\r\nX: ", b"a"), 4, "was not over after", on=("GET", "PUT"), from_start=True
    ),
    "drips a TLS handshake": Hostile(
        drips(b"\x16\x03\x03\x40\x00", b"\x02"), 4, "no connection", on=("GET",), from_start=True, scheme="https"
    ),
    "falls silent": Hostile(lambda asked: asked.over.wait(9) and None, 1, "no progress for"),
    # size
    "sends interim answers without end": Hostile(
        pours(b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 99), 1, "more than 32 interim responses"
    ),
    "sends a header without end": Hostile(pours(OK_HEAD + b"X: ", b"a" * 65_536), 1, "not HTTP"),
    "sends header lines without end": Hostile(pours(OK_HEAD, b"A: b\r\n" * 9999), 1, "not HTTP"),
    "sends a body without end": Hostile(pours(OK_HEAD + b"\r\n", b"a" * 65_536), 1, "a body of more than"),
    "sends chunks without end": Hostile(
        pours(OK_HEAD + b"Transfer-Encoding: chunked\r\n\r\n", b"ffff\r\n" + b"a" * 65_535 + b"\r\n"),
        1,
        "a body of more than",
    ),
    "sends a chunk extension without end": Hostile(
        pours(OK_HEAD + b"Transfer-Encoding: chunked\r\n\r\n1;", b"a" * 65_536), 1, "not HTTP"
    ),
    "sends trailers without end": Hostile(
        pours(OK_HEAD + b"Transfer-Encoding: chunked\r\n\r\n0\r\n", b"A: b\r\n" * 9999), 1, "not HTTP"
    ),
    "floods with cookies": Hostile(
        keeps(response("201 Created", b"{}", *[f"Set-Cookie: a{number}=b" for number in range(600)])),
        1,
        "more than 256 headers",
    ),
    "compresses a bomb": Hostile(
        keeps(response("201 Created", gzip.compress(bytes(32 << 20)), "Content-Encoding: gzip")),
        1,
        "no key message",
    ),
    # framing
    "promises more than it sends": Hostile(
        sends(b"HTTP/1.1 201 Created\r\nContent-Length: 100\r\n\r\n{}"), 1, "closed inside the response"
    ),
    "sends more than it promises": Hostile(
        keeps(b"HTTP/1.1 201 Created\r\nContent-Length: 2\r\n\r\n" + b"{}" * 50), 1, "no key message"
    ),
    "promises a negative length": Hostile(sends(OK_HEAD, b"Content-Length: -1\r\n\r\n{}"), 1, "not HTTP"),
    "promises a huge length": Hostile(
        sends(OK_HEAD, b"Content-Length: 9999999999999999999\r\n\r\n{}"), 1, "closed inside the response"
    ),
    "promises an absurd length": Hostile(
        sends(OK_HEAD, b"Content-Length: " + b"9" * 5000 + b"\r\n\r\n{}"), 1, "not HTTP"
    ),
    "promises two lengths": Hostile(sends(OK_HEAD, b"Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}"), 1, "not HTTP"),
    "overflows the size of a chunk": Hostile(
        sends(OK_HEAD, b"Transfer-Encoding: chunked\r\n\r\n", b"f" * 24, b"\r\n{}"), 1, "not HTTP"
    ),
    "sends a chunk without a size": Hostile(
        sends(OK_HEAD, b"Transfer-Encoding: chunked\r\n\r\nzz\r\n{}"), 1, "not HTTP"
    ),
    "leaves a chunk open": Hostile(
        sends(OK_HEAD, b"Transfer-Encoding: chunked\r\n\r\nff\r\n{}"), 1, "closed inside the response"
    ),
    "closes at once": Hostile(sends(b""), 1, "closed without a response"),
    "closes inside the head": Hostile(sends(b"HTTP/1.1 201 Cre"), 1, "closed without a response"),
    "resets": Hostile(resets, 1, "the connection broke"),
    "answers twice": Hostile(keeps(response("201 Created", b"{}") * 2), 1, "no key message"),
    "answers before it is asked": Hostile(keeps(b""), 4, "gave 500 with", greeting=response("500 Early", b"{}")),
    "speaks TLS on a plain port": Hostile(sends(b"\x15\x03\x01\x00\x02\x02\x46" * 9 + b"\r\n\r\n"), 1, "not HTTP"),
    "speaks no TLS on a TLS port": Hostile(
        sends(b"HTTP/1.1 400 Bad Request\r\n\r\n"), 4, "no connection", on=("GET",), from_start=True, scheme="https"
    ),
    "speaks HTTP/2": Hostile(sends(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), 1, "not HTTP"),
    "speaks HTTP/0.9": Hostile(sends(b"<h1>hello</h1>\r\n"), 1, "no answer"),
    "switches protocols": Hostile(sends(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n"), 1, "not HTTP"),
    "sends an early 100 and 103": Hostile(
        keeps(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n" + response("500 Oops")),
        1,
        "500 Oops",
    ),
    "gives an interim answer a body": Hostile(
        sends(b"HTTP/1.1 103 Early Hints\r\nContent-Length: 2\r\n\r\n{}", response("201 Created")), 1, "not HTTP"
    ),
    "sends a status of four digits": Hostile(sends(b"HTTP/1.1 2010 Created\r\n\r\n"), 1, "not HTTP"),
    "asks to come back in a year": Hostile(
        keeps(response("429 Too Many Requests", b"{}", f"Retry-After: {YEAR}")), 3, "429 Too Many Requests"
    ),
    # characters
    "puts NUL into the status line": Hostile(sends(b"HTTP/1.1 201 Cre\x00ated\r\n\r\n"), 1, "not HTTP"),
    "puts NUL into a header": Hostile(sends(OK_HEAD, b"X: a\x00b\r\n\r\n"), 1, "not HTTP"),
    "puts escapes into the status line": Hostile(
        keeps(b"HTTP/1.1 400 " + ESCAPES[:-2].encode("latin-1") + b"\r\nContent-Length: 0\r\n\r\n"),
        1,
        "400 ␛]0;owned␛[2J",
    ),
    "puts escapes into headers": Hostile(
        keeps(response("400 Bad", b"", "X-Note: \x1b]0;owned\x07\x1b[2J")), 1, "x-note: ␛]0;owned␛[2J"
    ),
    "puts escapes into the content type": Hostile(
        sends(response("200 OK", b"[]", "Content-Type: \x1b[2J\x9b1m")), 4, "␛[2J", on=("GET",), from_start=True
    ),
    "puts escapes into the body": Hostile(
        keeps(response("400 Bad", ESCAPES.encode(), "Content-Type: text/plain")), 1, "400 Bad with ]0;owned  [2J"
    ),
    "puts lone surrogates into JSON": json_row(
        b'{"message": "\\ud800\\u001b[2J", "id": "\\udfff"}', r"'\ud800\x1b[2J'"
    ),
    "sends JSON that is no UTF-8": json_row(b'{"message": "\xff\xfe"}', "no key message"),
    "sends HTML with a script": json_row(b"<script>alert(1)</script>]]>&", "<script>alert(1)</script>"),
    "reflects the credentials": Hostile(reflects, 1, "400 Bad $WRITER_TOKEN"),
    # JSON
    "sends huge JSON": json_row(b'["' + b"a" * (8 << 20) + b'"]', "no key message", only=PUBLISH),
    "nests JSON deeply": json_row(b"[" * 30_000 + b"]" * 30_000, "no key message"),
    "nests JSON objects": json_row(b'{"message":' * 900 + b"1" + b"}" * 900, "no key message"),
    "sends NaN": json_row(b'{"message": NaN, "id": NaN, "package_id": NaN}', "no key message"),
    "sends huge numbers": json_row(
        b'{"message": ' + b"9" * 5000 + b', "id": 1e999, "package_id": -1e999}', "no key message"
    ),
    "sends infinite ids": json_row(b'{"message": "", "id": 1e999, "package_id": 1e999, "size": 1e999}', "inf"),
    "sends ids of wrong types": json_row(b'{"message": [], "id": {"a": []}, "package_id": {"a": []}}', "[]"),
    "sends ids that look like numbers": json_row('{"message": 1, "id": "²", "package_id": true}'.encode(), "²"),
    "lists what is no list": json_row(b'{"0": {}}', "names", on="GET", only=PAGES),
    "lists what are no packages": json_row(b'[null, 1, "a", [], {"name": {}}]', "names", on="GET", only=PAGES),
    # addresses
    "links without end": Hostile(
        links(lambda asked: f"http://a{asked.target}?page=2"), 1, "on 12 pages", PAGES, ("GET",)
    ),
    "links to nothing": Hostile(links(lambda _: "http://[::1"), 1, "names", PAGES, ("GET",)),
    "links to escapes": Hostile(links(lambda _: "/\x1b[2J é?\x1b"), 1, "cannot be sent", PAGES, ("GET",)),
    "redirects in a circle": Hostile(
        keeps(response("302 Found", b"", "Location: /api/v4/again")), 1, "302 Found", DOWNLOAD, ("GET",)
    ),
    "redirects to FTP": redirects("ftp://127.0.0.1/file"),
    "redirects to a file": redirects("file:///etc/passwd"),
    "redirects with credentials": redirects("http://user:password@127.0.0.1/file"),
    "redirects to half an address": redirects("http://[::1"),
    "redirects to a port that is none": redirects("http://127.0.0.1:99999/"),
    "redirects to escapes": redirects("/\x1b[2J"),
    "redirects inside": elsewhere(
        "http://169.254.169.254/latest/meta-data",
        "redirected to 169.254.169.254, not followed, because 169.254.169.254 is link-local",
    ),
    "redirects to another port": elsewhere("http://127.0.0.1:1/", "no connection to http://127.0.0.1:1", code=1),
    "redirects to a host of one long label": elsewhere(f"http://{'a' * 70}/", "whose address is not found"),
}
