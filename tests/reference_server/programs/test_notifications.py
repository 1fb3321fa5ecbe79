"""Notices in systemd's protocol."""

import asyncio
import os
import socket
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from reference_server.programs.notifications import beating, environment_for, say_ready, say_stopping


@pytest.fixture(params=["path", "abstract"])
def notices(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[socket.socket]:
    address = str(tmp_path / "notices") if request.param == "path" else f"@generic-packages-test-{os.getpid()}"
    with closing(socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)) as listening:
        listening.bind(address.replace("@", "\0"))
        listening.settimeout(10)
        monkeypatch.setenv("NOTIFY_SOCKET", address)
        yield listening


def test_start_and_stop_are_told(notices: socket.socket) -> None:
    say_ready()
    say_stopping()
    assert [notices.recv(100), notices.recv(100)] == [b"READY=1", b"STOPPING=1"]


def test_a_server_with_a_url_says_it_on_standard_output_too(
    notices: socket.socket, capsys: pytest.CaptureFixture[str]
) -> None:
    say_ready("http://127.0.0.1:1")
    assert capsys.readouterr().out == "Ready: http://127.0.0.1:1\n"
    assert notices.recv(100) == b"READY=1"


async def test_the_event_loop_beats_when_asked(notices: socket.socket, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WATCHDOG_USEC", "40000")
    notices.setblocking(False)
    async with beating(), asyncio.timeout(10):
        loop = asyncio.get_running_loop()
        assert [await loop.sock_recv(notices, 100) for _ in range(3)] == [b"WATCHDOG=1"] * 3


@pytest.mark.parametrize("variables", [{}, {"WATCHDOG_USEC": "0"}, {"WATCHDOG_USEC": "40000", "WATCHDOG_PID": "1"}])
async def test_nothing_beats_unless_this_process_is_asked(
    notices: socket.socket, monkeypatch: pytest.MonkeyPatch, variables: dict[str, str]
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    notices.setblocking(False)
    async with beating():
        await asyncio.sleep(0.1)
        with pytest.raises(BlockingIOError):
            notices.recv(100)


async def test_notices_that_nobody_reads_stop_nothing(notices: socket.socket, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WATCHDOG_USEC", "4000")
    async with beating():
        for _ in range(50):
            await asyncio.sleep(0.01)
    notices.close()
    say_stopping()


def test_a_child_is_asked_by_its_supervisor_not_by_systemd(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"NOTIFY_SOCKET": "/systemd", "WATCHDOG_USEC": "9", "WATCHDOG_PID": "1", "KEPT": "1"}.items():
        monkeypatch.setenv(name, value)
    asked = environment_for("/supervisor", 20)
    assert {name: asked.get(name) for name in ("NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID", "KEPT")} == {
        "NOTIFY_SOCKET": "/supervisor", "WATCHDOG_USEC": "20000000", "WATCHDOG_PID": None, "KEPT": "1",
    }  # fmt: skip
    assert "WATCHDOG_USEC" not in environment_for("/supervisor", 0)
