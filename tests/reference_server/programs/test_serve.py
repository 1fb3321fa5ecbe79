"""The whole server as an operator runs it."""

import contextlib
import http.client
import json
import os
import resource
import signal
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from reference_server.programs.data_directory import MARKER
from tests.support.front_end import Served, read_until_closed
from tests.support.polling import eventually
from tests.support.processes import supervised
from tests.support.rest_packages import new_project
from tests.support.server_process import started_server

PROGRAM = [sys.executable, "-m", "reference_server"]
SECONDS = 60


@dataclass(frozen=True, slots=True)
class Running:
    process: subprocess.Popen[str]
    served: Served
    log: Path

    def stop(self) -> int:
        self.process.terminate()
        return self.process.wait(SECONDS)

    def children(self) -> dict[str, int]:
        """Return the children's process ids by program and, for front ends, number."""
        return supervised(self.process.pid)


@contextmanager
def serving(folder: Path, *arguments: str, errors: int | None = None) -> Iterator[Running]:
    with started_server(folder, "--workers", "2", *arguments, errors=errors) as (process, served):
        yield Running(process, served, folder / "log")


def ran(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*PROGRAM, *arguments], capture_output=True, text=True, timeout=SECONDS, check=False)


def alive(pid: int) -> bool:
    try:
        return ") Z " not in Path(f"/proc/{pid}/stat").read_text()
    except FileNotFoundError:
        return False


def refuses_connections(served: Served) -> bool:
    try:
        served.connect().close()
    except ConnectionRefusedError:
        return True
    return False


def provisioned(served: Served) -> str:
    group = served.post("/groups", {"name": "Group", "path": "group"}).json()
    project = served.post("/projects", {"name": "Project", "namespace_id": group["id"]}).json()
    return f"/api/v4/projects/{project['id']}/packages/generic/a/1"


def publish_small_and_large(served: Served, package: str) -> None:
    for size in (10, 1_000_000):
        assert served.send("PUT", f"{package}/file-{size}", bytes(size)).status == 201
        assert served.send("GET", f"{package}/file-{size}").body == bytes(size)


@contextmanager
def begun_upload(running: Running) -> Iterator[tuple[socket.socket, str]]:
    """Ask to publish a file of a million bytes, which may come; give its path too."""
    path = f"{provisioned(running.served)}/file"
    head = f"PUT {path} HTTP/1.1\r\nHost: h\r\nPRIVATE-TOKEN: {running.served.token}\r\n"
    with running.served.connect() as connection:
        connection.sendall(f"{head}Content-Length: 1000000\r\nExpect: 100-continue\r\n\r\n".encode())
        assert connection.recv(100).startswith(b"HTTP/1.1 100 ")
        yield connection, path


def refused(*arguments: str, code: int = 1) -> str:
    """Return why a program refuses to start: one sentence."""
    ended = ran(*arguments)
    assert (ended.returncode, ended.stdout) == (code, "")
    assert ended.stderr.startswith("reference_server: ")
    assert ended.stderr.count("\n") == 1
    return ended.stderr


def test_a_server_serves_and_stops_cleanly_and_serves_the_same_when_started_again(tmp_path: Path) -> None:
    with serving(tmp_path) as running:
        package = provisioned(running.served)
        publish_small_and_large(running.served, package)
        children = running.children()
        assert len(children) == 3
        assert running.stop() == 0
        assert not any(alive(pid) for pid in children.values())
    assert "Traceback" not in running.log.read_text()
    with serving(tmp_path) as running:
        assert running.served.send("GET", f"{package}/file-10").body == bytes(10)


@pytest.fixture
def hang_up_ends_processes() -> Iterator[None]:
    """Let children begin with SIGHUP's default action, whatever the tests were started under."""
    before = signal.signal(signal.SIGHUP, signal.SIG_DFL)
    yield
    signal.signal(signal.SIGHUP, before)


@pytest.mark.usefixtures("hang_up_ends_processes")
def test_a_terminal_that_hangs_up_stops_no_part_of_the_server(tmp_path: Path) -> None:
    with serving(tmp_path) as running:
        children = running.children()
        for pid in (running.process.pid, *children.values()):
            os.kill(pid, signal.SIGHUP)
        assert running.served.send("GET", "/-/readiness").status == 200
        assert all(alive(pid) for pid in (running.process.pid, *children.values()))
        assert running.stop() == 0


def test_every_part_that_holds_connections_may_have_as_many_descriptors_as_the_user(tmp_path: Path) -> None:
    limits = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (1024, limits[1]))
    try:
        with serving(tmp_path) as running:
            for pid in running.children().values():
                assert resource.prlimit(pid, resource.RLIMIT_NOFILE) == (limits[1], limits[1])
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, limits)


