"""A registry in one process that knows just enough of the API to be judged, and can be told to misbehave.

It takes one owner's token, makes groups, projects and tokens, and stores files by their path. It checks no names, no
roles and no visibility, so that many requirements fail on it, which is what the tests of the suite want.
"""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from typing import Any

OWNER = "glpat-toy-owner-0123456789"
PROVISIONED = "glpat-toy-made-9876543210"


@dataclass
class Toy:
    """What the toy holds and how it misbehaves.

    `overrides` maps (method, part of the path) to an answer, whose body `raw` replaces where it is 200.
    """

    files: dict[str, bytes] = field(default_factory=dict)
    existing: dict[str, str] = field(default_factory=dict)
    overrides: dict[tuple[str, str], tuple[int, dict[str, Any]]] = field(default_factory=dict)
    noticed: list[str] = field(default_factory=list)
    ports: list[int] = field(default_factory=list)
    raw: bytes = b""
    owner: str = OWNER
    gone: bool = False
    headers: Callable[[str], dict[str, str]] = lambda _token: {}
    numbers: Iterator[int] = field(default_factory=lambda: count(1))
    url: str = ""
    leave: Callable[[], None] = lambda: None


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = 65_536  # head and body in one packet, or each answer waits for a delayed acknowledgement
    toy: Toy

    def do_GET(self) -> None:
        if not self._overridden():
            path = self.path.partition("?")[0]
            if path == "/api/v4/user":
                authentic = self.headers["PRIVATE-TOKEN"] == self.toy.owner
                self._json(200, {"username": "root"}) if authentic else self._json(401, {"message": "401 Unauthorized"})
            elif path in self.toy.files:
                self._send(200, self.toy.files[path], "application/octet-stream")
            else:
                self._json(404, {"message": "404 Not Found"})

    def do_HEAD(self) -> None:
        self.do_GET()

    def do_PUT(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if not self._overridden():
            self.toy.files[self.path.partition("?")[0]] = body
            self._json(201, {"message": "201 Created"})

    def do_POST(self) -> None:
        parameters = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if not self._overridden():
            number = next(self.toy.numbers)
            kind = self.path.rpartition("/")[2]
            self.toy.existing[f"{self.path}/{number}"] = parameters["name"]
            path = parameters.get("path", "")
            # what tells tokens apart is not at their end, where base64 cuts letters
            token = f"{PROVISIONED}{number}-of-the-toy" if "token" in kind else None
            self._json(201, {"id": number, "path_with_namespace": f"group/{path}", "token": token})

    def do_DELETE(self) -> None:
        if not self._overridden():
            self.toy.existing.pop(self.path, None)
            self._json(202, {"message": "202 Accepted"})

    def parse_request(self) -> bool:
        self.close_connection = self.toy.gone
        return not self.toy.gone and super().parse_request()

    def _overridden(self) -> bool:
        self.toy.noticed.append(f"{self.command} {self.path}")
        self.toy.ports.append(self.client_address[1])
        for (method, part), (status, document) in self.toy.overrides.items():
            if method == self.command and part in self.path:
                replaced = status == HTTPStatus.OK and self.toy.raw
                self._send(status, self.toy.raw, "") if replaced else self._json(status, document)
                return True
        return False

    def _json(self, status: int, document: dict[str, Any]) -> None:
        self._send(status, json.dumps(document).encode(), "application/json")

    def _send(self, status: int, body: bytes, content_type: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        for name, value in self.toy.headers(self.headers.get("PRIVATE-TOKEN", "")).items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name in the class above
        pass


def _leave(server: ThreadingHTTPServer, toy: Toy) -> None:
    """Close the door, and every connection when it asks for something more."""
    toy.gone = True
    server.shutdown()
    server.server_close()


@contextmanager
def toy_registry() -> Iterator[Toy]:
    """Serve a toy; its `url` says where."""
    toy = Toy()
    handler = type("Handler", (_Handler,), {"toy": toy})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        toy.leave = lambda: _leave(server, toy)
        toy.url = f"http://127.0.0.1:{server.server_address[1]}"
        try:
            yield toy
        finally:
            server.shutdown()
            thread.join()
