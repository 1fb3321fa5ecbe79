"""The log's lines."""

import asyncio
import io
import json
import logging
import typing
from collections.abc import Iterator

import pytest
import structlog

from reference_server.contract import logs


@pytest.fixture
def stream() -> Iterator[io.StringIO]:
    """Let everything be logged to a text; how the tests themselves log is restored."""
    before = logging.root.handlers[:], logging.root.level
    stream = io.StringIO()
    logs.configure(stream=stream)
    yield stream
    structlog.reset_defaults()
    logging.root.handlers[:], logging.root.level = before


def test_an_event_is_one_line_of_json(stream: io.StringIO) -> None:
    structlog.get_logger().info("call", method="Publish", text="two\nlines")
    (line,) = stream.getvalue().splitlines()
    event = json.loads(line)
    assert {key: event[key] for key in ("event", "level", "method", "text")} == {
        "event": "call",
        "level": "info",
        "method": "Publish",
        "text": "two\nlines",
    }


def test_events_below_the_level_are_not_written(stream: io.StringIO) -> None:
    logs.configure(level="warning", stream=stream)
    structlog.get_logger().info("quiet")
    assert stream.getvalue() == ""


def test_a_traceback_stays_in_its_line(stream: io.StringIO) -> None:
    structlog.get_logger().error("defect", exc_info=ValueError("broken"))
    (line,) = stream.getvalue().splitlines()
    assert "ValueError: broken" in json.loads(line)["exception"]


def test_frequent_lines_are_wanted_by_level_and_written_together(stream: io.StringIO) -> None:
    async def two_lines() -> None:
        lines = logs.Lines(stream)
        lines.add("one")
        lines.add("two")
        assert stream.getvalue() == ""
        await asyncio.sleep(0)

    asyncio.run(two_lines())
    assert stream.getvalue() == "one\ntwo\n"
    wanted = []
    for level in typing.get_args(logs.Level):
        logs.configure(level=level, stream=stream)
        wanted.append(logs.Lines(stream).wanted)
    assert wanted == [True, True, False]


def test_what_a_library_logs_is_a_line_of_the_same_form(stream: io.StringIO) -> None:
    logs.route_library_logs()
    logging.getLogger("grpc").warning("lost %s", "a stream")
    logging.getLogger("grpc").info("not worth a line")
    (line,) = stream.getvalue().splitlines()
    event = json.loads(line)
    assert (event["event"], event["level"], event["logger"]) == ("lost a stream", "warning", "grpc")
