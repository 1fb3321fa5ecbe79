"""The manners in which a hostile connection behaves. None has a token that is worth something."""

from __future__ import annotations

import asyncio
import os
import random
import socket
import struct
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

KIB = 1024
_DRIP_SECONDS = 1.0
_READ_BYTES = 64 * KIB
_PIPELINED = 50
_HOST = "Host: registry.example.com\r\n"
_NOBODY = "PRIVATE-TOKEN: glpat-nobody-has-this-one\r\n"


@dataclass(slots=True)
class Attacked:
    """What is attacked: a port of this host, a project, and a path of a large public file."""

    port: int
    project: int
    public_file: str

    def put(self, *headers: str) -> bytes:
        """Return the head of a PUT of a package file."""
        return _head("PUT", f"/api/v4/projects/{self.project}/packages/generic/hostile/1.0/file.bin", *headers)


@dataclass(slots=True)
class Connection:
    """One hostile connection, opened again whenever the server ends it.

    `counts` says what became of all connections of its manner; `was_opened` whether it has been open at all.
    """

    attacked: Attacked
    counts: Counter[str]
    was_opened: bool = False
    reader: asyncio.StreamReader = field(init=False)
    writer: asyncio.StreamWriter = field(init=False)

    async def open(self, receive_bytes: int | None = None) -> None:
        """Connect, with a small window if need be."""
        made = socket.socket()
        made.setblocking(False)
        if receive_bytes is not None:
            made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_bytes)
        await asyncio.get_running_loop().sock_connect(made, ("127.0.0.1", self.attacked.port))
        self.reader, self.writer = await asyncio.open_connection(sock=made)
        self.was_opened = True
        self.counts["opened"] += 1

    async def send(self, message: bytes) -> None:
        """Send, as fast as the server takes it."""
        self.writer.write(message)
        await self.writer.drain()
        self.counts["sent"] += 1

    async def drip(self, first: bytes, drop: bytes) -> None:
        """Send something, and then a little of the rest every second."""
        await self.send(first)
        while True:
            await asyncio.sleep(_DRIP_SECONDS)
            await self.send(drop)
            if self.reader.at_eof():
                raise ConnectionResetError

    async def read_status(self) -> int:
        """Read an answer and return its status."""
        head = await self.reader.readuntil(b"\r\n\r\n")
        _, _, after = head.lower().partition(b"content-length:")
        if after:
            await self.reader.readexactly(int(after.partition(b"\r\n")[0]))
        status = int(head[9:12])
        self.counts[str(status)] += 1
        return status

    async def read_to_end(self) -> None:
        """Read until the server closes."""
        while piece := await self.reader.read(_READ_BYTES):
            if piece.startswith(b"HTTP/1.1 "):
                self.counts[piece[9:12].decode()] += 1

    def close(self, *, reset: bool = False) -> None:
        """Close, or break off."""
        if reset:
            made: socket.socket = self.writer.get_extra_info("socket")
            made.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.writer.close()


Manner = Callable[[Connection], Awaitable[None]]


async def slow_head(connection: Connection) -> None:
    """Send a head that never ends, a few bytes each second."""
    await connection.open()
    await connection.drip(_head("GET", "/api/v4/projects")[:-2], b"X-A: b\r\n")


async def slow_body(connection: Connection) -> None:
    """Send a small file, one byte each second."""
    await connection.open()
    await connection.drip(connection.attacked.put("Content-Length: 65536\r\n"), b"x")


async def chunked_drip(connection: Connection) -> None:
    """Send a file of unknown size, in chunks of one byte."""
    await connection.open()
    await connection.drip(connection.attacked.put("Transfer-Encoding: chunked\r\n"), b"1\r\nx\r\n")


async def slow_rest_body(connection: Connection) -> None:
    """Send most of a REST body at once, the rest byte by byte."""
    await connection.open()
    head = _head("POST", "/api/v4/projects", "Content-Type: application/json\r\nContent-Length: 65536\r\n")
    await connection.drip(head + bytes(60_000), b"x")


