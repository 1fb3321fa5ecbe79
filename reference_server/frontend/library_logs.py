"""What the libraries log, as this program's own lines."""

from __future__ import annotations

import logging

import structlog


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
