"""/-/liveness, /-/readiness and /-/metrics."""

from __future__ import annotations

import asyncio
from http import HTTPStatus

from prometheus_client import CONTENT_TYPE_LATEST

from reference_server.contract.failure import Failure, Reason
from reference_server.frontend.api.handler import ApiHandler
from reference_server.frontend.http.responses import JsonValue, Response

_REST_FACTOR = 9
_WAIT_SECONDS = 5.0


class _HealthHandler(ApiHandler):
    """A route that is counted as `health`."""

    route = "health"


class Liveness(_HealthHandler):
    """Whether this process answers."""

    async def get(self) -> None:
        self.send_json({"status": "ok"})


class Readiness(_HealthHandler):
    """Whether requests can be served."""

    async def get(self) -> None:
        """Ask the storage, and answer 200 or 503."""
        healthy = await self.server.calls.healthy() and self.server.operations.available
        status = "ok" if healthy else "failed"
        shown: JsonValue = {"status": status, "storage_check": [{"status": status}]}
        self.send_json(shown, HTTPStatus.OK if healthy else HTTPStatus.SERVICE_UNAVAILABLE)


class MetricsReport(_HealthHandler):
    """What was counted, for Prometheus. Putting it together stops all else, so that is done a tenth of the time."""

    _next_at = 0.0

    async def get(self) -> None:
        loop = asyncio.get_running_loop()
        began = loop.time()
        while (now := loop.time()) < MetricsReport._next_at:
            if now - began > _WAIT_SECONDS:
                raise Failure(Reason.OVERLOADED, "too many ask for the metrics", retry_after_seconds="1")
            await asyncio.sleep(MetricsReport._next_at - now)
        report = self.server.metrics.report()
        MetricsReport._next_at = loop.time() + _REST_FACTOR * (loop.time() - now)
        self.send(Response(HTTPStatus.OK, report, content_type=CONTENT_TYPE_LATEST))


ROUTES = (("/-/liveness", Liveness), ("/-/readiness", Readiness), ("/-/metrics", MetricsReport))
