"""The log of both halves: structlog, one line an event, JSON for machines or columns for people. Never a secret."""

from __future__ import annotations

import logging
import sys
from typing import Literal, TextIO

import structlog

Level = Literal["debug", "info", "warning", "error"]
Form = Literal["json", "console"]


def configure(*, level: Level = "info", form: Form = "json", stream: TextIO = sys.stderr) -> None:
    """Set up structlog for this process. Events below `level` cost a function call and nothing more."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            *_rendering(form, stream),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level.upper()]),
        logger_factory=structlog.WriteLoggerFactory(stream),
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


def _rendering(form: Form, stream: TextIO) -> list[structlog.typing.Processor]:
    """Choose the processors that turn an event into its line."""
    if form == "console":
        return [structlog.dev.ConsoleRenderer(colors=stream.isatty())]
    return [structlog.processors.format_exc_info, structlog.processors.JSONRenderer()]