async def large_rest_bodies(connection: Connection) -> None:
    """Send the largest REST body that nobody may send, again and again."""
    await connection.open()
    body = b'{"name":"%s"}' % (b"x" * 65_000)
    headers = f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n"
    while True:
        await connection.send(_head("POST", "/api/v4/projects", headers) + body)
        await connection.read_status()


async def huge_files(connection: Connection) -> None:
    """Send a file of 1 GiB without permission, as fast as the server takes it."""
    await connection.open()
    await connection.send(connection.attacked.put(f"Content-Length: {1024 * KIB * KIB}\r\n"))
    piece = os.urandom(256 * KIB)
    while True:
        await connection.send(piece)


async def unread_answers(connection: Connection) -> None:
    """Make requests without end, whose answers are never read."""
    await connection.open(receive_bytes=4096)
    connection.writer.transport.pause_reading()  # type: ignore[attr-defined]  # a transport of a socket has it
    while True:
        await connection.send(_head("GET", "/api/v4/projects") * _PIPELINED)


async def unread_download(connection: Connection) -> None:
    """Ask for a large public file and do not take it."""
    await connection.open(receive_bytes=4096)
    connection.writer.transport.pause_reading()  # type: ignore[attr-defined]  # as above
    await connection.send(_head("GET", connection.attacked.public_file))
    while True:
        await connection.drip(b"", b"\r\n")


async def idle(connection: Connection) -> None:
    """Make one request, and then nothing."""
    await connection.open()
    await connection.send(_head("GET", "/api/v4/version"))
    await connection.read_to_end()


async def pipelined(connection: Connection) -> None:
    """Make fifty requests at once, as often as they are answered."""
    await connection.open()
    while True:
        await connection.send(_head("GET", "/api/v4/projects") * _PIPELINED)
        for _ in range(_PIPELINED):
            await connection.read_status()


async def huge_heads(connection: Connection) -> None:
    """Send heads near the largest that is taken: of one long line, of many short ones, and one that is too large."""
    await connection.open()
    kind = random.choice(("X-A: " + 31_000 * "a" + "\r\n", 90 * "X-A: b\r\n", 6_000 * "a:\r\n", 40_000 * "a" + "\r\n"))
    while True:
        await connection.send(_head("GET", "/api/v4/projects", kind))
        await connection.read_status()


async def half_closed(connection: Connection) -> None:
    """Send half of a body, and that no more follows."""
    await connection.open()
    await connection.send(connection.attacked.put("Content-Length: 60000\r\n") + bytes(30_000))
    connection.writer.write_eof()
    await connection.read_to_end()


async def broken_off(connection: Connection) -> None:
    """Reset the connection in the middle of a request."""
    await connection.open()
    await connection.send(connection.attacked.put("Content-Length: 60000\r\n") + bytes(30_000))
    await asyncio.sleep(random.uniform(0, 0.2))
    connection.close(reset=True)


async def made_up_tokens(connection: Connection) -> None:
    """Make requests with tokens that are nobody's, as fast as they are answered."""
    await connection.open()
    while True:
        await connection.send(connection.attacked.put(_NOBODY, "Content-Length: 1000\r\n") + bytes(1000))
        await connection.read_status()


MANNERS: dict[str, Manner] = {
    "slow head": slow_head,
    "slow body": slow_body,
    "chunked drip": chunked_drip,
    "slow REST body": slow_rest_body,
    "large REST bodies": large_rest_bodies,
    "huge files": huge_files,
    "unread answers": unread_answers,
    "unread download": unread_download,
    "idle": idle,
    "pipelined": pipelined,
    "huge heads": huge_heads,
    "half-closed": half_closed,
    "broken off": broken_off,
    "made-up tokens": made_up_tokens,
}


def _head(method: str, target: str, *headers: str) -> bytes:
    return f"{method} {target} HTTP/1.1\r\n{_HOST}{''.join(headers)}\r\n".encode()
