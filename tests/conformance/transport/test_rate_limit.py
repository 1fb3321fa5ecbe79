"""Answers 429: waited for as the registry says, within bounds."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from conformance.transport.rate_limit import ATTEMPTS, WHOLE_WAIT, RateLimit, RateLimitError
from conformance.transport.response import Response
from tests.support.responses import response_of


def limited(retry_after: str | None) -> Response:
    return response_of(429, b"", *([("retry-after", retry_after)] if retry_after is not None else []))


def answering(*responses: Response) -> Callable[[], Response]:
    remaining = list(responses)
    return lambda: remaining.pop(0) if len(remaining) > 1 else remaining[0]


def test_a_request_is_sent_again_after_as_many_seconds_as_the_registry_says() -> None:
    slept: list[float] = []
    response = RateLimit(slept.append).observe(answering(limited("7"), limited("2"), response_of(200)))
    assert (response.status, slept) == (200, [7, 2])


def test_a_date_is_a_time_to_wait_too() -> None:
    slept: list[float] = []
    date = format_datetime(datetime.now(UTC) + timedelta(seconds=30), usegmt=True)
    RateLimit(slept.append).observe(answering(limited(date), response_of(200)))
    assert 25 < slept[0] <= 30


def test_without_a_time_the_pauses_grow() -> None:
    slept: list[float] = []
    RateLimit(slept.append).observe(answering(limited(None), limited("soon"), limited(""), response_of(201)))
    assert slept == [1, 2, 4]


@pytest.mark.parametrize("retry_after", ["31536000", "9" * 400, "Fri, 31 Dec 9999 23:59:59 GMT"])
def test_nobody_waits_for_longer_than_the_bound(retry_after: str) -> None:
    slept: list[float] = []
    with pytest.raises(RateLimitError, match="limits the rate"):
        RateLimit(slept.append).observe(answering(limited(retry_after)))
    assert slept == []


def test_one_request_is_not_sent_for_ever() -> None:
    slept: list[float] = []
    with pytest.raises(RateLimitError, match="in a row"):
        RateLimit(slept.append).observe(answering(limited("0")))
    assert len(slept) == ATTEMPTS


def test_all_waits_of_a_run_together_are_bounded() -> None:
    slept: list[float] = []
    rate_limit = RateLimit(slept.append)
    for _ in range(int(WHOLE_WAIT // 100)):
        rate_limit.observe(answering(limited("100"), response_of(200)))
    with pytest.raises(RateLimitError):
        rate_limit.observe(answering(limited("100"), response_of(200)))
    assert sum(slept) <= WHOLE_WAIT
