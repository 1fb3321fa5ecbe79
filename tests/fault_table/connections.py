"""Connections that stay open: with one request after another, or with half a body; and answers in few words."""

from __future__ import annotations

import hashlib
import http.client
import socket
from dataclasses import dataclass
from http import HTTPStatus

from tests.support.front_end import Answer, Served, read_answer

BROKEN = "broken off"


def shown(answer: Answer | None) -> str:
    """Return a status, "later" with it where the client shall try again; None is an answer that did not come whole."""
    if answer is None:
        return BROKEN
    return f"{answer.status} later" if "Retry-After" in answer.headers else str(answer.status)


@dataclass(frozen=True, slots=True)
class KeptConnection:
    """A connection on which one request follows another."""

    served: Served
    connection: http.client.HTTPConnection

    def get(self, path: str) -> str:
        """Download a file; return how it was answered."""
        self.connection.request("GET", path, headers={"PRIVATE-TOKEN": self.served.token})
        answer = self.connection.getresponse()
        return shown(Answer(answer.status, answer.headers, answer.read()))

    def close(self) -> None:
        """End it."""
        self.connection.close()


@dataclass(frozen=True, slots=True)
class HalfUpload:
    """A publication whose body is sent in two halves."""

    served: Served
    connection: socket.socket
    path: str
    content: bytes
    acknowledged: dict[str, str]

    def send_half(self) -> None:
        """Send the head and half of the body."""
        head = self.served.head("PUT", self.path, f"Content-Length: {len(self.content)}")
        self.connection.sendall(head + self.content[: len(self.content) // 2])

    def finish(self) -> str:
        """Send the rest; return how it was answered."""
        self.connection.sendall(self.content[len(self.content) // 2 :])
        answer = read_answer(self.connection)
        if answer.status == HTTPStatus.CREATED:
            self.acknowledged[self.path] = hashlib.sha256(self.content).hexdigest()
        return shown(answer)
