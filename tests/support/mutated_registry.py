"""A toy registry that tells what it was told, behind a proxy that mutates."""

import http.client
import json
import socket
from contextlib import ExitStack
from dataclasses import dataclass
from urllib.parse import urlsplit

from conformance.selftest.mutation import MakeMutation
from conformance.selftest.proxy import Proxy, ProxyHost
from conformance.selftest.upstream import UpstreamAddress
from tests.support.scripted_server import SECONDS, read_until, scripted_registry


@dataclass
class Told:
    method: str
    target: str
    headers: dict[str, str]
    body: str


class Echo:
    """A toy registry that answers with what it was told, as JSON, and makes tokens."""

    def __call__(self, connection: socket.socket) -> None:
        asked, _, body = read_until(connection, b"\r\n\r\n").partition(b"\r\n\r\n")
        first, *lines = asked.decode("latin-1").split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        method, target, _ = first.split(" ")
        body += self._rest(connection, headers, body)
        told = {"method": method, "target": target, "headers": headers, "body": body.decode("latin-1")}
        status, document = (201, self._made(target)) if method == "POST" else (200, told)
        content = json.dumps(document).encode()
        head = b"HTTP/1.1 %d OK\r\nConnection: close\r\nContent-Length: %d\r\n\r\n" % (status, len(content))
        connection.sendall(head + content)

    def _rest(self, connection: socket.socket, headers: dict[str, str], body: bytes) -> bytes:
        if headers.get("transfer-encoding") == "chunked":
            return b"" if body.endswith(b"0\r\n\r\n") else read_until(connection, b"0\r\n\r\n")
        rest = b""
        while len(body) + len(rest) < int(headers.get("content-length", 0)):
            rest += connection.recv(65536)
        return rest

    def _made(self, target: str) -> dict[str, object]:
        if target.endswith("tokens"):
            return {"id": 1, "token": "guest-secret", "scopes": ["api"], "access_level": 10}
        return {"id": 7, "path_with_namespace": "group/project", "visibility": "private"}


class MutatedRegistry:
    def __init__(self, url: str, proxy: Proxy) -> None:
        self.port = urlsplit(url).port or 0
        self.proxy = proxy

    def ask(self, method: str, target: str, body: bytes | None = None, **headers: str) -> tuple[int, bytes]:
        """Send a request, underscores in header names standing for hyphens; return status and body."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=SECONDS)
        connection.request(method, target, body, {name.replace("_", "-"): value for name, value in headers.items()})
        response = connection.getresponse()
        status, content = response.status, response.read()
        connection.close()
        return status, content

    def tell(self, method: str, target: str, body: bytes | None = None, **headers: str) -> Told:
        return Told(**json.loads(self.ask(method, target, body, **headers)[1]))

    def raw(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), timeout=SECONDS)


def mutated(stack: ExitStack, make: MakeMutation) -> MutatedRegistry:
    host = stack.enter_context(ProxyHost())
    port = stack.enter_context(scripted_registry(Echo()))
    proxy, url = host.open(UpstreamAddress("127.0.0.1", port, "administrator"), make())
    stack.callback(host.close, proxy)
    return MutatedRegistry(url, proxy)
