"""One large transfer over a plain socket, with as little work on the client's side as the kernel allows.

The client must not be what is measured: uploads leave by sendfile, downloads are received into one buffer.
"""

import hashlib
import socket
from pathlib import Path

from tests.bench.peers import Request

PIECE = 1 << 20
SUCCESSES = (b"200", b"201", b"204")


def upload(request: Request, source: Path) -> None:
    with socket.create_connection(("127.0.0.1", request.port)) as connection, source.open("rb") as content:
        connection.sendall(_head("PUT", request, {"Content-Length": str(source.stat().st_size)}))
        connection.sendfile(content)
        _read_head(connection)


def download(request: Request, *, verify: str | None = None) -> int:
    """GET the file and return how many bytes came; with `verify`, raises unless they have this SHA-256."""
    digest = hashlib.sha256()
    buffer = bytearray(PIECE)
    with socket.create_connection(("127.0.0.1", request.port)) as connection:
        connection.sendall(_head("GET", request, {}))
        length, first = _read_head(connection)
        received = len(first)
        digest.update(first)
        while received < length and (count := connection.recv_into(buffer)):
            received += count
            if verify:
                digest.update(memoryview(buffer)[:count])
    if received != length or (verify and digest.hexdigest() != verify):
        raise RuntimeError(f"GET {request.target}: {received} of {length} bytes, or not the bytes that were stored")
    return received


def _head(method: str, request: Request, headers: dict[str, str]) -> bytes:
    lines = {"Host": f"127.0.0.1:{request.port}", "Connection": "close", **request.headers, **headers}
    fields = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
    return f"{method} {request.target} HTTP/1.1\r\n{fields}\r\n".encode()


def _read_head(connection: socket.socket) -> tuple[int, bytes]:
    """Read up to the end of the answer's head; return its Content-Length and what of the body came with it."""
    received = b""
    while b"\r\n\r\n" not in received:
        piece = connection.recv(65536)
        if not piece:
            raise RuntimeError(f"the connection closed after {received!r}")
        received += piece
    head, _, rest = received.partition(b"\r\n\r\n")
    status, *fields = head.split(b"\r\n")
    if status.split(b" ")[1] not in SUCCESSES:
        raise RuntimeError(f"{status.decode()}: {rest[:200]!r}")
    lengths = [int(field.split(b":")[1]) for field in fields if field.lower().startswith(b"content-length:")]
    return (lengths or [0])[0], rest
