"""Faults of the disk: full at each step, read-only, failing, slow."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

from tests.fault_table.fault import Need, fault
from tests.fault_table.server import LARGE, SMALL, FaultyServer
from tests.fault_table.setting import OWN_VOLUME, SMALL_DISK
from tests.fault_table.system import fill, injected, mount
from tests.support.polling import eventually

MIB = 1 << 20


@fault(
    "disk full: publish, read, delete, new token",
    "small 507, large 507, GET 200 200, token 201, DELETE 204, ready 200, log, metric; after: 201 201",
    setting=SMALL_DISK,
)
def _full(server: FaultyServer) -> Iterator[str]:
    ballast = _filled(server)
    yield f"small {server.put(SMALL)}"
    yield f"large {server.put(LARGE)}"
    yield f"GET {server.get(server.small)} {server.get(server.large)}"
    yield f"token {server.make_token()}"
    yield f"DELETE {server.delete(server.large)}"
    yield f"ready {server.readiness()}"
    yield server.failed("VOLUME_FULL")
    ballast.unlink()
    yield f"; after: {server.put(SMALL)} {server.put(LARGE)}"


@fault("disk full: while a body arrives", "PUT 507, staged 0, log, metric; after: 201", setting=SMALL_DISK)
def _full_on_the_way(server: FaultyServer) -> Iterator[str]:
    ballast = _filled(server, 80 * MIB)
    pieces = (bytes(MIB) for _ in range(82))
    yield f"PUT {server.put_content(b'', pieces=pieces)}"
    staging = server.volume / "staging"
    eventually(lambda: not list(staging.iterdir()), what="what was staged stays")
    yield f"staged {len(list(staging.iterdir()))}"
    yield server.failed("VOLUME_FULL")
    ballast.unlink()
    yield f"; after: {server.put(LARGE)}"


@fault("disk full: at the start", "GET 200 200, DELETE 204, PUT 507, log, metric; after: 201", setting=SMALL_DISK)
def _full_at_start(server: FaultyServer) -> Iterator[str]:
    ballast = _filled(server)
    server.restart()
    yield f"GET {server.get(server.small)} {server.get(server.large)}"
    yield f"DELETE {server.delete(server.large)}"
    yield f"PUT {server.put(SMALL)}"
    yield server.failed("VOLUME_FULL")
    ballast.unlink()
    yield f"; after: {server.put(LARGE)}"


def _full_at(call: str, when: str, size: int, effect: str = "error=ENOSPC", reason: str = "VOLUME_FULL") -> None:
    """Put a row into the table in which one call of the storage meets what is wrong with the disk."""
    status = "507" if reason == "VOLUME_FULL" else "503 later"

    @fault(when, f"PUT {status}, GET 200, log, metric; after: 201", Need.STRACE)
    def _(server: FaultyServer) -> Iterator[str]:
        with injected(server.pid("storage"), call, effect):
            yield f"PUT {server.put(size)}"
            yield f"GET {server.get(server.small)}"
        yield server.failed(reason)
        yield f"; after: {server.put(size)}"


_full_at("/^mkdir", "disk full: the directory of content", LARGE)
_full_at("fdatasync", "disk full: the sync of content", LARGE)
_full_at("/^rename", "disk full: the rename of content", LARGE)
_full_at("/^pwrite", "disk full: the record of content", LARGE)
_full_at("/^pwrite", "disk full: small content and its record", SMALL)
_full_at("/^pwrite", "disk fails: writing metadata", SMALL, "error=EIO", "DATA_UNUSABLE")
_full_at("fdatasync", "disk fails: syncing metadata", SMALL, "error=EIO", "DATA_UNUSABLE")
_full_at("fdatasync", "disk fails: syncing content", LARGE, "error=EIO", "DATA_UNUSABLE")


@fault("disk fails: reading content", "GET 503 later, small 200, log, metric; after: 200", Need.STRACE)
def _unreadable(server: FaultyServer) -> Iterator[str]:
    with injected(server.pid("frontend"), "/^pread", "error=EIO"):
        yield f"GET {server.get(server.large)}"
        yield f"small {server.get(server.small)}"
    yield server.failed("DATA_UNUSABLE")
    yield f"; after: {server.get(server.large)}"


@fault("disk slow: a sync takes a second", "GET 200 while a PUT waits, PUT 201, ready 200", Need.STRACE)
def _slow(server: FaultyServer) -> Iterator[str]:
    answers: list[str] = []
    with injected(server.pid("storage"), "fdatasync", "delay_exit=1000000"):
        waiting = threading.Thread(target=lambda: answers.append(server.put(LARGE)))
        waiting.start()
        read, waits = server.get(server.small), waiting.is_alive()
        yield f"GET {read} {'while' if waits else 'after'} a PUT waits"
        waiting.join()
    yield f"PUT {answers[0]}"
    yield f"ready {server.readiness()}"


@fault(
    "volume read-only",
    "large 503 later, small 201, GET 200 200, DELETE 204, ready 200, log, metric; after: 201",
    setting=OWN_VOLUME,
)
def _read_only(server: FaultyServer) -> Iterator[str]:
    mount(server.volume, "-o", "remount,bind,ro")
    yield f"large {server.put(LARGE)}"
    yield f"small {server.put(SMALL)}"
    yield f"GET {server.get(server.small)} {server.get(server.large)}"
    yield f"DELETE {server.delete(server.large)}"
    yield f"ready {server.readiness()}"
    yield server.failed("DATA_UNUSABLE")
    mount(server.volume, "-o", "remount,bind,rw")
    yield f"; after: {server.put(LARGE)}"


def _filled(server: FaultyServer, leave: int = 0) -> Path:
    """Take all room of the server's disk, but for so many bytes, once its reserve is made; return what takes it."""
    eventually((server.data / "metadata.reserve").exists, what="the reserve is not made")
    return fill(server.data, leave)