@pytest.mark.parametrize("reader", ["never reads", "is gone"])
def test_a_log_that_nobody_reads_stops_no_request(tmp_path: Path, reader: str) -> None:
    with serving(tmp_path, "--workers", "1", errors=subprocess.PIPE) as running:
        assert running.process.stderr
        if reader == "is gone":
            running.process.stderr.close()
        target = "/api/v4/user?filler=" + "x" * 4000
        assert {running.served.send("GET", target).status for _ in range(400)} == {200}
        assert running.stop() == 0


def test_the_metrics_are_those_of_all_workers_and_of_the_storage(tmp_path: Path) -> None:
    with serving(tmp_path) as running:
        for _ in range(40):
            running.served.send("GET", "/api/v4/user")
        running.served.send("GET", "/api/v4/user", token="glpat-names-no-token")
        for counted in (
            'http_requests_total{method="GET",route="rest",status="200"} 40.0',
            'storage_calls_total{method="GetCaller",outcome="OK"} 40.0',
            "authentication_failures_total 1.0",
            "authentications_limited_total 0.0",
            "metadata_changes_waiting 0.0",
            "uploads_open 0.0",
        ):
            eventually(
                lambda line=counted: line in running.served.send("GET", "/-/metrics").body.decode().splitlines(),  # type: ignore[misc]  # the line of this round
                what=f"{counted} is not reported",
            )


def test_the_running_requests_are_those_of_all_workers(tmp_path: Path) -> None:
    with serving(tmp_path) as running, contextlib.ExitStack() as opened:
        head = b"POST /api/v4/groups HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\n\r\n"
        for _ in range(16):
            opened.enter_context(running.served.connect()).sendall(head)
        eventually(lambda: told_running(running.served) == 17, what="not every request is counted")
        opened.close()
        eventually(lambda: told_running(running.served) == 1, what="a request that is over is still counted")


def told_running(served: Served) -> int:
    """Read how many requests are under way, with the one that asks."""
    report = served.send("GET", "/-/metrics").body.decode()
    return int(float(report.partition("\nhttp_requests_running ")[2].split()[0]))


def test_a_transfer_under_way_is_finished_before_the_end(tmp_path: Path) -> None:
    with serving(tmp_path) as running:
        with begun_upload(running) as (connection, path), running.served.connect() as idle:
            running.process.terminate()
            assert read_until_closed(idle) == b""
            eventually(lambda: refuses_connections(running.served), what="new connections are still taken")
            connection.sendall(bytes(1_000_000))
            assert read_until_closed(connection).startswith(b"HTTP/1.1 201 ")
        assert running.process.wait(SECONDS) == 0
    with serving(tmp_path) as running:
        assert running.served.send("GET", path).body == bytes(1_000_000)


def test_a_transfer_that_does_not_end_is_cut_off_after_the_grace(tmp_path: Path) -> None:
    with serving(tmp_path, "--grace-seconds", "1") as running:
        with begun_upload(running) as (connection, _):
            running.process.terminate()
            assert read_until_closed(connection) == b""
        assert running.process.wait(SECONDS) == 0
    assert "requests were cut off" in running.log.read_text()


def test_children_do_not_outlive_a_supervisor_that_is_killed(tmp_path: Path) -> None:
    with serving(tmp_path) as running:
        children = running.children()
        running.process.kill()
        running.process.wait(SECONDS)
        eventually(lambda: not any(alive(pid) for pid in children.values()), what="a child is left")


def test_a_port_that_is_taken_is_said_to_be(tmp_path: Path) -> None:
    with serving(tmp_path) as running:
        port = str(running.served.port)
        sentence = refused("serve", "--data", str(tmp_path / "other"), "--port", port)
        assert f"cannot listen on 127.0.0.1 port {port}: Address already in use" in sentence
    assert not (tmp_path / "other").exists()


@pytest.mark.parametrize(
    ("arguments", "code", "sentence"),
    [
        (["serve"], 2, "--data DIR is missing"),
        ([], 2, "PROGRAM"),
        (["brew"], 2, "invalid choice"),
        (["serve", "--data", "d", "--odd"], 2, "unrecognized arguments: --odd"),
        (["serve", "--data", "d", "--max-file-size", "0"], 2, "--max-file-size: must be a whole number"),
        (["serve", "--data", "/etc", "--port", "0"], 1, "holds other files"),
        (["storage", "--data", "d"], 2, "--listen ADDRESS is missing"),
        (["storage", "--data", "d", "--listen", "nowhere"], 2, "--listen"),
        (["frontend", "--storage", "unix:relative"], 2, "must be absolute"),
    ],
)
def test_what_cannot_be_done_is_refused_in_one_sentence(arguments: list[str], code: int, sentence: str) -> None:
    assert sentence in refused(*arguments, code=code)


