"""One JSON line for each request, and its share in the metrics. Never a secret."""

from __future__ import annotations

import time
from json.encoder import encode_basestring_ascii as _text

from reference_server.contract.logs import WRITER, Lines, LogStream
from reference_server.frontend.credentials import SECRET_PARAMETERS
from reference_server.frontend.exchange import Exchange
from reference_server.frontend.metrics import Metrics


class AccessLog:
    """Logs at level info, and counts whatever the level."""

    def __init__(self, metrics: Metrics, stream: LogStream = WRITER) -> None:
        self._metrics = metrics
        self._lines = Lines(stream)

    def record(self, exchange: Exchange) -> None:
        """Log and count a request that is over."""
        duration = time.monotonic() - exchange.started
        self._metrics.count(exchange, duration)
        if not self._lines.wanted:
            return
        self._lines.add(
            f'{{"event":"request","timestamp":"{self._lines.timestamp()}","request_id":"{exchange.request_id}",'
            f'"method":{_text(exchange.method)},"path":{_text(without_secrets(exchange.target))},'
            f'"status":{exchange.status},"received_bytes":{exchange.received_bytes},'
            f'"sent_bytes":{exchange.sent_bytes},"duration_milliseconds":{duration * 1000:.3f},'
            f'"remote_address":{_text(exchange.remote_address)}}}'
        )

    def flush(self) -> None:
        """Write what waits."""
        self._lines.flush()


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
