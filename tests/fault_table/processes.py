"""Faults of processes: the storage gone, frozen or hung, descriptors used up, a signal that means nothing."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator

from tests.fault_table.fault import fault
from tests.fault_table.server import LARGE, SMALL, FaultyServer
from tests.fault_table.setting import Setting
from tests.fault_table.system import frozen
from tests.support.descriptors import without_descriptors
from tests.support.polling import eventually

_RESTARTED = "process_restarts_total"


@fault(
    "storage killed, and back",
    "PUT 503 later, log, metric; after: PUT 201, GET 200 200, the same front end",
)
def _storage_killed(server: FaultyServer) -> Iterator[str]:
    front_end = server.pid("frontend")
    os.kill(server.pid("storage"), signal.SIGKILL)
    answers = {server.put(SMALL) for _ in range(5)} - {"201"}
    yield f"PUT {' '.join(sorted(answers))}"
    yield from _recovered(server, "a process ended and is started again", 'cause="ended",program="storage"')
    yield "the same front end" if server.pid("frontend") == front_end else "another front end"


@fault("front end killed, and back", "PUT 201, log, metric; after: PUT 201, GET 200 200")
def _front_end_killed(server: FaultyServer) -> Iterator[str]:
    os.kill(server.pid("frontend"), signal.SIGKILL)
    yield f"PUT {server.put(SMALL)}"
    yield from _recovered(server, "a process ended and is started again", 'cause="ended",program="frontend"')


@fault(
    "storage hangs",
    "GET 503 later, log, metric; after: PUT 201, GET 200 200",
    setting=Setting(arguments=("--hang-seconds", "14")),
)
def _storage_hangs(server: FaultyServer) -> Iterator[str]:
    os.kill(server.pid("storage"), signal.SIGSTOP)
    yield f"GET {server.get(server.small)}"
    eventually(lambda: "hangs and is killed" in server.log.read_text(), what="nobody notices that the storage hangs")
    yield from _recovered(server, "a process hangs and is killed", 'cause="hung",program="storage"')


def _recovered(server: FaultyServer, event: str, restart: str) -> Iterator[str]:
    server.await_readiness(200)
    yield server.logged(event)
    yield server.counted(f"{_RESTARTED}{{{restart}}}")
    yield f"; after: PUT {server.await_put(SMALL)}"
    yield f"GET {server.get(server.small)} {server.get(server.large)}"


@fault("storage slow: still for longer than a request waits", "GET 503 later, ready 503, log, metric; after: PUT 201")
def _storage_slow(server: FaultyServer) -> Iterator[str]:
    with frozen(server.pid("storage")):
        yield f"GET {server.get(server.small)}"
        yield f"ready {server.readiness()}"
    server.await_readiness(200)
    yield server.failed("DEADLINE_EXCEEDED")
    yield f"; after: PUT {server.put(LARGE)}"


@fault("storage without descriptors", "large 503 later, small 201, GET 200 200, log, metric; after: 201")
def _storage_without_descriptors(server: FaultyServer) -> Iterator[str]:
    with without_descriptors(server.pid("storage")):
        yield f"large {server.put(LARGE)}"
        yield f"small {server.put(SMALL)}"
        yield f"GET {server.get(server.small)} {server.get(server.large)}"
    yield server.failed("RESOURCE_EXHAUSTED")
    yield f"; after: {server.put(LARGE)}"


@fault("front end without descriptors", "open connection: GET 503 later, log, metric; after: 200 201")
def _front_end_without_descriptors(server: FaultyServer) -> Iterator[str]:
    connection = server.kept_connection()
    with without_descriptors(server.pid("frontend")):
        yield f"open connection: GET {connection.get(server.large)}"
    yield server.failed("DATA_UNUSABLE")
    yield f"; after: {connection.get(server.large)} {server.put(LARGE)}"
    connection.close()


@fault("SIGHUP to every process", "PUT 201, log, the same processes")
def _hangup(server: FaultyServer) -> Iterator[str]:
    before = [server.pid("storage"), server.pid("frontend")]
    for pid in (server.process.pid, *before):
        os.kill(pid, signal.SIGHUP)
    yield f"PUT {server.put(LARGE)}"
    yield server.logged("SIGHUP changes nothing")
    same = [server.pid("storage"), server.pid("frontend")] == before and server.process.poll() is None
    yield "the same processes" if same else "other processes"
