"""A recording: which recorded exchange answers a request."""

import base64
from dataclasses import replace

import pytest

from conformance.evidence.recording import NotRecordedError, Recording
from conformance.evidence.replayed_client import ReplayedClient, ReplayedClock
from conformance.transport.address import parse_address
from conformance.transport.exchange import BodyRecord, ConnectionRecord, Exchange, RequestRecord, ResponseRecord
from conformance.transport.recorder import Recorder
from conformance.transport.redaction import Redactor
from conformance.transport.request import Request

URL = "http://registry.example"


def exchange(
    number: int, request: RequestRecord | None = None, *, repeated: bool = False, lane: int | None = None
) -> Exchange:
    response = ResponseRecord(200, "OK", (), (), BodyRecord.of(b"%d" % number))
    record = request or RequestRecord("GET", f"{URL}/x", (), "none", None, None)
    connection = ConnectionRecord(lost=repeated, repeated=repeated)
    return Exchange(number, "a check", record, response, None, number, 0.5, None, "curl", None, connection, lane)


def asked(authorization: str, body: bytes = b"") -> RequestRecord:
    return RequestRecord("PUT", f"{URL}/x", (("Authorization", authorization),), "sized", 0, BodyRecord.of(body))


def test_requests_that_are_alike_are_answered_in_order_and_then_no_more() -> None:
    recording = Recording([exchange(1), exchange(2)], Redactor())
    request = exchange(0).request
    assert [recording.answer("a check", None, request).number for _ in range(2)] == [1, 2]
    with pytest.raises(NotRecordedError, match=r"no answer to GET http://registry\.example/x is recorded"):
        recording.answer("a check", None, request)


def test_what_was_recorded_for_another_check_is_no_answer() -> None:
    with pytest.raises(NotRecordedError):
        Recording([exchange(1)], Redactor()).answer("another", None, exchange(0).request)


def test_what_a_check_does_at_once_is_told_apart_by_its_lane() -> None:
    recording = Recording([exchange(1, lane=1), exchange(2, lane=0)], Redactor())
    request = exchange(0).request
    assert [recording.answer("a check", lane, request).number for lane in (0, 1)] == [2, 1]


def test_a_request_that_was_sent_once_more_has_the_second_answer() -> None:
    recording = Recording([exchange(1, repeated=True), exchange(2)], Redactor())
    assert recording.answer("a check", None, exchange(0).request).number == 2


def test_secrets_that_were_taken_out_are_found_again_in_every_form() -> None:
    online, offline = Redactor(), Redactor()
    secret, stand_in = "glpat-a-secret-of-the-run", "stand-in-for-TOKEN"
    online.add("TOKEN", secret)
    offline.add("TOKEN", stand_in)

    def basic(token: str) -> str:
        return "Basic " + base64.b64encode(f"somebody:{token}".encode()).decode()

    sent = asked(basic(secret), b'{"token": "%s"}' % secret.encode())
    headers = tuple((name, online.text(value)) for name, value in sent.headers)
    assert sent.body is not None
    body = replace(sent.body, text=online.text(sent.body.text or ""))
    recording = Recording([exchange(1, replace(sent, headers=headers, body=body))], offline)
    again = asked(basic(stand_in), b'{"token": "%s"}' % stand_in.encode())
    assert recording.answer("a check", None, again).number == 1


def test_a_body_of_other_bytes_is_another_request() -> None:
    recording = Recording([exchange(1, asked("x", b"\xff one"))], Redactor())
    with pytest.raises(NotRecordedError):
        recording.answer("a check", None, asked("x", b"\xff two"))


def test_the_replayed_clock_goes_on_with_exchanges_and_waits() -> None:
    clock, recorder = ReplayedClock(), Recorder()
    recorder.purpose = "a check"
    client = ReplayedClient(parse_address(URL), recorder, Recording([exchange(7)], Redactor()), clock)
    assert client.send(Request("GET", "/x")).number == 7
    assert client.clock.now() == 7.5
    client.clock.sleep(600)
    assert client.clock.now() == 607.5
