"""Bodies of REST and GraphQL requests: how large they may be, and how many are held at a time."""

from __future__ import annotations

import contextlib
import select
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from reference_server.content.memory import API_BODIES_BYTES, SLOW_BODIES_BYTES
from reference_server.contract.limits import KIB, MIB
from reference_server.frontend.http import body_budget
from tests.support.front_end import Served, read_answer
from tests.support.server_process import running_registry

LARGEST = MIB
LARGEST_ANONYMOUS = 64 * KIB
JSON = {"Content-Type": "application/json"}
TARGETS = ("/api/v4/projects", "/api/graphql", "/api/v4/nothing")


def in_chunks(size: int) -> Iterator[bytes]:
    """Yield content of a size that is not declared."""
    yield from (bytes(min(16 * KIB, size - start)) for start in range(0, size, 16 * KIB))


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize(("token", "most"), [("", LARGEST_ANONYMOUS), ("glpat-nobody", LARGEST)])
def test_a_body_is_bounded_by_whether_a_credential_is_presented(
    front_end: Served, target: str, token: str, most: int
) -> None:
    for body in (bytes(most + 1), in_chunks(most + 1)):
        refused = front_end.send("POST", target, body, JSON, token=token)
        assert (refused.status, refused.json()) == (413, {"error": "413 Request Entity Too Large"})
    for body in (bytes(most), in_chunks(most)):
        assert front_end.send("POST", target, body, JSON, token=token).status != 413


def test_a_credential_of_the_query_counts(front_end: Served) -> None:
    target = f"/api/v4/projects?private_token={front_end.token}"
    assert front_end.send("POST", target, bytes(LARGEST), JSON, token="").status == 400


def begin(served: Served, connection: socket.socket) -> None:
    """Announce the largest body."""
    framing = (f"Content-Length: {LARGEST}", "Expect: 100-continue")
    connection.sendall(served.head("POST", "/api/v4/projects", *framing))


def test_what_bodies_hold_together_is_bounded_and_others_are_answered(
    front_end: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(body_budget, "SLOW_SECONDS", 3600.0)
    monkeypatch.setattr(body_budget, "WAIT_SECONDS", 3600.0)
    with contextlib.ExitStack() as opened:
        connections = [opened.enter_context(front_end.connect()) for _ in range(3 * API_BODIES_BYTES // LARGEST)]
        for connection in connections:
            begin(front_end, connection)
        assert front_end.send("GET", "/api/v4/projects").status == 200
        admitted, _, _ = select.select(connections, [], [], 0)
        assert len(admitted) == API_BODIES_BYTES // LARGEST
        for connection in admitted:
            assert connection.recv(100).startswith(b"HTTP/1.1 100 ")
            connection.sendall(bytes(LARGEST - 1))
        assert select.select([one for one in connections if one not in admitted], [], [], 0)[0] == []
        monkeypatch.setattr(body_budget, "SLOW_SECONDS", 0.0)
        assert front_end.send("POST", "/api/v4/projects", b"{}", JSON).status == 400
        dropped = [read_answer(connection) for connection in select.select(admitted, [], [], 0)[0]]
        assert {(answer.status, answer.headers["Retry-After"]) for answer in dropped} == {(503, "1")}
        assert len(dropped) >= (API_BODIES_BYTES - SLOW_BODIES_BYTES) // LARGEST
    assert front_end.send("POST", "/api/v4/projects", bytes(LARGEST), JSON).status == 400


@pytest.mark.slow
def test_many_large_bodies_do_not_fill_the_memory(tmp_path: Path) -> None:
    with running_registry(tmp_path, "--workers", "1") as registry, contextlib.ExitStack() as opened:
        served = Served(int(registry.url.rpartition(":")[2]), registry.root_token)
        before = registry.peak_resident_bytes()
        for _ in range(200):
            connection = opened.enter_context(served.connect())
            begin(served, connection)
            connection.setblocking(False)
            with contextlib.suppress(BlockingIOError, ConnectionError):
                connection.send(bytes(LARGEST - 1))
        assert served.send("GET", "/api/v4/projects").status == 200
        after = registry.peak_resident_bytes()
    grown = max(after[pid] - before[pid] for pid in before)
    assert grown < 3 * (API_BODIES_BYTES + SLOW_BODIES_BYTES)
