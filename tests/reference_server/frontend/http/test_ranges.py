"""Byte ranges."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reference_server.frontend.http.ranges import RangeNotSatisfiableError, Span, requested_span


@pytest.mark.parametrize(
    ("header", "span"),
    [
        ("bytes=0-0", Span(0, 1)),
        ("bytes=2-4", Span(2, 3)),
        ("bytes=2-", Span(2, 8)),
        ("bytes=9-9", Span(9, 1)),
        ("bytes=2-100", Span(2, 8)),
        ("bytes=-3", Span(7, 3)),
        ("bytes=-100", Span(0, 10)),
        ("Bytes= 1-2", Span(1, 2)),
    ],
)
def test_a_single_range_is_resolved(header: str, span: Span) -> None:
    assert requested_span(header, 10) == span


@pytest.mark.parametrize(
    "header", [None, "", "bytes", "bytes=", "bytes=-", "bytes=a-b", "bytes=4-2", "lines=0-1", "bytes=0-1,4-5"]
)
def test_everything_else_is_ignored(header: str | None) -> None:
    assert requested_span(header, 10) is None


@pytest.mark.parametrize("header", ["bytes=10-", "bytes=10-12", "bytes=99999999999999999999-", "bytes=-0"])
def test_a_range_outside_is_not_satisfiable(header: str) -> None:
    with pytest.raises(RangeNotSatisfiableError):
        requested_span(header, 10)


@pytest.mark.parametrize("header", ["bytes=0-", "bytes=-1", "bytes=5-6"])
def test_an_empty_content_is_sent_whole(header: str) -> None:
    assert requested_span(header, 0) is None


@given(size=st.integers(1, 50), first=st.integers(0, 60), last=st.integers(0, 60))
def test_a_span_is_what_slicing_gives(size: int, first: int, last: int) -> None:
    content = bytes(range(size))
    try:
        span = requested_span(f"bytes={first}-{last}", size)
    except RangeNotSatisfiableError:
        assert first >= size
        return
    if span is None:
        assert last < first
        return
    assert content[span.offset : span.offset + span.length] == content[first : last + 1]
