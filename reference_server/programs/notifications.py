"""Notices to whoever started this process: that it serves, that it stops, that its event loop turns.

The words are systemd's (sd_notify): lines NAME=value in a datagram to a unix socket that the environment names. systemd
reads them from the program that it started, and the supervisor from its processes.
"""

from __future__ import annotations

import asyncio
import os
import socket
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress

READY_LINE = "Ready: "
"""What a program's first line on standard output begins with, once it serves over HTTP."""

READY = "READY=1"
STOPPING = "STOPPING=1"
BEAT = "WATCHDOG=1"
BEATS_EACH_TIME = 4
"""How many beats are sent in the time after which a process without any counts as hung."""

_SOCKET = "NOTIFY_SOCKET"
_BEAT_MICROSECONDS = "WATCHDOG_USEC"
_BEATING_PROCESS = "WATCHDOG_PID"
_SECONDS = 1.0  # systemd's socket is shared by all services, and may be full for a moment
_MICROSECONDS = 1_000_000


def environment_for(socket_path: str, beat_seconds: int) -> dict[str, str]:
    """Return this process's environment for a child that sends its notices to a socket.

    The child counts as hung after `beat_seconds` without a beat; 0 asks for none.
    """
    kept = {name: value for name, value in os.environ.items() if name not in {_BEAT_MICROSECONDS, _BEATING_PROCESS}}
    asked = {_BEAT_MICROSECONDS: str(beat_seconds * _MICROSECONDS)} if beat_seconds else {}
    return {**kept, **asked, _SOCKET: socket_path}


def say_ready(url: str | None = None) -> None:
    """Say that this process serves: to whoever started it and, with a URL, in a line on standard output."""
    if url is not None:
        sys.stdout.write(f"{READY_LINE}{url}\n")
        sys.stdout.flush()
    _notify(READY)


def say_stopping() -> None:
    """Say that this process ends because it was asked to."""
    _notify(STOPPING)


@asynccontextmanager
async def beating() -> AsyncIterator[None]:
    """Show by beats, as long as the context lasts, that the event loop turns, if whoever started this process asks."""
    seconds = _beat_seconds(os.environ)
    task = asyncio.create_task(_beat(seconds / BEATS_EACH_TIME), name="beat") if seconds else None
    try:
        yield
    finally:
        if task is not None:
            task.cancel()


async def _beat(seconds: float) -> None:
    while True:
        _notify(BEAT, seconds=0)
        await asyncio.sleep(seconds)


def _beat_seconds(environment: Mapping[str, str]) -> float | None:
    """Return after how long this process counts as hung; None when nobody minds its beats."""
    asked = environment.get(_BEAT_MICROSECONDS, "")
    meant = environment.get(_BEATING_PROCESS, str(os.getpid()))
    return int(asked) / _MICROSECONDS if asked.isdecimal() and int(asked) and meant == str(os.getpid()) else None


def _notify(notice: str, *, seconds: float = _SECONDS) -> None:
    """Send a notice if somebody wants it. One that finds no room in time is lost: no notice may stop the server."""
    address = os.environ.get(_SOCKET)
    if address:
        with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sender:
            sender.settimeout(seconds)
            sender.sendto(notice.encode(), f"\0{address[1:]}" if address.startswith("@") else address)
