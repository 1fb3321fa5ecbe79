"""What one front-end process offers to every request: the storage, the carriers, the log, and who keeps watch."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass, field

from reference_server.frontend.carriers.choice import Carriers
from reference_server.frontend.carriers.verification import VerifiedContent
from reference_server.frontend.http.access_log import AccessLog
from reference_server.frontend.http.metrics import Metrics
from reference_server.frontend.http.stall_watch import StallWatch
from reference_server.frontend.storage_link.calls import Services, SingleCalls
from reference_server.frontend.storage_link.operations import Operations


@dataclass(frozen=True, slots=True)
class ServerContext:
    """Made once for each process."""

    operations: Operations
    calls: SingleCalls
    services: Services
    carriers: Carriers
    stalls: StallWatch
    log: AccessLog
    metrics: Metrics
    external_url: str | None = None
    verified: VerifiedContent = field(default_factory=VerifiedContent)
    _background: set[asyncio.Task[None]] = field(default_factory=set)

    def run_in_background(self, work: Coroutine[object, object, None]) -> asyncio.Task[None]:
        """Run what outlives the request that wants it; kept here so that it is not collected half-way."""
        task = asyncio.create_task(work)
        self._background.add(task)
        task.add_done_callback(self._background.discard)
        return task

    async def finish_background(self, seconds: float) -> None:
        """Wait for what runs in the background, but not for ever."""
        if self._background:
            await asyncio.wait(self._background, timeout=seconds)
