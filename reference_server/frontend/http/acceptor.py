"""New connections, from a listening socket: never more than there are file descriptors for."""

from __future__ import annotations

import asyncio
import resource
import socket
from collections.abc import Callable
from typing import Final

import structlog

Take = Callable[[socket.socket, object], None]

MakeRoom = Callable[[], bool]
"""Closes a connection that others can do without; False when there is none."""

DEFAULT_MOST_CONNECTIONS: Final = 2048
"""How many connections of clients one front end has open."""

_PAUSE_SECONDS = 0.5
_TAKEN_TOGETHER = 128
# Besides its socket, a connection may have a file of the volume open; the rest is for everything else.
_DESCRIPTORS_EACH = 2
_DESCRIPTORS_RESERVED = 64


class Acceptor:
    """Accepts on one socket; connections beyond `most`, or beyond what the system allows, wait in its queue.

    For one beyond `most`, `make_room` is asked first.

    Tornado's own handler would be called again at once when there are no descriptors, for ever, with a traceback each
    time.
    """

    def __init__(
        self,
        listening: socket.socket,
        take: Take,
        most: int,
        *,
        make_room: MakeRoom = lambda: False,
        pause_seconds: float = _PAUSE_SECONDS,
    ) -> None:
        self._listening = listening
        self._take = take
        self._most = most
        self._make_room = make_room
        self._pause_seconds = pause_seconds
        self._open = 0
        self._reading = False
        self._told = False
        self._pause: asyncio.TimerHandle | None = None
        self._loop = asyncio.get_running_loop()

    def start(self) -> None:
        """Begin to accept."""
        self._resume()

    def stop(self) -> None:
        """Accept no more, and close the socket."""
        self._pause_reading()
        if self._pause is not None:
            self._pause.cancel()
        self._listening.close()

    def release(self) -> None:
        """Note that a connection is closed, which may make room for one that waits."""
        self._open -= 1
        if self._pause is None and self._listening.fileno() >= 0:
            self._resume()

    def _resume(self) -> None:
        self._pause = None
        if not self._reading:
            self._reading = True
            self._loop.add_reader(self._listening, self._accept)

    def _pause_reading(self) -> None:
        """Leave what comes in the socket's queue."""
        if self._reading:
            self._reading = False
            self._loop.remove_reader(self._listening)

    def _accept(self) -> None:
        """Take what waits; a few at a time, so that open connections have their turn."""
        if self._open >= self._most:
            self._pause_reading()  # until one is closed, which `release` tells
            if not self._make_room():
                self._tell("connections wait until others are closed", most=self._most)
            return
        for _ in range(min(_TAKEN_TOGETHER, self._most - self._open)):
            try:
                connection, address = self._listening.accept()
            except BlockingIOError:
                self._told = False
                return
            except ConnectionAbortedError:
                continue
            except OSError as error:
                self._tell("connections wait because the system gives no more", reason=error.strerror)
                self._pause_reading()
                self._pause = self._loop.call_later(self._pause_seconds, self._resume)
                return
            self._open += 1
            self._take(connection, address)

    def _tell(self, event: str, **details: object) -> None:
        """Log once until everything that waited was taken."""
        if not self._told:
            self._told = True
            structlog.get_logger().warning(event, **details)


def most_connections() -> int:
    """Return how many connections this process has descriptors for."""
    limit, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return max(1, (limit - _DESCRIPTORS_RESERVED) // _DESCRIPTORS_EACH)
