"""How a process is asked to stop."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import threading

import structlog


def stop_event() -> asyncio.Event:
    """Give an event that SIGTERM and SIGINT set. SIGHUP is logged: nothing is read again, and nothing ends."""
    event = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, event.set)
    loop.add_signal_handler(signal.SIGHUP, _note_hangup)
    return event


def _note_hangup() -> None:
    structlog.get_logger().warning("SIGHUP changes nothing: settings are read when the server starts")


def stop_with_parent() -> None:
    """Ask this process to stop when the one that holds the other end of its standard input is gone."""
    threading.Thread(target=_wait_for_parent, name="parent watch", daemon=True).start()


def _wait_for_parent() -> None:
    """Block until standard input ends; the parent never writes."""
    while os.read(sys.stdin.fileno(), 1024):
        pass
    os.kill(os.getpid(), signal.SIGTERM)
