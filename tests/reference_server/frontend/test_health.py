"""Liveness, readiness, metrics, and requests while the storage is away."""

from pathlib import Path

from reference_server.frontend.application import FrontEndOptions
from tests.support.front_end import Served, read_until_closed, running_front_end, running_storage
from tests.support.polling import eventually
from tests.support.rest_packages import new_project


def test_a_front_end_is_live_and_ready(front_end: Served) -> None:
    for target in ("/-/liveness", "/-/readiness"):
        answer = front_end.send("GET", target, token="")
        assert (answer.status, answer.json()["status"]) == (200, "ok")


def test_requests_are_counted_by_route_and_never_by_path(front_end: Served, package: str) -> None:
    front_end.send("PUT", f"{package}/file", b"content")
    front_end.send("BREW", "/api/v4/made-up")
    report = front_end.send("GET", "/-/metrics", token="")
    text = report.body.decode()
    assert report.headers["Content-Type"].startswith("text/plain")
    assert 'http_requests_total{method="PUT",route="package_file",status="201"}' in text
    assert 'http_requests_total{method="other",route="unknown",status="404"}' in text
    assert "package-" not in text
    assert "made-up" not in text


def test_a_large_upload_is_measured_by_its_phases(front_end: Served, package: str) -> None:
    assert front_end.send("PUT", f"{package}/file", bytes(100_000)).status == 201
    text = front_end.send("GET", "/-/metrics", token="").body.decode()
    for phase in ("permission", "bytes", "commit"):
        assert f'large_upload_phase_seconds_count{{phase="{phase}"}}' in text


def test_a_storage_that_goes_away_is_503_until_it_is_back(tmp_path: Path) -> None:
    file = "/api/v4/projects/1/packages/generic/a/1/b"
    with running_storage(tmp_path) as storage, running_front_end(FrontEndOptions(storage.address)) as served:
        storage.stop()
        for answer in (
            served.send("GET", file),
            served.send("PUT", file, b"small"),
            served.send("PUT", file, bytes(100_000)),
            served.send("GET", "/api/v4/user"),
        ):
            assert (answer.status, answer.headers["Retry-After"]) == (503, "1")
        assert served.send("GET", "/-/readiness").status == 503
        assert served.send("GET", "/-/liveness").status == 200
        storage.start()
        eventually(lambda: served.send("GET", file).status == 404, what="the storage is not found again")
        assert served.send("GET", "/-/readiness").status == 200


def test_a_storage_that_dies_during_an_upload_ends_it(tmp_path: Path) -> None:
    with (
        running_storage(tmp_path) as storage,
        running_front_end(FrontEndOptions(storage.address, carrier="streamed")) as served,
    ):
        target = f"/api/v4{new_project(served).packages}/generic/a/1/b"
        with served.connect() as connection:
            connection.sendall(served.head("PUT", target, "Content-Length: 30000000", "Expect: 100-continue"))
            assert connection.recv(100).startswith(b"HTTP/1.1 100 ")
            storage.kill()
            connection.sendall(bytes(30_000_000))
            assert read_until_closed(connection).startswith(b"HTTP/1.1 503 ")
