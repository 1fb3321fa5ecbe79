"""The text in request targets, decoded exactly once."""

import pytest

from reference_server.frontend.http.target import MalformedTextError, decode_query, decode_segment


@pytest.mark.parametrize("segment", ["%FF", "a%00b", "\u00ff", "%C3"])
def test_text_that_is_no_utf8_or_holds_a_nul_is_malformed(segment: str) -> None:
    with pytest.raises(MalformedTextError):
        decode_segment(segment)


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
    assert decode_query(query) == parameters


@pytest.mark.parametrize("query", ["status=%FF", "status=%00", "%FF=1", "&".join(f"a{n}=1" for n in range(33))])
def test_a_query_that_cannot_be_read_is_malformed(query: str) -> None:
    with pytest.raises(MalformedTextError):
        decode_query(query)
