"""What the package file routes work with, made once for each process."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass, field

from reference_server.frontend.access_log import AccessLog
from reference_server.frontend.carriers.choice import Carriers
from reference_server.frontend.package_files.content_budget import ContentBudget
from reference_server.frontend.stall_watch import StallWatch
from reference_server.frontend.storage_link.calls import SingleCalls
from reference_server.frontend.storage_link.operations import Operations


@dataclass(frozen=True, slots=True)
class Desk:
    """The storage, the carriers, and who keeps watch."""

    operations: Operations
    calls: SingleCalls
    carriers: Carriers
    stalls: StallWatch
    log: AccessLog
    contents: ContentBudget = field(default_factory=ContentBudget)
    _errands: set[asyncio.Task[None]] = field(default_factory=set)

    def run(self, errand: Coroutine[object, object, None]) -> asyncio.Task[None]:
        """Run what outlives the request that wants it; kept here so that it is not collected half-way."""
        task = asyncio.create_task(errand)
        self._errands.add(task)
        task.add_done_callback(self._errands.discard)
        return task

    async def settle(self, seconds: float) -> None:
        """Wait for the errands under way, but not for ever."""
        if self._errands:
            await asyncio.wait(self._errands, timeout=seconds)
