"""The log of both halves: one line of JSON an event, by structlog or, if frequent, by Lines. Never a secret."""

from __future__ import annotations

import asyncio
import logging
import sys
import time
from typing import Literal, TextIO, cast

import structlog

from reference_server.contract.log_writer import LogWriter
from reference_server.contract.tokens import without_tokens

Level = Literal["debug", "info", "warning"]
WRITER = LogWriter(sys.__stderr__.fileno() if sys.__stderr__ else 2)
"""This process's log, unless a test names another stream."""


LogStream = LogWriter | TextIO
"""What log lines are written to."""


def configure(*, level: Level = "info", stream: LogStream = WRITER) -> None:
    """Set up structlog for this process. Events below `level` cost a function call and nothing more."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(),
            lambda _logger, _method, line: without_tokens(cast("str", line)),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level.upper()]),
        logger_factory=structlog.WriteLoggerFactory(cast("TextIO", stream)),
        cache_logger_on_first_use=True,
    )


def route_library_logs() -> None:
    """Let what the libraries log through Python's logging come out as this program's own lines."""
    logging.basicConfig(handlers=[_ToStructlog()], level=logging.WARNING, force=True)


class _ToStructlog(logging.Handler):
    """Hands records on to structlog."""

    def emit(self, record: logging.LogRecord) -> None:
        """Log one record."""
        structlog.get_logger().log(
            record.levelno, record.getMessage(), logger=record.name, exc_info=record.exc_info or None
        )


class Lines:
    """Writes the lines of one turn of the event loop together.

    For events of level info that come with every request. `wanted` says whether the level lets them through.
    """

    def __init__(self, stream: LogStream = WRITER) -> None:
        self.wanted: bool = structlog.get_logger().is_enabled_for(logging.INFO)
        self._stream = stream
        self._second = 0
        self._written_second = ""
        self._lines: list[str] = []

    def add(self, line: str) -> None:
        """Write a line, without its end, when the event loop turns."""
        if not self._lines:
            asyncio.get_running_loop().call_soon(self.flush)
        self._lines.append(without_tokens(line))

    def flush(self) -> None:
        """Write what waits."""
        if self._lines:
            lines, self._lines = self._lines, []
            self._stream.write("\n".join(lines) + "\n")
            self._stream.flush()

    def timestamp(self) -> str:
        """Write the time; many lines share a second."""
        now = int(time.time())
        if now != self._second:
            self._second = now
            self._written_second = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(now))
        return self._written_second
