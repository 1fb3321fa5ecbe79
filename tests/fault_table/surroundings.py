"""Faults of what else is around: another program in the database, a log that nobody takes, a clock that jumps."""

from __future__ import annotations

import contextlib
import sqlite3
import threading
from collections.abc import Iterator

from tests.fault_table import jumping_clock
from tests.fault_table.fault import fault
from tests.fault_table.server import LARGE, SMALL, FaultyServer
from tests.fault_table.setting import Setting
from tests.support.polling import eventually

UNREAD = Setting(log_is_read=False)
JUMPING = Setting(program=jumping_clock.__name__)

_LINES = 1000
_LINE_CHARACTERS = 3000  # so that they are more than pipe and queue hold
_DAY_SECONDS = 24 * 60 * 60
_ROUNDS_SECONDS = 3.0


@fault("database locked by another program", "PUT 503 later, GET 200 200, ready 200, log, metric; after: 201 201")
def _locked(server: FaultyServer) -> Iterator[str]:
    with contextlib.closing(sqlite3.connect(server.data / "metadata.sqlite3")) as other:
        other.execute("BEGIN IMMEDIATE")
        yield f"PUT {server.put(SMALL)}"
        yield f"GET {server.get(server.small)} {server.get(server.large)}"
        yield f"ready {server.readiness()}"
        other.execute("ROLLBACK")
    yield server.logged("another program holds the metadata", '"failure":"OVERLOADED"')
    yield server.counted('http_failures_total{reason="OVERLOADED"}')
    yield f"; after: {server.put(SMALL)} {server.put(LARGE)}"


@fault("log that nobody reads", "GET 200, PUT 201, metric; read again: lines lost are told", setting=UNREAD)
def _log_stuck(server: FaultyServer) -> Iterator[str]:
    for _ in range(_LINES):
        server.served.send("GET", f"{server.small}?{'x' * _LINE_CHARACTERS}")
    yield f"GET {server.get(server.small)}"
    yield f"PUT {server.put(LARGE)}"
    yield server.counted("log_lines_lost_total")
    server.read_log()
    server.get(server.small)
    eventually(lambda: "log lines lost" in server.log.read_text(), what="nothing tells that log lines were lost")
    yield "; read again: lines lost are told"


@fault("log whose reader is gone", "GET 200, PUT 201 201, ready 200, metric", setting=UNREAD)
def _log_gone(server: FaultyServer) -> Iterator[str]:
    server.close_log()
    yield f"GET {server.get(server.small)}"
    yield f"PUT {server.put(SMALL)} {server.put(LARGE)}"
    yield f"ready {server.readiness()}"
    yield server.counted("log_lines_lost_total")


def _clock_jumps(name: str, seconds: float) -> None:
    @fault(name, "upload under way 201, PUT 201 201, GET 200 200, ready 200", setting=JUMPING)
    def _(server: FaultyServer) -> Iterator[str]:
        with server.upload(4 * LARGE) as upload:
            upload.send_half()
            eventually(lambda: list((server.volume / "staging").iterdir()), what="the upload does not begin")
            jumping_clock.jump(seconds)
            try:
                # Uploads are looked through several times meanwhile; this one is not idle.
                threading.Event().wait(_ROUNDS_SECONDS)
                yield f"upload under way {upload.finish()}"
                yield f"PUT {server.put(SMALL)} {server.put(LARGE)}"
                yield f"GET {server.get(server.small)} {server.get(server.large)}"
                yield f"ready {server.readiness()}"
            finally:
                jumping_clock.jump(0)


_clock_jumps("clock jumps a day ahead, during an upload", _DAY_SECONDS)
_clock_jumps("clock jumps a day back, during an upload", -_DAY_SECONDS)
