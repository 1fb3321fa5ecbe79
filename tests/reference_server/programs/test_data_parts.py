"""A start with half of the data is refused, and takes nothing away."""

from pathlib import Path

import pytest

from reference_server.programs.data_parts import check_parts
from reference_server.programs.refusals import StartRefusedError


@pytest.fixture
def metadata(tmp_path: Path) -> Path:
    return tmp_path / "metadata.sqlite3"


@pytest.fixture
def volume(tmp_path: Path) -> Path:
    return tmp_path / "volume"


def keep_content(volume: Path) -> None:
    place = volume / "blobs/ab/cd"
    place.mkdir(parents=True)
    (place / ("abcd" + "0" * 60)).write_bytes(b"content")


def test_an_empty_folder_is_fine(metadata: Path, volume: Path) -> None:
    check_parts(metadata, volume)


def test_both_parts_are_fine(metadata: Path, volume: Path) -> None:
    metadata.touch()
    keep_content(volume)
    check_parts(metadata, volume)


def test_a_start_that_was_cut_off_before_the_metadata_is_fine(metadata: Path, volume: Path) -> None:
    (volume / "blobs").mkdir(parents=True)
    check_parts(metadata, volume)


def test_content_without_metadata_is_refused(metadata: Path, volume: Path) -> None:
    keep_content(volume)
    with pytest.raises(StartRefusedError, match=r"metadata\.sqlite3 is missing, .* restore both"):
        check_parts(metadata, volume)


def test_metadata_without_a_volume_is_refused(metadata: Path, volume: Path) -> None:
    metadata.touch()
    with pytest.raises(StartRefusedError, match=r"volume is missing, .* restore both"):
        check_parts(metadata, volume)
