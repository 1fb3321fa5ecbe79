"""The recorder: what it keeps of long answers, and how much of them all."""

import pytest

from conformance.content.generator import GeneratedContent
from conformance.transport.address import parse_address
from conformance.transport.client import Client
from conformance.transport.exchange import SHOWN_BYTES, ResponseRecord
from conformance.transport.recorder import BEGINNINGS_BYTES, Recorder
from conformance.transport.request import Request
from conformance.transport.response import KEPT_BYTES
from tests.support.scripted_server import Handler, answering, serving


def answer(body: bytes, kind: str = "application/octet-stream") -> Handler:
    head = f"HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    return answering(head.encode() + body)


def recorded(*handlers: Handler) -> list[ResponseRecord]:
    recorder = Recorder()
    with serving(*handlers) as port:
        client = Client(parse_address(f"http://127.0.0.1:{port}"), recorder, patience=5)
        for _ in handlers:
            client.send(Request("GET", "/x"))
    return [exchange.response for exchange in recorder.exchanges if exchange.response is not None]


def test_the_beginning_of_a_long_text_is_kept_also_where_its_last_letter_is_cut() -> None:
    text = "é" * KEPT_BYTES
    (record,) = recorded(answer(b"x" + text.encode()))
    assert record.body.text is None
    assert record.beginning is not None
    assert record.beginning.encode("utf-8", "surrogateescape") == b"x" + text.encode()[: KEPT_BYTES - 1]


def test_bytes_that_are_no_text_are_kept_by_their_digest_alone() -> None:
    content = GeneratedContent("a seed", 2 * SHOWN_BYTES)
    (record,) = recorded(answer(content.part(0, content.size)))
    assert (record.beginning, record.dropped, record.body.sha256) == (None, False, content.sha256)


def test_what_says_that_it_is_json_is_kept_byte_for_byte() -> None:
    (record,) = recorded(answer(b'{"a": "\xff"}', "application/json"))
    assert record.beginning is not None
    assert record.beginning.encode("utf-8", "surrogateescape") == b'{"a": "\xff"}'


@pytest.mark.parametrize("letter", ["x", "é"])
def test_long_texts_together_are_bounded_and_what_was_dropped_says_so(
    letter: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("conformance.transport.recorder.BEGINNINGS_BYTES", 20_000)
    records = recorded(*[answer(letter.encode() * 6000)] * 4)
    assert [record.dropped for record in records] == [False, False, False, True]
    assert records[3].beginning is None
    assert BEGINNINGS_BYTES < 16 << 20
