"""Sweeping without a server, and what the doctor sees."""

import os
import resource
import sqlite3
import time
from contextlib import closing
from pathlib import Path

import pytest

from reference_server.programs.admin import doctor
from reference_server.programs.data_directory import claimed
from tests.support.data_commands import Command, blob, digest
from tests.support.storage import at, running

LARGE = os.urandom(100_000)


def stored(folder: Path) -> Path:
    """Make a data directory with one large file."""
    with claimed(folder / "data"), running(folder) as registry:
        registry.publish_large(at(registry.project().id), LARGE)
    return folder / "data"


def stray(data: Path) -> bytes:
    """Put content on the volume that nothing records."""
    content = os.urandom(70_000)
    blob(data, content).parent.mkdir(parents=True)
    blob(data, content).write_bytes(content)
    return content


def in_trash(data: Path) -> set[str]:
    return {path.name for path in (data / "volume/trash").iterdir()}


@pytest.mark.parametrize(("days", "left"), [("7", 1), ("0", 0)])
def test_a_sweep_moves_what_nothing_records_and_empties_the_trash(
    tmp_path: Path, command: Command, days: str, left: int
) -> None:
    data = stored(tmp_path)
    content = stray(data)
    (data / "volume/staging/left-by-a-crash").touch()
    ended = command(data, "sweep", "--trash-days", days)
    assert (ended.code, ended.report["moved"], ended.report["uploads"]) == (0, 1, 1)
    assert in_trash(data) == ({digest(content)} if left else set())
    assert blob(data, LARGE).exists()
    assert not any((data / "volume/staging").iterdir())


def test_a_sweep_brings_back_what_is_recorded_before_it_empties_the_trash(tmp_path: Path, command: Command) -> None:
    data = stored(tmp_path)
    blob(data, LARGE).rename(data / "volume/trash" / digest(LARGE))
    assert command(data, "sweep", "--trash-days", "0").report["brought_back"] == 1
    assert blob(data, LARGE).read_bytes() == LARGE


def test_no_sweep_beside_a_server(tmp_path: Path, command: Command) -> None:
    data = stored(tmp_path)
    content = stray(data)
    with claimed(data):
        ended = command(data, "sweep")
    assert (ended.code, "in use by another server" in ended.errors) == (1, True)
    assert blob(data, content).exists()


def seen(command: Command, data: Path, code: int) -> dict[str, str]:
    """Return what the doctor says is not well, by its subject."""
    ended = command(data, "doctor")
    assert ended.code == code, ended
    assert all(row["what_to_do"] for row in ended.report["rows"] if row["state"] != "ok")
    return {row["subject"]: row["state"] for row in ended.report["rows"] if row["state"] != "ok"}


def test_the_doctor_finds_nothing_wrong_with_good_data(
    tmp_path: Path, command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doctor, "_LOW_SHARE", 1 << 40)
    data = stored(tmp_path)
    data.chmod(0o700)
    assert seen(command, data, 0) == {}


def test_the_doctor_sees_a_server_that_runs(tmp_path: Path, command: Command) -> None:
    data = stored(tmp_path)
    states = []
    for _ in range(2):
        report = command(data, "doctor").report
        states.append(next(row["seen"] for row in report["rows"] if row["subject"] == "server"))
        with claimed(data):
            report = command(data, "doctor").report
        states.append(next(row["seen"] for row in report["rows"] if row["subject"] == "server"))
    assert states == ["does not run", "runs"] * 2


def test_the_doctor_sees_content_that_is_missing_or_cut(tmp_path: Path, command: Command) -> None:
    data = stored(tmp_path)
    os.truncate(blob(data, LARGE), 10)
    assert seen(command, data, 1)["content"] == "WRONG"
    blob(data, LARGE).unlink()
    assert seen(command, data, 1)["content"] == "WRONG"


@pytest.mark.parametrize("lost", ["volume", "metadata.sqlite3", "volume/identity"])
def test_the_doctor_says_what_to_do_about_lost_parts(tmp_path: Path, command: Command, lost: str) -> None:
    data = stored(tmp_path)
    (data / lost).rename(tmp_path / "elsewhere")
    assert seen(command, data, 1)["data"] == "WRONG"
    assert not (data / lost).exists()


def test_the_doctor_says_what_to_do_about_damaged_metadata_and_another_schema(tmp_path: Path, command: Command) -> None:
    data = stored(tmp_path)
    for version in (0, 1, 999):
        with closing(sqlite3.connect(data / "metadata.sqlite3")) as database, database:
            database.execute("UPDATE schema_version SET version = ?", (version,))
        assert seen(command, data, 1)["data"] == "WRONG"
    (data / "metadata.sqlite3").write_bytes(b"no database" * 1000)
    assert seen(command, data, 1)["data"] == "WRONG"


def test_the_doctor_sees_a_full_disk(tmp_path: Path, command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    data = stored(tmp_path)
    monkeypatch.setattr(doctor, "free_bytes", lambda _: 1)
    found = seen(command, data, 1)
    assert (found["metadata's disk"], found["volume's disk"]) == ("WRONG", "WRONG")


def test_the_doctor_notices_what_may_become_wrong(
    tmp_path: Path, command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = stored(tmp_path)
    data.chmod(0o755)
    (data / "volume/trash" / digest(LARGE)).write_bytes(LARGE)
    upload = data / "volume/staging/left-by-a-crash"
    upload.touch()
    (data / "volume/damaged").mkdir()
    (data / "volume/damaged" / digest(LARGE)).touch()
    os.utime(upload, (time.time() - 100_000,) * 2)
    monkeypatch.setattr(doctor, "_LOW_SHARE", 1)
    monkeypatch.setattr(doctor, "_LARGE_LOG_BYTES", -1)
    monkeypatch.setattr(resource, "getrlimit", lambda _: (1024, 1024))
    found = seen(command, data, 0)
    assert found == dict.fromkeys(
        [
            "metadata's disk",
            "volume's disk",
            "metadata's log",
            "access",
            "descriptors",
            "trash",
            "set aside",
            "uploads",
        ],
        "notice",
    )
