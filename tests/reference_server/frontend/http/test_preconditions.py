"""Conditional requests."""

from datetime import UTC, datetime
from http import HTTPStatus

import pytest

from reference_server.frontend.http.preconditions import Validators, evaluate_preconditions, range_applies

CURRENT = Validators('"abc"', datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC))
SAME = "Fri, 02 Jan 2026 03:04:05 GMT"
EARLIER = "Fri, 02 Jan 2026 03:04:04 GMT"
LATER = "Fri, 02 Jan 2026 03:04:06 GMT"


def test_a_time_is_written_as_http_does() -> None:
    assert CURRENT.last_modified == SAME


@pytest.mark.parametrize(
    "headers",
    [
        {"If-None-Match": '"abc"'},
        {"If-None-Match": 'W/"abc"'},
        {"If-None-Match": '"x", "abc"'},
        {"If-None-Match": "*"},
        {"If-None-Match": '"abc"', "If-Modified-Since": EARLIER},
        {"If-Modified-Since": SAME},
        {"If-Modified-Since": LATER},
        {"If-Match": '"abc"', "If-None-Match": '"abc"'},
    ],
)
def test_a_state_that_the_client_has_is_not_sent(headers: dict[str, str]) -> None:
    assert evaluate_preconditions(headers, CURRENT) is HTTPStatus.NOT_MODIFIED


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"If-None-Match": '"x"'},
        {"If-None-Match": "abc"},
        {"If-None-Match": '"x"', "If-Modified-Since": LATER},
        {"If-Modified-Since": EARLIER},
        {"If-Modified-Since": "yesterday"},
        {"If-Modified-Since": f"Thu, 01 Jan {10**20} 00:00:00 GMT"},
        {"If-Unmodified-Since": f"Thu, 01 Jan 2026 00:00:00 +{10**20}"},
        {"If-Unmodified-Since": "Mon, 01 Jan 0001 00:00:00 +9999"},
        {"If-Match": '"x", "abc"'},
        {"If-Match": "*"},
        {"If-Unmodified-Since": SAME},
        {"If-Match": '"abc"', "If-Unmodified-Since": EARLIER},
    ],
)
def test_a_state_that_the_client_may_want_is_sent(headers: dict[str, str]) -> None:
    assert evaluate_preconditions(headers, CURRENT) is HTTPStatus.OK


@pytest.mark.parametrize("headers", [{"If-Match": '"x"'}, {"If-Match": 'W/"abc"'}, {"If-Unmodified-Since": EARLIER}])
def test_a_state_that_the_client_excludes_is_refused(headers: dict[str, str]) -> None:
    assert evaluate_preconditions(headers, CURRENT) is HTTPStatus.PRECONDITION_FAILED


@pytest.mark.parametrize(
    ("if_range", "applies"),
    [(None, True), ('"abc"', True), (SAME, True), ('W/"abc"', False), ('"x"', False), (LATER, False), ("", False)],
)
def test_if_range_keeps_a_range_only_for_exactly_this_state(if_range: str | None, *, applies: bool) -> None:
    assert range_applies(if_range, CURRENT) is applies
