"""The route of a package file and its decoding."""

from __future__ import annotations

import pytest

from reference_server.frontend.package_files.address import (
    FileRoute,
    MalformedTextError,
    decode,
    match_file_route,
    read_query,
)


def route(rest: str) -> FileRoute | None:
    return match_file_route(f"/api/v4/projects/{rest}")


def file_name_of(encoded: str) -> str:
    found = route(f"1/packages/generic/name/1.0/{encoded}")
    assert found is not None
    return found.coordinates().file_name


def test_every_segment_is_split_before_it_is_decoded() -> None:
    found = route("group%2Fproject/packages/generic/my%2Dname/1%2E0/file%2Ebin")
    assert found == FileRoute("group%2Fproject", "my%2Dname", "1%2E0", "file%2Ebin")
    coordinates = found.coordinates()
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
    assert route(rest) is None


@pytest.mark.parametrize(
    ("encoded", "decoded"),
    [
        ("file.txt", "file.txt"),
        ("file%2Etxt", "file.txt"),
        ("a+b", "a+b"),
        ("a%2Bb", "a+b"),
        ("a%20b", "a b"),
        ("dir/sub/file", "dir/sub/file"),
        ("dir%2Fsub%2ffile", "dir/sub/file"),
        ("%252e%252e", "%2e%2e"),
        ("../.ssh%2fauthorized_keys", "../.ssh/authorized_keys"),
        ("%2e%2e%2f.ssh%2fauthorized_keys", "../.ssh/authorized_keys"),
        ("dir//file", "dir//file"),
        ("file%0A", "file\n"),
        ("%zz", "%zz"),
        ("%C3%A4", "ä"),
        ("\u00c3\u00a4", "ä"),
    ],
)
def test_a_file_name_is_decoded_exactly_once(encoded: str, decoded: str) -> None:
    assert file_name_of(encoded) == decoded


@pytest.mark.parametrize("segment", ["%FF", "a%00b", "\u00ff", "%C3"])
def test_text_that_is_no_utf8_or_holds_a_nul_is_malformed(segment: str) -> None:
    with pytest.raises(MalformedTextError):
        decode(segment)


@pytest.mark.parametrize(
    ("query", "parameters"),
    [
        ("", {}),
        ("select=package_file&status=hidden", {"select": "package_file", "status": "hidden"}),
        ("status=default&status=hidden", {"status": "hidden"}),
        ("status=", {"status": ""}),
        ("status=a+b%2Bc", {"status": "a b+c"}),
    ],
)
def test_a_query_gives_the_last_of_equal_names(query: str, parameters: dict[str, str]) -> None:
    assert read_query(query) == parameters


@pytest.mark.parametrize("query", ["status=%FF", "status=%00", "%FF=1", "&".join(f"a{n}=1" for n in range(33))])
def test_a_query_that_cannot_be_read_is_malformed(query: str) -> None:
    with pytest.raises(MalformedTextError):
        read_query(query)
