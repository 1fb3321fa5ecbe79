"""The whole server when one of its processes dies or hangs."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from reference_server.programs import front_end
from tests.reference_server.programs.test_serve import Running, alive, provisioned, publish_small_and_large, serving
from tests.support.front_end import Answer, Served
from tests.support.polling import eventually
from tests.support.server_process import started_server

SECONDS = 60
IMPATIENT = ("tests.support.impatient_server",)


def readiness(running: Running) -> int:
    return running.served.send("GET", "/-/readiness").status


def await_readiness(running: Running) -> None:
    eventually(lambda: readiness(running) == 200, what="the server is not ready again")


def report(running: Running) -> str:
    return running.served.send("GET", "/-/metrics").body.decode()


def counted(running: Running, program: str, cause: str) -> bool:
    name = f'process_restarts_total{{cause="{cause}",program="{program}"}} '
    return int(float(report(running).partition(name)[2].split()[0])) > 0


def test_while_the_storage_is_away_requests_may_be_repeated_and_then_succeed(tmp_path: Path) -> None:
    with serving(tmp_path, "--workers", "1") as running:
        package = provisioned(running.served)
        publish_small_and_large(running.served, package)
        children = running.children()
        os.kill(children["storage"], signal.SIGKILL)
        answers = {name: request(running, package) for name, request in REQUESTS.items()}
        await_readiness(running)
        for name, answer in answers.items():
            assert answer.status in {503, *SUCCESS}, name
            assert answer.status != 503 or answer.headers["Retry-After"], name
        assert 503 in {answer.status for answer in answers.values()}
        for name, request in REQUESTS.items():
            assert request(running, package).status in SUCCESS, name
        assert running.served.send("GET", f"{package}/large").body == bytes(200_000)
        again = running.children()
        assert again.pop("storage") != children.pop("storage")
        assert sorted(again.values()) == sorted(children.values())
        assert counted(running, "storage", "ended")
        assert running.stop() == 0
    log = running.log.read_text()
    assert '"event": "a process serves again"' in log
    assert "Traceback" not in log


SUCCESS = {200, 201}
REQUESTS: dict[str, Callable[[Running, str], Answer]] = {
    "small download": lambda running, package: running.served.send("GET", f"{package}/file-10"),
    "large download": lambda running, package: running.served.send("GET", f"{package}/file-1000000"),
    "small upload": lambda running, package: running.served.send("PUT", f"{package}/small", b"content"),
    "large upload": lambda running, package: running.served.send("PUT", f"{package}/large", bytes(200_000)),
    "REST": lambda running, _: running.served.send("GET", "/api/v4/projects"),
}


def test_no_connection_is_refused_while_the_only_front_end_is_away(tmp_path: Path) -> None:
    with serving(tmp_path, "--workers", "1") as running:
        package = provisioned(running.served)
        publish_small_and_large(running.served, package)
        for number in (signal.SIGKILL, signal.SIGTERM):
            victim = running.children()["frontend"]
            os.kill(victim, number)
            eventually(lambda pid=victim: not alive(pid), what="the front end lives on")  # type: ignore[misc]
            assert running.served.send("GET", f"{package}/file-10").body == bytes(10)
        assert running.children()["frontend"] != victim
        assert running.stop() == 0


def test_requests_that_died_with_a_front_end_are_not_counted_as_running(tmp_path: Path) -> None:
    with serving(tmp_path, "--workers", "1") as running:
        with running.served.connect() as connection:
            connection.sendall(b"POST /api/v4/groups HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\n\r\n")
            eventually(lambda: "http_requests_running 2.0" in report(running), what="the request is not counted")
            os.kill(running.children()["frontend"], signal.SIGKILL)
        eventually(lambda: "http_requests_running 1.0" in report(running), what="the request is still counted")
        assert counted(running, "frontend", "ended")


@pytest.mark.parametrize("victim", ["storage", "frontend"])
def test_a_process_that_hangs_is_replaced(tmp_path: Path, victim: str) -> None:
    with serving(tmp_path, "--workers", "1", "--hang-seconds", "3") as running:
        hung = running.children()[victim]
        os.kill(hung, signal.SIGSTOP)
        eventually(lambda: not alive(hung), what="what hangs lives on")
        await_readiness(running)
        assert counted(running, victim, "hung")
        assert running.stop() == 0
    assert "a process hangs and is killed" in running.log.read_text()


def test_a_server_that_is_busy_is_not_taken_for_hung(tmp_path: Path) -> None:
    with serving(tmp_path, "--hang-seconds", "4") as running:
        package, children = provisioned(running.served), running.children()
        until = time.monotonic() + 6
        publishers = [threading.Thread(target=publish_until, args=(running, package, n, until)) for n in range(8)]
        for publisher in publishers:
            publisher.start()
        for publisher in publishers:
            publisher.join()
        assert sorted(running.children().values()) == sorted(children.values())


def publish_until(running: Running, package: str, number: int, until: float) -> None:
    while time.monotonic() < until:
        running.served.send("PUT", f"{package}/busy-{number}", bytes(100_000))


def test_a_storage_that_dies_again_and_again_ends_the_server_with_a_sentence(tmp_path: Path) -> None:
    with started_server(tmp_path, "--workers", "1", program=IMPATIENT) as (process, served):
        running = Running(process, served, tmp_path / "log")
        first = running.children()["storage"]
        os.kill(first, signal.SIGKILL)
        eventually(lambda: running.children().get("storage", first) != first, what="the storage is not started again")
        os.kill(running.children()["storage"], signal.SIGKILL)
        children = running.children()
        assert process.wait(SECONDS) == 1
        assert not any(alive(pid) for pid in children.values())
    last = running.log.read_text().splitlines()[-1]
    assert last.startswith("reference_server: the storage process ended again and again, at last with signal 9: ")


def test_a_storage_that_refuses_its_data_later_on_is_tried_again_until_it_serves(tmp_path: Path) -> None:
    with serving(tmp_path, "--workers", "1") as running:
        volume, aside = tmp_path / "data/volume", tmp_path / "aside"
        volume.rename(aside)
        os.kill(running.children()["storage"], signal.SIGKILL)
        eventually(lambda: "volume is missing" in running.log.read_text(), what="the storage does not refuse")
        assert readiness(running) == 503
        aside.rename(volume)
        await_readiness(running)
        publish_small_and_large(running.served, provisioned(running.served))
        assert running.stop() == 0


@pytest.mark.slow
def test_a_storage_that_takes_long_to_start_is_waited_for(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "reference_server", "serve", "--data", str(tmp_path / "data"), "--port", "0"]
    with subprocess.Popen(
        [*command, "--workers", "1"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        running = Running(process, Served(0), tmp_path)
        eventually(lambda: "storage" in running.children(), what="no storage is started")
        storage = running.children()["storage"]
        os.kill(storage, signal.SIGSTOP)
        time.sleep(1.1 * front_end._STORAGE_START_SECONDS)
        os.kill(storage, signal.SIGCONT)
        assert process.stdout
        assert process.stdout.readline().startswith("Ready: ")
        assert running.stop() == 0
