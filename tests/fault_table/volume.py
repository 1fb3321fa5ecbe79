"""Faults of the volume and of the content on it: gone, another one, content missing, cut or flipped."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

from tests.fault_table.fault import fault
from tests.fault_table.server import LARGE, SMALL, FaultyServer
from tests.fault_table.setting import OWN_VOLUME
from tests.fault_table.system import mount, unmount

_GONE = "ready 503, large 503 later, small 201, GET 503 later 200, log, metric; after: ready 200, GET 200, PUT 201"


@fault("volume gone, and back", _GONE, setting=OWN_VOLUME)
def _gone(server: FaultyServer) -> Iterator[str]:
    unmount(server.volume)
    yield from _without_volume(server)
    mount(server.volume, "--bind", source=str(server.disk))
    yield from _with_volume(server)


@fault("another volume in its place", _GONE, setting=OWN_VOLUME)
def _another(server: FaultyServer) -> Iterator[str]:
    other = server.folder / "other"
    for name in ("blobs", "staging", "trash"):
        (other / name).mkdir(parents=True)
    (other / "nonce").write_bytes(bytes(32))
    mount(server.volume, "--bind", source=str(other))
    yield from _without_volume(server)
    unmount(server.volume)
    if any((other / "staging").iterdir()):
        yield "and the other volume was written to"
    yield from _with_volume(server)


def _without_volume(server: FaultyServer) -> Iterator[str]:
    server.await_readiness(503)
    yield f"ready {server.readiness()}"
    yield f"large {server.put(LARGE)}"
    yield f"small {server.put(SMALL)}"
    yield f"GET {server.get(server.large)} {server.get(server.small)}"
    yield server.logged("the volume is gone", '"failure":"DATA_UNUSABLE"')
    yield server.counted('http_failures_total{reason="DATA_UNUSABLE"}')


def _with_volume(server: FaultyServer) -> Iterator[str]:
    server.await_readiness(200)
    yield f"; after: ready {server.readiness()}"
    yield f"GET {server.get(server.large)}"
    yield f"PUT {server.put(LARGE)}"


def _damaged(server: FaultyServer, defect: str) -> Iterator[str]:
    yield f"GET {server.get(server.large)}"
    yield f"small {server.get(server.small)}"
    yield server.logged(f'"defect": "{defect}"', server.acknowledged[server.large])
    yield server.counted(f'content_unusable_total{{defect="{defect}"}}')


def _published_again(server: FaultyServer, content: bytes) -> Iterator[str]:
    yield f"; published again: {server.put_content(content)}"
    yield f"GET {server.get(server.large)}"


_MENDED = "; published again: 201, GET 200"


@fault("content missing", f"GET 503 later, small 200, log, metric{_MENDED}")
def _missing(server: FaultyServer) -> Iterator[str]:
    blob = server.blob(server.large)
    content = blob.read_bytes()
    blob.unlink()
    yield from _damaged(server, "missing")
    yield from _published_again(server, content)


@fault("content cut to nothing", f"GET 503 later, small 200, log, metric{_MENDED}")
def _empty(server: FaultyServer) -> Iterator[str]:
    content = _changed(server.blob(server.large), lambda path: os.truncate(path, 0))
    yield from _damaged(server, "cut")
    yield from _published_again(server, content)


@fault("content cut by a byte", f"GET broken off, small 200, log, metric{_MENDED}")
def _cut(server: FaultyServer) -> Iterator[str]:
    content = _changed(server.blob(server.large), lambda path: os.truncate(path, LARGE - 1))
    yield from _damaged(server, "cut")
    yield from _published_again(server, content)


@fault("content with a flipped bit, read by nobody lately", f"GET broken off, small 200, log, metric{_MENDED}")
def _flipped(server: FaultyServer) -> Iterator[str]:
    server.restart()
    content = _changed(server.blob(server.large), _flip)
    yield from _damaged(server, "flipped")
    yield from _published_again(server, content)


def _changed(blob: Path, change: Callable[[Path], None]) -> bytes:
    content = blob.read_bytes()
    change(blob)
    return content


def _flip(path: Path) -> None:
    with path.open("r+b") as file:
        file.seek(LARGE // 2)
        (byte,) = file.read(1)
        file.seek(LARGE // 2)
        file.write(bytes([byte ^ 1]))
