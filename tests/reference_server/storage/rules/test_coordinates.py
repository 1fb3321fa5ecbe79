"""The formats of coordinates, in both editions."""

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reference_server.contract.failure import Failure
from reference_server.storage.rules.coordinates import Coordinates, check, stored_file_name
from reference_server.storage.rules.editions import EditionName, edition

DOCUMENTED_VERSION = re.compile(r"\A(\.?[\w+-]+\.?)+\Z", re.ASCII)
BOTH: list[EditionName] = ["15", "current"]


def refused(name: EditionName, package: str = "tool", version: str = "1.0", file: str = "file") -> str | None:
    """Name the parameter that is refused, if one is."""
    try:
        check(Coordinates("1", package, version, file), edition(name))
    except Failure as failure:
        return failure.metadata["parameter"]
    return None


@pytest.mark.parametrize("name", BOTH)
@pytest.mark.parametrize("package", ["my_package", "a", "A-b.c+d_0", "x" * 255, "...", ".hidden"])
def test_package_names_that_are_accepted(name: EditionName, package: str) -> None:
    assert refused(name, package=package) is None


@pytest.mark.parametrize("name", BOTH)
@pytest.mark.parametrize(
    "package",
    ["", ".", "..", "a b", "a/b", "my-package/../", "a\\b", "a@b", "a~b", "a%2e", "ä", "a\n", "a\0", "x" * 256],
)
def test_package_names_that_are_refused(name: EditionName, package: str) -> None:
    assert refused(name, package=package) == "package_name"


VERSIONS = ["1.3.350-20201230123456", "1.2.3", "1.2.3g", "1.2", "1.2.bananas", "v1.2.4-build"]


@pytest.mark.parametrize("name", BOTH)
@pytest.mark.parametrize("version", [*VERSIONS, "d50d836eb3de6177ce6c7a5482f27f9c2c84b672", "1_0", "1+2", "1." * 127])
def test_versions_that_are_accepted(name: EditionName, version: str) -> None:
    assert refused(name, version=version) is None


@pytest.mark.parametrize("name", BOTH)
@pytest.mark.parametrize(
    "version",
    ["", "..1.2.3", "1.2.3-4/../../", "../1.2.3", "1.0\n", "1 0", "1~0", "1:0", "½", "1.0\0", "x" * 256],
)
def test_versions_that_are_refused(name: EditionName, version: str) -> None:
    assert refused(name, version=version) == "package_version"


def test_the_editions_differ_in_dots() -> None:
    assert (refused("15", version="1..2"), refused("current", version="1..2")) == (None, "package_version")
    assert (refused("15", version="."), refused("current", version=".")) == ("package_version", None)


@given(st.text("a0_+-.", max_size=12))
def test_edition_15_takes_what_the_documented_regex_takes(version: str) -> None:
    assert (refused("15", version=version) is None) == (DOCUMENTED_VERSION.match(version) is not None)


@pytest.mark.parametrize("name", BOTH)
def test_a_hostile_version_is_answered_promptly(name: EditionName) -> None:
    started = time.process_time()
    assert refused(name, version="a" * 250 + "!") == "package_version"
    assert refused(name, version="a" * 10_000_000 + "!") == "package_version"
    assert time.process_time() - started < 1


@pytest.mark.parametrize("name", BOTH)
@pytest.mark.parametrize("file", ["file.txt", "my+file.tar.gz", ".hidden", "a_b-c", "x" * 255])
def test_file_names_that_are_accepted(name: EditionName, file: str) -> None:
    assert refused(name, file=file) is None


@pytest.mark.parametrize("file", ["my~file.tar.gz", "myfile@1.1.tar.gz", "dir/file", "path/to/myfile.tar.gz"])
def test_file_names_that_only_the_current_edition_accepts(file: str) -> None:
    assert (refused("15", file=file), refused("current", file=file)) == ("file_name", None)


@pytest.mark.parametrize("name", BOTH)
@pytest.mark.parametrize(
    "file",
    [
        *["", ".", "..", "a b", "a\n", "a\0", "ä", "a\\b", "a%2fb", "x" * 256],
        *["~file", "file~", "@file", "file@", "dir/~file", "dir/file@"],
        *["/file", "dir/", "dir//file", "../file", "dir/../file", "dir/./file", "../.ssh/authorized_keys", "dir/.."],
        "/".join(["dir"] * 60),
    ],
)
def test_file_names_that_are_refused(name: EditionName, file: str) -> None:
    assert refused(name, file=file) == "file_name"


@pytest.mark.parametrize(
    ("file", "stored"),
    [
        ("my+file~1@2.txt", "my+file~1@2.txt"),
        ("path/to/myfile.tar.gz", "path%2Fto%2Fmyfile.tar.gz"),
        ("a/b+c@d~e", "a%2Fb%2Bc%40d~e"),
    ],
)
def test_only_nested_file_names_are_encoded(file: str, stored: str) -> None:
    assert stored_file_name(file) == stored


NAMES = st.text("ab+@~./", min_size=1, max_size=8)


@given(NAMES, NAMES)
def test_different_file_names_are_stored_differently(one: str, other: str) -> None:
    if one != other:
        assert stored_file_name(one) != stored_file_name(other)
