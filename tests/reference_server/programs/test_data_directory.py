"""The folder of all data."""

from pathlib import Path

import pytest

from reference_server.programs.data_directory import MARKER, claimed
from reference_server.programs.refusals import StartRefusedError


def test_a_new_folder_is_made_private_and_marked(tmp_path: Path) -> None:
    folder = tmp_path / "a" / "b"
    with claimed(folder):
        assert (folder / MARKER).read_text() == "generic-packages-registry format 1\n"
    assert folder.stat().st_mode & 0o077 == 0


def test_a_new_folder_is_synced_with_those_above_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    synced: list[str] = []
    monkeypatch.setattr(
        "os.fsync", lambda descriptor: synced.append(str(Path(f"/proc/self/fd/{descriptor}").readlink()))
    )
    folder = tmp_path / "a/b"
    with claimed(folder):
        assert synced == [str(path) for path in (tmp_path, tmp_path / "a", folder / MARKER, folder)]


def test_a_marked_folder_is_ours_again(tmp_path: Path) -> None:
    with claimed(tmp_path):
        (tmp_path / "file").touch()
    with claimed(tmp_path):
        assert (tmp_path / "file").exists()


def test_a_folder_with_other_files_is_refused_and_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").touch()
    with pytest.raises(StartRefusedError, match="holds other files"), claimed(tmp_path):
        pass
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


def test_a_second_server_is_refused(tmp_path: Path) -> None:
    with claimed(tmp_path), pytest.raises(StartRefusedError, match="in use by another server"), claimed(tmp_path):
        pass


@pytest.mark.parametrize(
    ("content", "sentence"),
    [("generic-packages-registry format 2\n", "newer"), ("something else\n", "not this program's")],
)
def test_another_marker_is_refused_and_kept(tmp_path: Path, content: str, sentence: str) -> None:
    (tmp_path / MARKER).write_text(content)
    with pytest.raises(StartRefusedError, match=sentence), claimed(tmp_path):
        pass
    assert (tmp_path / MARKER).read_text() == content


def test_a_file_in_its_place_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StartRefusedError, match="choose one that this user can write"), claimed(tmp_path / "file"):
        pass


def test_a_folder_that_cannot_be_made_is_refused() -> None:
    with pytest.raises(StartRefusedError, match="choose one that this user can write"), claimed(Path("/proc/registry")):
        pass
