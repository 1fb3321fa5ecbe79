"""A front end in this process, before a real storage in a process of its own."""

import asyncio
import http.client
import json
import socket
import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from reference_server.frontend.application import FrontEnd, FrontEndOptions
from reference_server.programs.listening import open_sockets
from tests.support.storage_process import StorageProcess

ROOT_TOKEN = "glpat-root-token-of-the-tests"
PATIENCE_SECONDS = 30.0


@contextmanager
def running_storage(folder: Path, *arguments: str) -> Iterator[StorageProcess]:
    """Start the storage program on an empty folder, with the root token of the tests and further arguments."""
    storage = StorageProcess(folder, *arguments)
    storage.token.touch(0o600)
    storage.token.write_text(ROOT_TOKEN)
    with storage:
        yield storage


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    headers: http.client.HTTPMessage
    body: bytes

    @property
    def status_and_body(self) -> tuple[int, bytes]:
        return self.status, self.body

    @property
    def status_and_json(self) -> tuple[int, dict[str, Any]]:
        return self.status, self.json()

    def json(self) -> dict[str, Any]:
        value = json.loads(self.body)
        assert isinstance(value, dict)
        return value

    def items(self) -> list[dict[str, Any]]:
        value = json.loads(self.body)
        assert isinstance(value, list)
        return value


@dataclass(frozen=True, slots=True)
class Served:
    """A front end that serves: its port, and a token that may do everything."""

    port: int
    token: str = ROOT_TOKEN

    def send(
        self,
        method: str,
        target: str,
        body: bytes | Iterable[bytes] | None = None,
        headers: Mapping[str, str] | None = None,
        *,
        token: str | None = None,
    ) -> Answer:
        """Send one request on a connection of its own; an iterable body goes chunked. An empty token sends none."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE_SECONDS)
        credential = self.token if token is None else token
        sent = {**({"PRIVATE-TOKEN": credential} if credential else {}), **(headers or {})}
        try:
            chunked = body is not None and not isinstance(body, bytes)
            connection.request(method, target, body=body, headers=sent, encode_chunked=chunked)
            answer = connection.getresponse()
            return Answer(answer.status, answer.headers, answer.read())
        finally:
            connection.close()

    def post(self, target: str, value: Mapping[str, object], *, token: str | None = None) -> Answer:
        return self.rest("POST", target, value, token=token)

    def get(self, target: str, *, token: str | None = None) -> Answer:
        return self.rest("GET", target, token=token)

    def delete(self, target: str, *, token: str | None = None) -> Answer:
        return self.rest("DELETE", target, token=token)

    def rest(
        self, method: str, target: str, value: Mapping[str, object] | None = None, *, token: str | None = None
    ) -> Answer:
        if value is None:
            return self.send(method, f"/api/v4{target}", token=token)
        body = json.dumps(value).encode()
        return self.send(method, f"/api/v4{target}", body, {"Content-Type": "application/json"}, token=token)

    def connect(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE_SECONDS)

    def head(self, method: str, target: str, *headers: str, token: str | None = None) -> bytes:
        """Return the head of a request as it is sent, with further headers."""
        credential = self.token if token is None else token
        lines = [f"{method} {target} HTTP/1.1", "Host: h", f"PRIVATE-TOKEN: {credential}", *headers]
        return "\r\n".join([*lines, "", ""]).encode()

    def exchange(self, message: bytes) -> bytes:
        """Send bytes on a connection of their own, and return all that comes until it is closed."""
        with self.connect() as connection:
            connection.sendall(message)
            return read_until_closed(connection)


@contextmanager
def running_front_end(options: FrontEndOptions) -> Iterator[Served]:
    """Run a front end on an event loop in a thread of its own."""
    (listening,) = open_sockets("127.0.0.1", 0, 1)
    listening.setblocking(False)
    port = listening.getsockname()[1]
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="front end")
    thread.start()

    async def start() -> FrontEnd:
        front_end = FrontEnd(options)
        await front_end.start(listening)
        return front_end

    try:
        front_end = asyncio.run_coroutine_threadsafe(start(), loop).result(PATIENCE_SECONDS)
        try:
            yield Served(port)
        finally:
            asyncio.run_coroutine_threadsafe(front_end.stop(PATIENCE_SECONDS), loop).result(2 * PATIENCE_SECONDS)
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


def read_until_closed(connection: socket.socket) -> bytes:
    received = b""
    while piece := connection.recv(65_536):
        received += piece
    return received


def read_answer(connection: socket.socket) -> Answer:
    answer = http.client.HTTPResponse(connection)
    answer.begin()
    return Answer(answer.status, answer.headers, answer.read())
