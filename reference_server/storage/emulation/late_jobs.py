"""Jobs that runners see late, as where a background job makes them of a pipeline."""

from __future__ import annotations

from dataclasses import dataclass

from reference_server.storage.access.tokens import digest
from reference_server.storage.ci.pipelines import JobService
from reference_server.storage.metadata import clock
from reference_server.storage.metadata.repositories.pipelines import PipelineRecord

_MILLISECONDS = 1000


@dataclass(frozen=True, slots=True)
class LateJobService(JobService):
    """Jobs that no runner is given before they are `seconds` old."""

    seconds: int

    async def request(self, runner_token: str) -> tuple[PipelineRecord, str] | None:
        """Hand a runner the oldest job that waits for it, None while that is too young."""
        runner = self.metadata.runners.find(digest(runner_token))
        waiting = None if runner is None else self.metadata.pipelines.find_waiting(runner)
        if waiting is not None and clock.now() < waiting.created_at + self.seconds * _MILLISECONDS:
            return None
        return await JobService.request(self, runner_token)
