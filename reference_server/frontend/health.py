"""/-/liveness, /-/readiness and /-/metrics."""

from __future__ import annotations

from http import HTTPStatus

from prometheus_client import CONTENT_TYPE_LATEST

from reference_server.frontend.api.handler import ApiHandler
from reference_server.frontend.http.responses import JsonValue, Response


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
    """What was counted, for Prometheus."""

    async def get(self) -> None:
        self.send(Response(HTTPStatus.OK, self.server.metrics.report(), content_type=CONTENT_TYPE_LATEST))


ROUTES = (("/-/liveness", Liveness), ("/-/readiness", Readiness), ("/-/metrics", MetricsReport))
