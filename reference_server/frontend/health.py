"""/-/liveness, /-/readiness and /-/metrics."""

from __future__ import annotations

from prometheus_client import CONTENT_TYPE_LATEST

from reference_server.frontend.answers import Answer
from reference_server.frontend.rest.handler import ApiHandler


class Liveness(ApiHandler):
    """Whether this process answers."""

    route = "health"

    def get(self) -> None:
        """Say so."""
        self.send_json(200, {"status": "ok"})


class Readiness(ApiHandler):
    """Whether requests can be served: asks the storage."""

    route = "health"

    async def get(self) -> None:
        """Say 200 or 503."""
        healthy = await self.desk.calls.healthy()
        status = "ok" if healthy else "failed"
        self.send_json(200 if healthy else 503, {"status": status, "storage_check": [{"status": status}]})


class MetricsReport(ApiHandler):
    """What was counted, for Prometheus."""

    route = "health"

    def get(self) -> None:
        """Report."""
        self.send(Answer(200, self.desk.metrics.report(), content_type=CONTENT_TYPE_LATEST))
