"""Cursors: what is written is read again, and nothing else is."""

import base64
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reference_server.contract.failure import Failure, Reason
from reference_server.storage.metadata.pagination import Place, read_cursor, write_cursor

NUMBERS = st.integers(-(2**63), 2**63 - 1)
PLACES = st.builds(Place, NUMBERS | st.text(st.characters(max_codepoint=127), max_size=255), NUMBERS)


@given(PLACES, st.booleans())
def test_a_written_cursor_is_read_again(place: Place, descending: bool) -> None:
    cursor = write_cursor(place, "name", descending=descending)
    assert read_cursor(cursor, "name", descending=descending) == place
    with pytest.raises(Failure):
        read_cursor(cursor, "name", descending=not descending)


def encoded(value: object) -> str:
    """Encode as a cursor is, whatever it holds."""
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


@pytest.mark.parametrize(
    "cursor",
    [
        "",
        "=",
        "\u00e9",
        "a" * 1_000_000,
        "AAAA",
        base64.urlsafe_b64encode(b"[" * 1400).decode(),
        encoded(None),
        encoded(["name", False, "a"]),
        encoded(["name", False, "a", "1"]),
        encoded(["name", False, "a", 1.5]),
        encoded(["name", False, None, 1]),
        encoded(["name", False, "a", 2**63]),
        encoded(["name", False, 10**40, 1]),
        encoded(["name", False, "\ud800", 1]),
        encoded({"name": False}),
    ],
)
def test_no_other_text_is_a_cursor(cursor: str) -> None:
    with pytest.raises(Failure) as refusal:
        read_cursor(cursor, "name", descending=False)
    assert refusal.value.reason == Reason.PARAMETER_INVALID


@given(st.text(max_size=100))
def test_any_text_that_is_no_cursor_is_refused_as_a_parameter(text: str) -> None:
    with pytest.raises(Failure) as refusal:
        read_cursor(text, "name", descending=False)
    assert refusal.value.metadata == {"parameter": "cursor"}
