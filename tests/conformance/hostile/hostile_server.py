"""A server that lets a run begin and then behaves as a script says, on a plain socket."""

import re
import socket
import threading
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from tests.support.scripted_server import read_until, serving_each

LENGTH = re.compile(rb"content-length: *([0-9]+)", re.IGNORECASE)
CREATED = b'{"message": "201 Created"}'
ABSENT = b'{"message": "404 Not Found"}'


@dataclass(frozen=True)
class Asked:
    """One request, and the connection on which it came; `over` is set when the test ends."""

    connection: socket.socket
    method: str
    target: str
    head: bytes
    over: threading.Event

    def send(self, data: bytes) -> None:
        """Send bytes as they are."""
        self.connection.sendall(data)

    def drip(self, data: bytes, pause: float = 0.05) -> None:
        """Send bytes again and again, with a pause between, until the client leaves."""
        while not self.over.wait(pause):
            self.send(data)

    def pour(self, data: bytes) -> None:
        """Send bytes again and again until the client leaves."""
        while not self.over.is_set():
            self.send(data)


Behaviour = Callable[[Asked], bool | None]


def response(status: str, body: bytes = b"", *headers: str) -> bytes:
    """Return a whole response of JSON unless the headers say otherwise."""
    kind = () if any(header.startswith("Content-Type") for header in headers) else ("Content-Type: application/json",)
    lines = [f"HTTP/1.1 {status}", *kind, *headers, f"Content-Length: {len(body)}", "", ""]
    return "\r\n".join(lines).encode("latin-1") + body


class HostileServer:
    """Stores and serves files like a registry, but answers the methods `on` by `behaviour` once a run has begun."""

    def __init__(self, behaviour: Behaviour, on: Collection[str], *, from_start: bool, greeting: bytes) -> None:
        self._behaviour = behaviour
        self._on = on
        self._from_start = from_start
        self._greeting = greeting
        self._files: dict[str, bytes] = {}
        self.over = threading.Event()

    def __call__(self, connection: socket.socket) -> None:
        """Serve the requests of one connection."""
        connection.sendall(self._greeting)
        while head := read_until(connection, b"\r\n\r\n"):
            head, _, body = head.partition(b"\r\n\r\n")
            length = LENGTH.search(head)
            while length and len(body) < int(length[1]):
                received = connection.recv(65_536)
                if not received:
                    return
                body += received
            words = head.decode("latin-1").split("\r\n")[0].split(" ")
            if len(words) != 3:
                return  # what is left of a chunked body
            method, target, _ = words
            asked = Asked(connection, method, target.partition("?")[0], head, self.over)
            if not self._answer(asked, body):
                return

    def _answer(self, asked: Asked, body: bytes) -> bool:
        begins = "preflight" in asked.target and not self._from_start
        if asked.method in self._on and not begins:
            return bool(self._behaviour(asked))
        if asked.method == "PUT":
            self._files[asked.target] = body
            asked.send(response("201 Created", CREATED))
        elif asked.target in self._files:
            asked.send(response("200 OK", self._files[asked.target]))
        else:
            asked.send(response("404 Not Found", ABSENT))
        return True


@contextmanager
def hostile_server(
    behaviour: Behaviour, on: Collection[str], *, from_start: bool = False, greeting: bytes = b""
) -> Iterator[int]:
    """Serve on a free port of 127.0.0.1, where each connection begins with the greeting; yield the port."""
    server = HostileServer(behaviour, on, from_start=from_start, greeting=greeting)
    with serving_each(server) as port:
        try:
            yield port
        finally:
            server.over.set()
