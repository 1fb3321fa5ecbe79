"""Clients that publish, download, list and delete for as long as they are let, and note what is not as it should be."""

from __future__ import annotations

import hashlib
import http.client
import random
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from tests.support.front_end import PATIENCE_SECONDS, Served

_SMALL_BYTES, _LARGE_BYTES = 60_000, 2_000_000
_KEPT_PACKAGES = 5
_REQUESTS_A_CONNECTION = 50
_PIECE_BYTES = 50_000


@dataclass(slots=True)
class Tally:
    """What all clients did, and what went wrong."""

    requests: Counter[str] = field(default_factory=Counter)
    errors: Counter[str] = field(default_factory=Counter)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def count(self, kind: str, problem: str) -> None:
        """Count a request; no problem is no text."""
        with self.lock:
            self.requests[kind] += 1
            if problem:
                self.errors[f"{kind}: {problem}"] += 1


class Client:
    """One client, with packages of its own, of which it keeps a few."""

    def __init__(self, served: Served, project: int, number: int, tally: Tally, seed: str) -> None:
        self._served = served
        self._project = f"/api/v4/projects/{project}"
        self._name = f"client-{number}"
        self._chance = random.Random(f"{seed} {number}")
        self._tally = tally
        self._connection = self._connect()
        self._requests = 0
        self._published: dict[str, dict[str, bytes]] = {}
        self._versions = 0
        self._kinds: list[tuple[str, Callable[[], str]]] = [
            ("small PUT", lambda: self._publish(self._chance.randint(1, _SMALL_BYTES))),
            ("small PUT", lambda: self._publish(self._chance.randint(1, _SMALL_BYTES))),
            ("large PUT", lambda: self._publish(self._chance.randint(100_000, _LARGE_BYTES))),
            ("chunked PUT", lambda: self._publish(self._chance.randint(1, _LARGE_BYTES), chunked=True)),
            ("GET", self._download),
            ("GET", self._download),
            ("GET", self._download),
            ("range GET", lambda: self._download(part=True)),
            ("list", self._list),
            ("refused", self._be_refused),
            ("broken PUT", self._break_off),
        ]

    def act(self) -> None:
        """Make one request of some kind, and the deletion of a package that is one too many."""
        kind, make = self._chance.choice(self._kinds)
        self._noted(kind, make)
        if len(self._published) > _KEPT_PACKAGES:
            self._noted("DELETE", self._delete)

    def close(self) -> None:
        """Delete what is left, and close the connection."""
        while self._published:
            self._noted("DELETE", self._delete)
        self._connection.close()

    def _noted(self, kind: str, make: Callable[[], str]) -> None:
        try:
            problem = make()
        except (OSError, http.client.HTTPException) as error:
            problem = type(error).__name__
            self._published = {}
            self._reconnect()
        self._tally.count(kind, problem)

    def _publish(self, size: int, *, chunked: bool = False) -> str:
        content = self._chance.randbytes(size)
        if not self._published or self._chance.random() < 0.5:
            self._versions += 1
            self._published[f"1.0.{self._versions}"] = {}
        version = next(reversed(self._published))
        file = f"file-{self._chance.randint(1, 4)}"
        body = (content[at : at + _PIECE_BYTES] for at in range(0, size, _PIECE_BYTES)) if chunked else content
        status, _ = self._send("PUT", self._file(version, file), body)
        if status == http.HTTPStatus.CREATED:
            self._published[version][file] = hashlib.sha256(content).digest() + size.to_bytes(8, "big")
            return ""
        return str(status)

    def _download(self, *, part: bool = False) -> str:
        files = [(version, file) for version, named in self._published.items() for file in named]
        if not files:
            return ""
        version, file = self._chance.choice(files)
        held = self._published[version][file]
        digest, size = held[:32], int.from_bytes(held[32:], "big")
        headers = {"Range": f"bytes=0-{size // 2}"} if part else {}
        status, body = self._send("GET", self._file(version, file), headers=headers)
        if part:
            return "" if (status, len(body)) == (206, size // 2 + 1) else f"{status}, {len(body)} bytes"
        return "" if status == http.HTTPStatus.OK and hashlib.sha256(body).digest() == digest else str(status)

    def _list(self) -> str:
        status, _ = self._send("GET", f"{self._project}/packages?package_name={self._name}")
        return "" if status == http.HTTPStatus.OK else str(status)

    def _be_refused(self) -> str:
        """Ask with a wrong token."""
        status, _ = self._send("PUT", self._file("1.0", "file"), b"content", {"PRIVATE-TOKEN": "glpat-wrong"})
        return "" if status == http.HTTPStatus.UNAUTHORIZED else str(status)

    def _break_off(self) -> str:
        """Begin a large publication, and go away in the middle."""
        with self._served.connect() as connection:
            head = self._served.head("PUT", self._file("broken", "file"), f"Content-Length: {_LARGE_BYTES}")
            connection.sendall(head + bytes(self._chance.randint(1, _LARGE_BYTES // 2)))
        return ""

    def _delete(self) -> str:
        version = next(iter(self._published))
        files = self._published.pop(version)
        if not files:
            return ""
        answer = self._served.get(
            f"{self._project.removeprefix('/api/v4')}/packages?package_name={self._name}&package_version={version}"
        )
        if answer.status != http.HTTPStatus.OK:
            return f"list: {answer.status}"
        for package in answer.items():
            if (package["name"], package["version"]) == (self._name, version):
                status, _ = self._send("DELETE", f"{self._project}/packages/{package['id']}")
                return "" if status == http.HTTPStatus.NO_CONTENT else str(status)
        return "not listed"

    def _file(self, version: str, file: str) -> str:
        return f"{self._project}/packages/generic/{self._name}/{version}/{file}"

    def _send(
        self, method: str, path: str, body: bytes | Iterator[bytes] | None = None, headers: dict[str, str] | None = None
    ) -> tuple[int, bytes]:
        self._requests += 1
        if self._requests % _REQUESTS_A_CONNECTION == 0:
            self._reconnect()
        sent = {"PRIVATE-TOKEN": self._served.token, **(headers or {})}
        self._connection.request(
            method, path, body, sent, encode_chunked=body is not None and not isinstance(body, bytes)
        )
        answer = self._connection.getresponse()
        return answer.status, answer.read()

    def _connect(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection("127.0.0.1", self._served.port, timeout=PATIENCE_SECONDS)

    def _reconnect(self) -> None:
        self._connection.close()
        self._connection = self._connect()


@contextmanager
def acting(clients: list[Client]) -> Iterator[None]:
    """Let clients act as long as the block lasts, and tidy up then."""
    ended = threading.Event()

    def act(client: Client) -> None:
        while not ended.is_set():
            client.act()
        client.close()

    threads = [threading.Thread(target=act, args=(client,)) for client in clients]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        ended.set()
        for thread in threads:
            thread.join()
