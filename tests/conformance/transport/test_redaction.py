"""Redaction by value: canaries in every form in which a secret travels."""

import base64
import json
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.transport.redaction import Redactor
from conformance.transport.reproduction import escaped

SECRET = 'glpat-Aa0_-/+"$`\\zZ9'


@pytest.fixture
def redactor() -> Redactor:
    redactor = Redactor()
    redactor.add("TOKEN", SECRET)
    return redactor


@pytest.mark.parametrize(
    "form",
    [
        SECRET,
        quote(SECRET, safe=""),
        "glpat-Aa0_-%2f%2b%22%24%60%5czZ9",
        "".join(f"%{byte:02x}" for byte in SECRET.encode()),
        json.dumps({"token": SECRET}),
        escaped(SECRET),
    ],
)
def test_no_form_of_the_secret_stays(form: str, redactor: Redactor) -> None:
    assert redactor.text(f"before {form} after").count("$TOKEN") == 1
    assert SECRET[:12] not in redactor.text(form)


@given(st.binary(max_size=9), st.binary(max_size=9))
def test_the_secret_is_found_inside_base64_at_any_offset(before: bytes, after: bytes) -> None:
    redactor = Redactor()
    redactor.add("TOKEN", SECRET)
    for encode in (base64.b64encode, base64.urlsafe_b64encode):
        redacted = redactor.text(encode(before + SECRET.encode() + after).decode())
        assert "[$TOKEN in base64]" in redacted
        assert len(redacted) < len(before + after) * 4 / 3 + len("[$TOKEN in base64]") + 12


def test_a_document_is_redacted_through_and_through(redactor: Redactor) -> None:
    document = {"a": [SECRET, {"b": (SECRET, 1, None, True)}], "c": 2.5}
    assert redactor.document(document) == {"a": ["$TOKEN", {"b": ["$TOKEN", 1, None, True]}], "c": 2.5}


def test_a_word_of_the_program_stays_although_a_token_is_like_it() -> None:
    redactor = Redactor()
    redactor.add("TOKEN", "nonconformant")
    document = {"outcome": "nonconformant", "totals": {"nonconformant": 1}, "reason": "nonconformant"}
    own = frozenset({"outcome", "totals"})
    assert redactor.document(document, own) == {**document, "reason": "$TOKEN"}


def test_a_secret_that_holds_another_is_replaced_whole() -> None:
    redactor = Redactor()
    redactor.add("SHORT", "secret-one")
    redactor.add("LONG", "secret-one-and-more")
    assert redactor.text("secret-one-and-more secret-one") == "$LONG $SHORT"


def test_a_secret_too_short_to_be_found_is_refused() -> None:
    with pytest.raises(ValueError, match="fewer than 8"):
        Redactor().add("TOKEN", "abc")
