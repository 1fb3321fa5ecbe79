"""Parameters of REST calls."""

import json
from datetime import UTC, datetime

import pytest
from tornado.httputil import HTTPHeaders, HTTPServerRequest, RequestStartLine

from reference_server.frontend.api.parameters import (
    BadParametersError,
    Parameters,
    UnreadableBodyError,
    read_parameters,
)
from reference_server.frontend.http.target import MalformedTextError


def request(query: str = "", body: bytes = b"", content_type: str = "application/json") -> HTTPServerRequest:
    headers = HTTPHeaders({"Host": "h", "Content-Type": content_type})
    made = HTTPServerRequest(start_line=RequestStartLine("POST", f"/x?{query}", "HTTP/1.1"), headers=headers, body=body)
    made._parse_body()
    return made


def test_the_body_counts_before_the_query() -> None:
    parameters = read_parameters(request("name=q&path=p", json.dumps({"name": "b"}).encode()))
    assert (parameters.text("name"), parameters.text("path")) == ("b", "p")


def test_a_form_gives_texts_lists_and_numbers() -> None:
    parameters = read_parameters(
        request(body=b"name=n&scopes[]=a&scopes[]=b&access_level=30", content_type="application/x-www-form-urlencoded")
    )
    assert parameters.text("name") == "n"
    assert parameters.texts("scopes") == ["a", "b"]
    assert parameters.integer("access_level") == 30
    parameters.check()


@pytest.mark.parametrize(
    ("value", "expected"), [(["a", "b"], ["a", "b"]), ("a,b", ["a", "b"]), ("a", ["a"]), (None, []), ([], [])]
)
def test_lists_come_in_several_forms(value: str | list[str] | None, expected: list[str]) -> None:
    assert Parameters({"scopes": list(value) if isinstance(value, list) else value}).texts("scopes") == expected


@pytest.mark.parametrize("body", [b"{", b"[]", b'"x"', b"\xff", b"[" * 100_000])
def test_a_body_that_is_no_json_object_is_unreadable(body: bytes) -> None:
    with pytest.raises(UnreadableBodyError):
        read_parameters(request(body=body))


@pytest.mark.parametrize(
    ("query", "body"),
    [
        ("name=%ff", b""),
        ("name=%00", b""),
        ("", b'{"name": "\\u0000"}'),
        ("", b'{"name": ["x", {"deep": "\\ud800"}]}'),
        ("", b'{"\\udfff": 1}'),
    ],
)
def test_text_that_nothing_can_be_called_is_refused(query: str, body: bytes) -> None:
    with pytest.raises(MalformedTextError):
        read_parameters(request(query, body))


def test_characters_beyond_the_basic_plane_are_text() -> None:
    assert read_parameters(request(body=b'{"name": "\\ud83d\\ude00"}')).text("name") == "\U0001f600"


def test_wrong_types_are_all_named() -> None:
    parameters = Parameters({"name": [], "parent_id": "x", "scopes": [1], "expires_at": "soon", "visibility": "odd"})
    parameters.text("name")
    parameters.integer("parent_id")
    parameters.texts("scopes")
    parameters.instant("expires_at")
    parameters.choice("visibility", {"private": 1}, 0)
    with pytest.raises(BadParametersError) as complaint:
        parameters.check()
    assert str(complaint.value) == (
        "name is invalid, parent_id is invalid, scopes is invalid, expires_at is invalid, "
        "visibility does not have a valid value"
    )


@pytest.mark.parametrize("value", [True, -1, 2**63, 1.5, "1.5", "\uff11"])
def test_what_is_no_id_is_refused(value: bool | float | str) -> None:
    parameters = Parameters({"id": value})  # type: ignore[dict-item]  # a number that JSON has and the API has not
    assert parameters.integer("id") is None
    with pytest.raises(BadParametersError):
        parameters.check()


@pytest.mark.parametrize("text", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "0000-01-01", "2030-02-30"])
def test_an_instant_that_no_calendar_has_is_refused(text: str) -> None:
    parameters = Parameters({"expires_at": text})
    assert parameters.instant("expires_at") is None
    with pytest.raises(BadParametersError):
        parameters.check()


@pytest.mark.parametrize("text", ["2030-01-02", "2030-01-02T00:00:00Z", "2030-01-02T01:00:00+01:00"])
def test_an_instant_is_utc_unless_it_says_otherwise(text: str) -> None:
    instant = Parameters({"expires_at": text}).instant("expires_at")
    assert instant is not None
    assert instant.ToDatetime(UTC) == datetime(2030, 1, 2, tzinfo=UTC)
