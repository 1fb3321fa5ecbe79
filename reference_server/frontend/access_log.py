"""One JSON line for each request, and its share in the metrics. Never a secret."""

from __future__ import annotations

import asyncio
import sys
import time
from json.encoder import encode_basestring_ascii as _text
from typing import TextIO

from reference_server.frontend.credentials import SECRET_PARAMETERS
from reference_server.frontend.exchange import Exchange
from reference_server.frontend.metrics import Metrics


class AccessLog:
    """Writes the lines of one turn of the event loop with one system call."""

    def __init__(self, metrics: Metrics, stream: TextIO | None = None) -> None:
        self._metrics = metrics
        self._stream = stream or sys.stderr
        self._second = 0
        self._written_second = ""
        self._lines: list[str] = []

    def record(self, exchange: Exchange) -> None:
        """Log and count a request that is over."""
        duration = time.monotonic() - exchange.started
        self._metrics.count(exchange, duration)
        line = (
            f'{{"event":"request","timestamp":"{self._timestamp()}","request_id":"{exchange.request_id}",'
            f'"method":{_text(exchange.method)},"path":{_text(without_secrets(exchange.target))},'
            f'"status":{exchange.status},"received_bytes":{exchange.received_bytes},'
            f'"sent_bytes":{exchange.sent_bytes},"duration_milliseconds":{duration * 1000:.3f},'
            f'"remote_address":{_text(exchange.remote_address)}}}'
        )
        if not self._lines:
            asyncio.get_running_loop().call_soon(self.flush)
        self._lines.append(line)

    def flush(self) -> None:
        """Write what waits."""
        if self._lines:
            lines, self._lines = self._lines, []
            self._stream.write("\n".join(lines) + "\n")
            self._stream.flush()

    def _timestamp(self) -> str:
        """Write the time; many requests share a second."""
        now = int(time.time())
        if now != self._second:
            self._second = now
            self._written_second = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(now))
        return self._written_second


def without_secrets(target: str) -> str:
    """Take the values of credentials out of a request target."""
    path, mark, query = target.partition("?")
    if not mark:
        return target
    return f"{path}?{'&'.join(_without_secret(pair) for pair in query.split('&'))}"


def _without_secret(pair: str) -> str:
    """Take the value out of one pair of a query when its name, however it is encoded, may name a secret."""
    name, mark, _ = pair.partition("=")
    harmless = mark and "%" not in name and "+" not in name and name not in SECRET_PARAMETERS
    return pair if harmless or not mark else f"{name}=[removed]"
