"""A start on parts of the data that do not belong together is refused, and takes nothing away."""

import shutil
import sqlite3
from pathlib import Path

import pytest

from reference_server.contract.addresses import TcpAddress
from reference_server.programs.refusals import StartRefusedError
from reference_server.programs.storage import StorageSettings
from tests.support.storage import serving_in_thread


def start(data: Path) -> None:
    with serving_in_thread(StorageSettings(data=data, listen=TcpAddress("127.0.0.1", 0), drain_seconds=0.1)):
        pass


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Return the folder of a registry that was started once, with content."""
    folder = tmp_path / "data"
    start(folder)
    keep_content(folder / "volume")
    return folder


def keep_content(volume: Path) -> Path:
    file = volume / "blobs/ab/cd" / ("abcd" + "0" * 60)
    file.parent.mkdir(parents=True)
    file.write_bytes(b"content")
    return file


def test_parts_that_belong_together_are_fine(data: Path) -> None:
    start(data)


def test_a_first_start_that_was_cut_off_is_repeated(tmp_path: Path) -> None:
    (tmp_path / "volume/blobs").mkdir(parents=True)
    (tmp_path / "volume/identity").write_text("0123\n")
    start(tmp_path)
    start(tmp_path)


@pytest.mark.parametrize("emptied", ["missing", "no bytes", "no tables"])
def test_content_beside_metadata_that_is_missing_or_empty_is_refused_every_time(data: Path, emptied: str) -> None:
    metadata = data / "metadata.sqlite3"
    for file in data.glob("metadata.sqlite3*"):
        file.unlink()
    if emptied == "no bytes":
        metadata.touch()
    if emptied == "no tables":
        database = sqlite3.connect(metadata)
        database.execute("PRAGMA journal_mode = wal").fetchone()
        database.execute("VACUUM")
        database.close()
    for _ in range(2):
        with pytest.raises(StartRefusedError, match=r"metadata\.sqlite3 is missing or empty, .* restore both"):
            start(data)
    assert (data / "volume/blobs/ab/cd" / ("abcd" + "0" * 60)).exists()


def test_metadata_without_a_volume_is_refused(data: Path) -> None:
    shutil.rmtree(data / "volume")
    with pytest.raises(StartRefusedError, match=r"volume is missing, .* restore both"):
        start(data)


def test_a_volume_that_is_not_mounted_is_refused_until_the_operator_says_otherwise(data: Path) -> None:
    identity = (data / "volume/identity").read_text()
    shutil.rmtree(data / "volume")
    (data / "volume").mkdir()
    with pytest.raises(StartRefusedError, match=rf"write {identity.strip()} to .*/volume/identity"):
        start(data)
    (data / "volume/identity").write_text(identity)
    start(data)


def test_the_volume_of_another_registry_is_refused(data: Path, tmp_path: Path) -> None:
    start(tmp_path / "other")
    shutil.rmtree(data / "volume")
    shutil.copytree(tmp_path / "other/volume", data / "volume")
    with pytest.raises(StartRefusedError, match="belongs to other metadata"):
        start(data)


def test_data_of_an_older_program_is_given_an_identity(data: Path) -> None:
    with sqlite3.connect(data / "metadata.sqlite3") as database:
        database.execute("DROP TABLE volume_identity")
        database.execute("DROP TABLE registration_tokens")
        for table in ("projects", "groups"):
            database.execute(f"ALTER TABLE {table} DROP COLUMN marked_for_deletion_at")
        database.execute("DROP INDEX access_tokens_by_predecessor")
        for column in ("last_used_at", "rotated_from"):
            database.execute(f"ALTER TABLE access_tokens DROP COLUMN {column}")
        database.execute("UPDATE schema_version SET version = 3")
    database.close()
    (data / "volume/identity").unlink()
    start(data)
    assert (data / "volume/identity").exists()
