"""The formats of coordinates, in the oldest and the newest GitLab."""

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reference_server.contract.failure import Failure
from reference_server.storage.rules.coordinates import Coordinates, check
from reference_server.storage.rules.gitlab import read_gitlab

DOCUMENTED_VERSION = re.compile(r"\A(\.?[\w+-]+\.?)+\Z", re.ASCII)
OLD, NEW = "15.0", "19.0"
BOTH = [OLD, NEW]
NO_NAME, NO_PATH, NO_VERSION = "file_name", "path", "package_version"


def coordinates(file: str, package: str = "tool", version: str = "1.0") -> Coordinates:
    directories, slash, file_name = file.rpartition("/")
    return Coordinates("1", package, version, file_name, directories or slash)


def refused(gitlab_version: str, package: str = "tool", version: str = "1.0", file: str = "file") -> str | None:
    """Name the parameter that is refused, if one is."""
    try:
        check(coordinates(file, package, version), read_gitlab(gitlab_version))
    except Failure as failure:
        return failure.metadata["parameter"]
    return None


@pytest.mark.parametrize("gitlab_version", BOTH)
@pytest.mark.parametrize("package", ["my_package", "a", "A-b.c+d_0", "x" * 255, "...", ".hidden"])
def test_package_names_that_are_accepted(gitlab_version: str, package: str) -> None:
    assert refused(gitlab_version, package=package) is None


@pytest.mark.parametrize("gitlab_version", BOTH)
@pytest.mark.parametrize(
    "package",
    ["", ".", "..", "a b", "a/b", "my-package/../", "a\\b", "a@b", "a~b", "a%2e", "ä", "a\n", "a\0", "x" * 256],
)
def test_package_names_that_are_refused(gitlab_version: str, package: str) -> None:
    assert refused(gitlab_version, package=package) == "package_name"


VERSIONS = ["1.3.350-20201230123456", "1.2.3", "1.2.3g", "1.2", "1.2.bananas", "v1.2.4-build"]


@pytest.mark.parametrize("gitlab_version", BOTH)
@pytest.mark.parametrize("version", [*VERSIONS, "d50d836eb3de6177ce6c7a5482f27f9c2c84b672", "1_0", "1+2", "1." * 127])
def test_versions_that_are_accepted(gitlab_version: str, version: str) -> None:
    assert refused(gitlab_version, version=version) is None


@pytest.mark.parametrize("gitlab_version", BOTH)
@pytest.mark.parametrize(
    "version",
    ["", "..1.2.3", "1.2.3-4/../../", "../1.2.3", "1.0\n", "1 0", "1~0", "1:0", "½", "1.0\0", "x" * 256],
)
def test_versions_that_are_refused(gitlab_version: str, version: str) -> None:
    assert refused(gitlab_version, version=version) == "package_version"


def test_versions_differ_in_dots_from_16_0_on() -> None:
    assert [refused(gitlab, version="1..2") for gitlab in ("15.11", "16.0")] == [None, NO_VERSION]
    assert [refused(gitlab, version=".") for gitlab in ("15.11", "16.0")] == [NO_VERSION, None]


@given(st.text("a0_+-.", max_size=12))
def test_before_16_0_a_version_is_what_the_documented_regex_takes(version: str) -> None:
    assert (refused("15.11", version=version) is None) == (DOCUMENTED_VERSION.match(version) is not None)


@pytest.mark.parametrize("gitlab_version", BOTH)
def test_a_hostile_version_is_answered_promptly(gitlab_version: str) -> None:
    started = time.process_time()
    assert refused(gitlab_version, version="a" * 250 + "!") == "package_version"
    assert refused(gitlab_version, version="a" * 10_000_000 + "!") == "package_version"
    assert time.process_time() - started < 1


@pytest.mark.parametrize("gitlab_version", BOTH)
@pytest.mark.parametrize("file", ["file.txt", "my+file.tar.gz", ".hidden", "a_b-c", "x" * 255])
def test_file_names_that_are_accepted(gitlab_version: str, file: str) -> None:
    assert refused(gitlab_version, file=file) is None


@pytest.mark.parametrize(
    ("file", "before", "since", "refusal"),
    [
        ("dir/file", "17.0", "17.1", NO_VERSION),
        ("path/to/myfile.tar.gz", "17.0", "17.1", NO_VERSION),
        ("my~file.tar.gz", "18.0", "18.1", NO_NAME),
        ("myfile@1.1.tar.gz", "18.5", "18.6", NO_NAME),
    ],
)
def test_file_names_that_later_versions_accept(file: str, before: str, since: str, refusal: str) -> None:
    assert (refused(before, file=file), refused(since, file=file)) == (refusal, None)


@pytest.mark.parametrize("gitlab_version", BOTH)
@pytest.mark.parametrize(
    "file", ["", ".", "..", "a b", "a\n", "a\0", "ä", "a\\b", "a%2fb", "x" * 256, "~a", "a~", "@a", "a@"]
)
def test_file_names_that_are_refused(gitlab_version: str, file: str) -> None:
    assert refused(gitlab_version, file=file) == NO_NAME


@pytest.mark.parametrize(
    ("file", "refusal"),
    [
        *[(file, NO_NAME) for file in ("dir/~file", "dir/file@", "dir/", "dir/..", "/".join(["dir"] * 60))],
        *[(file, NO_PATH) for file in ("/file", "dir//file", "../file", "dir/../file", "dir/./file", "../.ssh/keys")],
    ],
)
def test_nested_file_names_that_are_refused(file: str, refusal: str) -> None:
    assert (refused(NEW, file=file), refused(OLD, file=file)) == (refusal, NO_VERSION)


def test_a_slash_within_a_file_name_is_no_directory() -> None:
    with pytest.raises(Failure) as raised:
        check(Coordinates("1", "tool", "1.0", "dir/file"), read_gitlab(NEW))
    assert raised.value.metadata["parameter"] == NO_NAME


@pytest.mark.parametrize(
    ("file", "stored"),
    [
        ("my+file~1@2.txt", "my+file~1@2.txt"),
        ("path/to/myfile.tar.gz", "path%2Fto%2Fmyfile.tar.gz"),
        ("a/b+c@d~e", "a%2Fb%2Bc%40d~e"),
    ],
)
def test_only_nested_file_names_are_encoded(file: str, stored: str) -> None:
    assert coordinates(file).stored_file_name == stored


NAMES = st.text("ab+@~./", min_size=1, max_size=8)


@given(NAMES, NAMES)
def test_different_file_names_are_stored_differently(one: str, other: str) -> None:
    if one != other:
        assert coordinates(one).stored_file_name != coordinates(other).stored_file_name
