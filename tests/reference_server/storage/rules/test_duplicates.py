"""Which packages take a file name twice."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reference_server.storage.rules.duplicates import DuplicateSettings, forbids_duplicates
from reference_server.storage.rules.gitlab import read_gitlab

REJECTING = DuplicateSettings(allowed=False)


def excepted(regex: str, name: str, version: str = "1.0") -> bool:
    settings = DuplicateSettings(allowed=False, exception_regex=regex)
    return not forbids_duplicates(settings, name, version, read_gitlab())


@pytest.mark.parametrize(
    ("regex", "name", "expected"),
    [
        ("to+l", "tool", True),
        ("to+l", "my-tool", False),
        ("to+l", "tools", False),
        (".*-x|9.*", "tool-x", True),
        (".*-x|9.*", "tool-x-and-more", True),  # the first alternative is bound to the beginning alone
        (".*-x|9.*", "tool-9-and-more", True),  # the last to the end alone
        (".*-x|9.*", "tool", False),
        ("(?:.*-x|9.*)", "tool-x-and-more", False),
        (r"1\.\d", "tool", True),
        ("", "tool", False),
    ],
)
def test_the_exception_is_anchored_without_a_group(regex: str, name: str, *, expected: bool) -> None:
    assert excepted(regex, name) is expected


@given(st.text("ab", max_size=6), st.text("ab", max_size=6))
def test_a_plain_exception_matches_itself_alone(regex: str, name: str) -> None:
    assert excepted(regex, name) is (regex == name and regex != "")


def test_the_exception_forbids_where_duplicates_are_allowed_from_17_9_on() -> None:
    settings = DuplicateSettings(allowed=True, exception_regex="tool")
    assert [forbids_duplicates(settings, "tool", "1", read_gitlab(version)) for version in ("17.8", "17.9")] == [
        False,
        True,
    ]
    assert forbids_duplicates(settings, "tool", "1", read_gitlab("17.7", ["packages_allow_duplicate_exceptions"]))
