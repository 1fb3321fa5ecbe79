"""A front end in this process, before a real storage in a process of its own."""

import asyncio
import http.client
import json
import socket
import subprocess
import sys
import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from reference_server.contract import addresses
from reference_server.frontend.application import FrontEnd, FrontEndOptions
from reference_server.programs.listening import open_sockets

ROOT_TOKEN = "glpat-root-token-of-the-tests"
PATIENCE_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Storage:
    address: addresses.Address
    data: Path
    process: subprocess.Popen[bytes]

    def staged_files(self) -> list[Path]:
        return [path for path in self.data.rglob("staging/*") if path.is_file()]


@contextmanager
def running_storage(folder: Path, *arguments: str) -> Iterator[Storage]:
    """Start the storage program on an empty folder with further arguments; stop it when the block ends."""
    token_file = folder / "token"
    token_file.touch(0o600)
    token_file.write_text(ROOT_TOKEN)
    address = f"unix:{folder / 'socket'}"
    command = [sys.executable, "-m", "reference_server", "storage", "--data", str(folder / "data")]
    command += ["--listen", address, "--root-token-file", str(token_file), *arguments]
    with (folder / "log").open("wb") as log, subprocess.Popen(command, stderr=log) as process:
        try:
            yield Storage(addresses.parse(address), folder / "data", process)
        finally:
            process.terminate()


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
    headers: Mapping[str, str] = field(default_factory=dict)

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
