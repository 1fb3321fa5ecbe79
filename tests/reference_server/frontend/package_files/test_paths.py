"""The path of a package file and its decoding."""

import pytest

from reference_server.frontend.package_files.paths import FileSegments, read_coordinates, split_file_path


def split(rest: str) -> FileSegments | None:
    return split_file_path(f"/api/v4/projects/{rest}")


def test_every_segment_is_split_before_it_is_decoded() -> None:
    found = split("group%2Fproject/packages/generic/my%2Dname/1%2E0/file%2Ebin")
    assert found == ("group%2Fproject", "my%2Dname", "1%2E0", "file%2Ebin")
    coordinates = read_coordinates(found)
    assert coordinates.project == "group/project"
    assert (coordinates.package_name, coordinates.package_version) == ("my-name", "1.0")
    assert coordinates.file_name == "file.bin"


@pytest.mark.parametrize(
    "rest",
    [
        "1/packages/generic/name/1.0",
        "1/packages/generic/name/1.0/",
        "1/packages/generic//1.0/file",
        "1/packages/generic/name//file",
        "/packages/generic/name/1.0/file",
        "group/project/packages/generic/name/1.0/file",
        "1/packages/maven/name/1.0/file",
        "1/packages",
        "1",
    ],
)
def test_other_paths_are_not_the_route(rest: str) -> None:
    assert split(rest) is None


@pytest.mark.parametrize(
    ("encoded", "decoded"),
    [
        ("file.txt", "file.txt"),
        ("file%2Etxt", "file.txt"),
        ("a+b", "a+b"),
        ("a%2Bb", "a+b"),
        ("a%20b", "a b"),
        ("dir%2Fsub%2ffile", "dir/sub/file"),
        ("%252e%252e", "%2e%2e"),
        ("%2e%2e%2f.ssh%2fauthorized_keys", "../.ssh/authorized_keys"),
        ("file%0A", "file\n"),
        ("%zz", "%zz"),
        ("%C3%A4", "ä"),
        ("\u00c3\u00a4", "ä"),
    ],
)
def test_a_file_name_is_decoded_exactly_once(encoded: str, decoded: str) -> None:
    found = split(f"1/packages/generic/name/1.0/{encoded}")
    assert found is not None
    coordinates = read_coordinates(found)
    assert (coordinates.directories, coordinates.file_name) == ("", decoded)


@pytest.mark.parametrize(
    ("path", "directories", "file_name"),
    [
        ("dir/sub/file", "dir/sub", "file"),
        ("di%72/file", "dir", "file"),
        ("../.ssh%2fauthorized_keys", "..", ".ssh/authorized_keys"),
        ("dir//file", "dir/", "file"),
        ("/file", "/", "file"),
        ("dir/", "dir", ""),
    ],
)
def test_raw_slashes_part_directories_from_the_file_name(path: str, directories: str, file_name: str) -> None:
    found = split(f"1/packages/generic/name/1.0/{path}")
    assert found is not None
    coordinates = read_coordinates(found)
    assert (coordinates.directories, coordinates.file_name) == (directories, file_name)
