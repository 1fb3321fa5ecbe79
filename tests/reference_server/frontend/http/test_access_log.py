"""The access log."""

import asyncio
import io
import json

import pytest
from tornado.httputil import HTTPHeaders, RequestStartLine

from reference_server.frontend.http.access_log import AccessLog, without_secrets
from reference_server.frontend.http.metrics import Metrics
from reference_server.frontend.http.request import read_request, request_id


@pytest.mark.parametrize(
    ("target", "logged"),
    [
        ("/path", "/path"),
        ("/path?status=hidden", "/path?status=hidden"),
        ("/path?private_token=s3cret&status=hidden", "/path?private_token=[removed]&status=hidden"),
        ("/path?job_token=s3cret", "/path?job_token=[removed]"),
        ("/path?private%5Ftoken=s3cret", "/path?private%5Ftoken=[removed]"),
        ("/path?x?private_token=s3cret", "/path?x?private_token=s3cret"),
        ("/path?flag", "/path?flag"),
    ],
)
def test_credentials_are_taken_out_of_a_target(target: str, logged: str) -> None:
    assert without_secrets(target) == logged


def test_a_request_is_one_json_line() -> None:
    stream = io.StringIO()

    async def record_two() -> None:
        log = AccessLog(Metrics(), stream)
        for status in (200, 404):
            start_line = RequestStartLine("GET", "/p?private_token=s3cret", "HTTP/1.1")
            request = read_request(start_line, HTTPHeaders(), "127.0.0.1")
            request.status, request.sent_bytes = status, 5
            log.record(request)
        log.flush()

    asyncio.run(record_two())
    lines = [json.loads(line) for line in stream.getvalue().splitlines()]
    assert [line["status"] for line in lines] == [200, 404]
    assert lines[0].keys() == {
        "event",
        "timestamp",
        "request_id",
        "method",
        "path",
        "status",
        "received_bytes",
        "sent_bytes",
        "duration_milliseconds",
        "remote_address",
    }
    assert "s3cret" not in stream.getvalue()


@pytest.mark.parametrize("presented", ["a", "A-b_c.9", "x" * 64])
def test_a_well_formed_request_id_is_kept(presented: str) -> None:
    assert request_id(presented) == presented


@pytest.mark.parametrize("presented", [None, "", "x" * 65, "a b", "a\nb", "ä", "a/b"])
def test_another_request_id_is_replaced(presented: str | None) -> None:
    made = request_id(presented)
    assert made != presented
    assert request_id(made) == made
