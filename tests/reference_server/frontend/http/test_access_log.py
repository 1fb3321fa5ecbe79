"""The access log."""

import io
import json

import pytest
from tornado.httputil import HTTPHeaders, RequestStartLine

from reference_server.frontend.http.access_log import AccessLog, without_secrets
from reference_server.frontend.http.metrics import Metrics
from reference_server.frontend.http.request import read_request, request_id
from reference_server.storage.access.tokens import new_runner_token

TOKEN = new_runner_token()


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


async def test_a_request_is_one_json_line() -> None:
    stream = io.StringIO()
    log = AccessLog(Metrics(), stream)
    for status in (200, 404):
        start_line = RequestStartLine("GET", "/p?private_token=s3cret", "HTTP/1.1")
        request = read_request(start_line, HTTPHeaders(), "127.0.0.1")
        request.status, request.sent_bytes = status, 5
        log.record(request)
    log.flush()
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


@pytest.mark.parametrize(
    ("method", "target", "presented_id"),
    [
        ("POST", f"/api/v4/jobs/request?token={TOKEN}", "id"),
        ("GET", f"/path?privat_token={TOKEN.replace('-', '%2d')}", "id"),
        ("GET", f"/{TOKEN}/path", "id"),
        (TOKEN, "/path", "id"),
        ("GET", "/path", TOKEN),
    ],
    ids=["query", "misspelt parameter", "path", "method", "request id"],
)
async def test_no_token_is_logged_wherever_it_was_put(method: str, target: str, presented_id: str) -> None:
    stream = io.StringIO()
    log = AccessLog(Metrics(), stream)
    headers = HTTPHeaders({"X-Request-Id": presented_id})
    log.record(read_request(RequestStartLine(method, target, "HTTP/1.1"), headers, "127.0.0.1"))
    log.flush()
    assert json.loads(stream.getvalue())["event"] == "request"
    assert "[removed]" in stream.getvalue()
    assert TOKEN.partition("-")[2] not in stream.getvalue()


@pytest.mark.parametrize("presented", ["a", "A-b_c.9", "x" * 64])
def test_a_well_formed_request_id_is_kept(presented: str) -> None:
    assert request_id(presented) == presented


@pytest.mark.parametrize("presented", [None, "", "x" * 65, "a b", "a\nb", "ä", "a/b"])
def test_another_request_id_is_replaced(presented: str | None) -> None:
    made = request_id(presented)
    assert made != presented
    assert request_id(made) == made
