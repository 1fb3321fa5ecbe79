"""Whatever bytes a client sends: parsers raise what they say and nothing else, and the server answers or closes."""

import base64
import re
from contextlib import suppress
from datetime import UTC, datetime
from http import HTTPStatus

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from tornado.httputil import HTTPHeaders, HTTPInputError, RequestStartLine

from reference_server.frontend.http.credentials import presented_credentials, presents_credential
from reference_server.frontend.http.preconditions import Validators, evaluate_preconditions, range_applies
from reference_server.frontend.http.ranges import RangeNotSatisfiableError, requested_span
from reference_server.frontend.http.request import read_request
from reference_server.frontend.http.target import MalformedTextError, decode_query, in_origin_form
from reference_server.frontend.package_files.paths import read_coordinates, split_file_path, split_number_path
from tests.support.front_end import Served

# Tornado hands bytes on as Latin-1; targets hold no space.
LINES = st.text(st.characters(max_codepoint=255, exclude_characters="\r\n"), max_size=60)
TARGETS = st.text(st.characters(min_codepoint=33, max_codepoint=255), max_size=60)
PIECES = st.lists(
    st.sampled_from(["%", "%2F", "%00", "%ff", "..", "/", "//", "a", "?", "=", "&", "+", "\xe9"]), max_size=9
)
FILE_TARGETS = PIECES.map(lambda pieces: "/api/v4/projects/1/packages/generic/n/1/" + "".join(pieces))
VALIDATORS = Validators('"tag"', datetime(2026, 1, 1, tzinfo=UTC))
DATES = st.builds(
    "{} {} {} {} {}:{}:{} {}".format,
    st.sampled_from(["Mon,", "Foo,", ""]),
    st.integers(-1, 10**6),
    st.sampled_from(["Jan", "Dec", "Foo", "13"]),
    st.integers(-1, 10**6),
    *[st.integers(-1, 10**4)] * 3,
    st.sampled_from(["GMT", "+0000", "-9999", "+2400", "+99999999999", "", "Z"]),
)


@given(TARGETS | FILE_TARGETS)
def test_a_target_is_decoded_or_refused(target: str) -> None:
    line = in_origin_form(RequestStartLine("GET", target, "HTTP/1.1"), HTTPHeaders({"Host": "h"}))
    path, _, query = line.path.partition("?")
    split_number_path(path)
    segments = split_file_path(path)
    try:
        texts = [*decode_query(query), *decode_query(query).values()]
        if segments is not None:
            coordinates = read_coordinates(segments)
            texts += [coordinates.package_name, coordinates.directories, coordinates.file_name]
    except MalformedTextError:
        return
    assert not any("\0" in text for text in texts)


@given(
    st.sampled_from(["Basic ", "basic", "Bearer ", ""]),
    LINES | st.binary().map(lambda raw: base64.b64encode(raw).decode()),
    TARGETS,
)
def test_an_authorization_gives_credentials_that_a_message_can_hold(scheme: str, rest: str, target: str) -> None:
    headers = {"Authorization": scheme + rest, "Private-Token": rest, "Job-Token": rest}
    presents_credential(headers, target)
    for credential in presented_credentials(headers, {}):
        assert credential.FromString(credential.SerializeToString()) == credential


@given(LINES | st.from_regex(r"bytes=[0-9]{0,45}-[0-9]{0,45}(,[0-9]*-[0-9]*)?", fullmatch=True), st.integers(0, 2**40))
@example("bytes=" + "9" * 41 + "-", 1)
def test_a_range_lies_within_the_content(header: str, size: int) -> None:
    try:
        span = requested_span(header, size)
    except RangeNotSatisfiableError:
        return
    if span is not None:
        assert 0 <= span.offset < span.offset + span.length <= size


@given(st.sampled_from(["If-Modified-Since", "If-Unmodified-Since", "If-Match", "If-None-Match"]), LINES | DATES)
def test_a_condition_holds_or_does_not(name: str, value: str) -> None:
    range_applies(value, VALIDATORS)
    assert evaluate_preconditions({name: value}, VALIDATORS) in {
        HTTPStatus.OK,
        HTTPStatus.NOT_MODIFIED,
        HTTPStatus.PRECONDITION_FAILED,
    }


@given(LINES | st.integers(-1, 2**70).map(str), st.sampled_from(["", "chunked", "gzip", "chunked, chunked"]))
def test_a_head_says_how_long_the_body_is_or_is_refused(length: str, coding: str) -> None:
    headers = HTTPHeaders({"Content-Length": length.strip()} | ({"Transfer-Encoding": coding} if coding else {}))
    try:
        request = read_request(RequestStartLine("PUT", "/", "HTTP/1.1"), headers, "127.0.0.1")
    except HTTPInputError:
        return
    assert request.declared_bytes is None or request.declared_bytes >= 0


@pytest.mark.parametrize("line", [b"GET  HTTP/1.1", b"GET * HTTP/1.1", b"GET ? HTTP/1.1", b"GET // HTTP/1.1"])
def test_a_target_that_names_nothing_is_refused(front_end: Served, line: bytes) -> None:
    answer = front_end.exchange(line + b"\r\nHost: h\r\nConnection: close\r\n\r\n")
    assert answer.startswith((b"HTTP/1.1 400 ", b"HTTP/1.1 404 "))


CHUNKED = st.lists(
    st.sampled_from([b"0", b"1", b"3", b"f", b"ffffffffffffffff", b"-1", b"\r\n", b"\n", b";a=b", b"abc", b"\0", b" "]),
    max_size=10,
).map(b"".join)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=CHUNKED)
@example(body=b"3\r\nabc\r\n")
def test_chunks_of_any_form_end_in_an_answer_that_is_no_defect(front_end: Served, body: bytes) -> None:
    head = front_end.head(
        "PUT", "/api/v4/projects/0/packages/generic/n/1/f", "Transfer-Encoding: chunked", "Connection: close"
    )
    answer = b""
    with front_end.connect() as connection, suppress(ConnectionError):
        # Who refuses may close before it has read everything.
        connection.sendall(head + body + b"\r\n0\r\n\r\n")
        while piece := connection.recv(65_536):
            answer += piece
    statuses = re.findall(rb"HTTP/1\.1 (\d)", answer)
    assert b"5" not in statuses
