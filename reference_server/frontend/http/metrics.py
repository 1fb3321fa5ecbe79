"""What the front end counts, for Prometheus. The workers of one server share their counts through files."""

from __future__ import annotations

import os
from typing import Literal

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

from reference_server.contract.limits import METRICS_FOLDER_VARIABLE
from reference_server.contract.logs import WRITER
from reference_server.frontend.http.request import RequestContext

ContentDefect = Literal["missing", "cut", "flipped"]
"""What is wrong with content on the volume."""

UploadPhase = Literal["permission", "bytes", "commit"]
"""A phase of a large upload, as the client waits through it."""

# Whatever else a client makes up must not become a label of its own.
_METHODS = frozenset({"GET", "HEAD", "PUT", "POST", "DELETE", "PATCH", "OPTIONS"})
_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 60.0)


class Metrics:
    """Counters of requests, bytes and time, by route and method; no path or id ever becomes a label."""

    def __init__(self) -> None:
        self._shared = METRICS_FOLDER_VARIABLE in os.environ
        self._registry = CollectorRegistry()
        labels = ("method", "route")
        self._requests = Counter(
            "http_requests_total", "Requests answered", (*labels, "status"), registry=self._registry
        )
        self._failures = Counter(
            "http_failures_total", "Requests that failed, by the storage's reason or the transport's", ("reason",),
            registry=self._registry,
        )  # fmt: skip
        self._seconds = Histogram(
            "http_request_duration_seconds", "Time to the end of the answer", labels, buckets=_SECONDS,
            registry=self._registry,
        )  # fmt: skip
        self._received = Counter("http_received_bytes_total", "Request body bytes", labels, registry=self._registry)
        self._sent = Counter("http_sent_bytes_total", "Answer body bytes", labels, registry=self._registry)
        self._phases = Histogram(
            "large_upload_phase_seconds", "Time of the phases of large uploads: permission, bytes, commit", ("phase",),
            buckets=_SECONDS, registry=self._registry,
        )  # fmt: skip
        self._breaks = Counter("storage_stream_breaks_total", "Broken streams to the storage", registry=self._registry)
        self._unusable = Counter(
            "content_unusable_total", "Downloads of content missing, cut or changed on the volume", ("defect",),
            registry=self._registry,
        )  # fmt: skip
        self._lines_lost = Counter(
            "log_lines_lost_total", "Log lines of front ends that found no room or no reader", registry=self._registry
        )
        self._lines_lost_before = 0
        self._refused_turns = Counter(
            "http_requests_shed_total", "Requests refused with 503 because their lane was full", ("lane",),
            registry=self._registry,
        )  # fmt: skip
        self._waiting = Gauge(
            "http_requests_waiting", "Requests that wait for their turn", ("lane",), registry=self._registry,
            multiprocess_mode="livesum",
        )  # fmt: skip
        self._connections = Gauge(
            "http_connections_open", "Connections of clients", registry=self._registry, multiprocess_mode="livesum"
        )
        self._displaced = Counter(
            "http_connections_displaced_total", "Connections closed to make room for others", registry=self._registry
        )
        self._running = Gauge(
            "http_requests_running", "Requests under way", registry=self._registry, multiprocess_mode="livesum"
        )
        self._by_status: dict[tuple[str, str, int], Counter] = {}
        self._by_route: dict[tuple[str, str], tuple[Histogram, Counter, Counter]] = {}

    def count(self, request: RequestContext, seconds: float) -> None:
        """Count a request that is over."""
        key = (request.method if request.method in _METHODS else "other", request.route)
        outcome = (*key, request.status)
        if outcome not in self._by_status:
            self._by_status[outcome] = self._requests.labels(*outcome)
        if key not in self._by_route:
            self._by_route[key] = (self._seconds.labels(*key), self._received.labels(*key), self._sent.labels(*key))
        self._by_status[outcome].inc()
        if WRITER.dropped != self._lines_lost_before:
            self._count_lost_lines()
        if request.failure:
            self._failures.labels(request.failure).inc()
        duration, received, sent = self._by_route[key]
        duration.observe(seconds)
        received.inc(request.received_bytes)
        sent.inc(request.sent_bytes)

    def count_phase(self, phase: UploadPhase, seconds: float) -> None:
        """Count a phase of a large upload that went through."""
        self._phases.labels(phase).observe(seconds)

    def _count_lost_lines(self) -> None:
        dropped = WRITER.dropped
        self._lines_lost.inc(dropped - self._lines_lost_before)
        self._lines_lost_before = dropped

    def count_break(self) -> None:
        """Count a broken stream to the storage."""
        self._breaks.inc()

    def count_unusable_content(self, defect: ContentDefect) -> None:
        """Count a download whose content the volume does not have whole."""
        self._unusable.labels(defect).inc()

    def count_refused_turn(self, lane: str) -> None:
        """Count a request that found no turn to be worked on in time."""
        self._refused_turns.labels(lane).inc()

    def count_waiting(self, lane: str, change: int) -> None:
        """Count a request that waits for its turn from now on (1), or waits no more (-1)."""
        self._waiting.labels(lane).inc(change)

    def count_open_connections(self, change: int) -> None:
        """Count a connection that is open from now on (1), or no more (-1)."""
        self._connections.inc(change)

    def count_displaced(self) -> None:
        """Count a connection that was closed for another one."""
        self._displaced.inc()

    def begin(self) -> None:
        """Count a request that is under way from now on."""
        self._running.inc()

    def end(self) -> None:
        """Count a request that is under way no more."""
        self._running.dec()

    def report(self) -> bytes:
        """Return everything in Prometheus' text form, over all workers when there are several."""
        if not self._shared:
            return bytes(generate_latest(self._registry))
        registry = CollectorRegistry()
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]  # the library has no types here
        return bytes(generate_latest(registry))