@pytest.mark.parametrize(
    ("metadata", "sentence"),
    [(b"no database" * 1000, "is not a database"), (None, "start the newer program")],
)
def test_metadata_that_cannot_be_used_is_refused(tmp_path: Path, metadata: bytes | None, sentence: str) -> None:
    (tmp_path / MARKER).write_text("generic-packages-registry format 1\n")
    (tmp_path / "volume").mkdir()
    file = tmp_path / "metadata.sqlite3"
    if metadata is None:
        with closing(sqlite3.connect(file)) as database:
            database.executescript("CREATE TABLE schema_version (version INTEGER NOT NULL)")
            database.executescript("INSERT INTO schema_version VALUES (99)")
    else:
        file.write_bytes(metadata)
    assert sentence in refused("serve", "--data", str(tmp_path), "--port", "0")


@pytest.mark.parametrize("part", ["volume", "volume/blobs", "volume/staging", "volume/nonce", "metadata.sqlite3"])
def test_a_part_of_the_data_that_is_of_another_kind_is_refused(tmp_path: Path, part: str) -> None:
    (tmp_path / MARKER).write_text("generic-packages-registry format 1\n")
    place = tmp_path / part
    place.parent.mkdir(exist_ok=True)
    if place.name in {"nonce", "metadata.sqlite3"}:
        place.mkdir()
        (tmp_path / "volume").mkdir(exist_ok=True)
    else:
        place.touch()
    assert part in refused("storage", "--data", str(tmp_path), "--listen", f"unix:{tmp_path}/socket")


def test_metadata_that_is_damaged_behind_its_first_page_is_refused(tmp_path: Path) -> None:
    with serving(tmp_path) as running:
        provisioned(running.served)
        assert running.stop() == 0
    metadata = tmp_path / "data/metadata.sqlite3"
    damaged = metadata.read_bytes()[:4096] + b"damage" * 100_000
    metadata.write_bytes(damaged)
    sentence = refused("storage", "--data", str(tmp_path / "data"), "--listen", f"unix:{tmp_path}/socket")
    assert "malformed" in sentence
    assert "restore it from a backup" in sentence


def test_data_is_for_its_owner_alone_even_in_a_folder_that_everybody_may_read(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir(mode=0o755)
    with serving(tmp_path) as running:
        package = provisioned(running.served)
        publish_small_and_large(running.served, package)
        kept = [path for path in (tmp_path / "data").rglob("*") if path.stat().st_mode & 0o077]
        assert {path.suffix for path in (tmp_path / "data").iterdir()} >= {".sqlite3", ".sqlite3-wal"}
    assert kept == []


def test_the_configuration_file_is_read(tmp_path: Path) -> None:
    file = tmp_path / "registry.toml"
    feature = "allow_guest_plus_roles_to_pull_packages"
    file.write_text(f'gitlab = "17.9"\nfeature = ["{feature}"]\ncarrier = "streamed"\n')
    with serving(tmp_path, "--config", str(file)) as running:
        assert running.served.send("GET", "/-/readiness").status == 200
        assert running.served.get("/version").json()["version"] == "17.9.0-ee"
        project = new_project(running.served)
        assert running.served.get(project.packages, token=project.token(10)).status == 200
    assert '"carrier": "streamed"' in running.log.read_text()


def test_the_largest_file_and_the_log_level_are_told_to_every_part(tmp_path: Path) -> None:
    with serving(tmp_path, "--max-file-size", "70000", "--log-level", "warning") as running:
        package = provisioned(running.served)
        for size, status in ((70_000, 201), (70_001, 400)):
            assert running.served.send("PUT", f"{package}/sized", bytes(size)).status == status
            pieces = iter([bytes(35_000), bytes(size - 35_000)])
            assert running.served.send("PUT", f"{package}/chunked", pieces).status == status
    assert {json.loads(line)["event"] for line in running.log.read_text().splitlines()} == {"audit"}


@pytest.mark.parametrize("arguments", [["--version"], ["--help"], ["serve", "--help"]])
def test_help_and_version_are_told(arguments: list[str]) -> None:
    told = ran(*arguments)
    assert (told.returncode, told.stderr) == (0, "")
    assert told.stdout


def test_the_halves_run_by_themselves_over_tcp(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        address = f"127.0.0.1:{free.getsockname()[1]}"
    storage = [*PROGRAM, "storage", "--data", str(tmp_path / "data"), "--listen", address]
    front_end = [*PROGRAM, "frontend", "--storage", address, "--port", "0"]
    with (
        subprocess.Popen(storage, stderr=subprocess.DEVNULL) as first,
        subprocess.Popen(front_end, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as second,
    ):
        try:
            assert second.stdout
            port = int(second.stdout.readline().rpartition(":")[2])
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=SECONDS)
            connection.request("GET", "/-/readiness")
            assert connection.getresponse().status == 200
            connection.close()
            second.terminate()
            assert second.wait(SECONDS) == 0
        finally:
            second.kill()
            first.terminate()
