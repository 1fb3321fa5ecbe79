"""The log's lines."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator

import pytest
import structlog

from reference_server.contract import logs


@pytest.fixture(autouse=True)
def _restored() -> Iterator[None]:
    yield
    structlog.reset_defaults()


def test_an_event_is_one_line_of_json() -> None:
    stream = io.StringIO()
    logs.configure(stream=stream)
    structlog.get_logger().info("call", method="Publish", text="two\nlines")
    (line,) = stream.getvalue().splitlines()
    event = json.loads(line)
    assert {key: event[key] for key in ("event", "level", "method", "text")} == {
        "event": "call",
        "level": "info",
        "method": "Publish",
        "text": "two\nlines",
    }


def test_events_below_the_level_are_not_written() -> None:
    stream = io.StringIO()
    logs.configure(level="warning", stream=stream)
    structlog.get_logger().info("quiet")
    assert stream.getvalue() == ""


def test_a_traceback_stays_in_its_line() -> None:
    stream = io.StringIO()
    logs.configure(stream=stream)
    structlog.get_logger().error("defect", exc_info=ValueError("broken"))
    (line,) = stream.getvalue().splitlines()
    assert "ValueError: broken" in json.loads(line)["exception"]


def test_the_console_form_is_for_people() -> None:
    stream = io.StringIO()
    logs.configure(form="console", stream=stream)
    structlog.get_logger().info("storage serves", address="unix:/x")
    assert "storage serves" in stream.getvalue()
    assert "address=unix:/x" in stream.getvalue()
