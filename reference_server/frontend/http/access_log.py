"""One JSON line for each request, and its share in the metrics. Never a secret."""

from __future__ import annotations

import time
from json.encoder import encode_basestring_ascii as _text

from reference_server.contract.logs import WRITER, Lines, LogStream
from reference_server.frontend.http.credentials import SECRET_PARAMETERS
from reference_server.frontend.http.metrics import Metrics
from reference_server.frontend.http.request import RequestContext


class AccessLog:
    """Logs at level info, and counts whatever the level."""

    def __init__(self, metrics: Metrics, stream: LogStream = WRITER) -> None:
        self._metrics = metrics
        self._lines = Lines(stream)

    def record(self, request: RequestContext) -> None:
        """Log and count a request that is over."""
        duration = time.monotonic() - request.started
        self._metrics.count(request, duration)
        if not self._lines.wanted:
            return
        failure = f',"failure":"{request.failure}"' if request.failure else ""
        self._lines.add(
            f'{{"event":"request","timestamp":"{self._lines.timestamp()}","request_id":"{request.request_id}",'
            f'"method":{_text(request.method)},"path":{_text(without_secrets(request.target))},'
            f'"status":{request.status},"received_bytes":{request.received_bytes},'
            f'"sent_bytes":{request.sent_bytes},"duration_milliseconds":{duration * 1000:.3f},'
            f'"remote_address":{_text(request.remote_address)}{failure}}}'
        )

    def flush(self) -> None:
        """Write what waits."""
        self._lines.flush()


def without_secrets(target: str) -> str:
    """Return a request target without the values of credentials."""
    path, mark, query = target.partition("?")
    if not mark:
        return target
    return f"{path}?{'&'.join(_without_secret(pair) for pair in query.split('&'))}"


def _without_secret(pair: str) -> str:
    """Return one pair of a query, without its value when its name, however it is encoded, may name a secret."""
    name, mark, _ = pair.partition("=")
    harmless = mark and "%" not in name and "+" not in name and name not in SECRET_PARAMETERS
    return pair if harmless or not mark else f"{name}=[removed]"
