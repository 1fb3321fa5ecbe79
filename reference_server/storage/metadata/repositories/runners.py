"""Runners of the instance, of groups and of projects."""

from __future__ import annotations

import hmac
from dataclasses import asdict, dataclass

from reference_server.contract.failure import Failure, Reason
from reference_server.storage.metadata import clock
from reference_server.storage.metadata.database import Database
from reference_server.storage.metadata.models import Runner
from reference_server.storage.metadata.pagination import Page, PageRequest, read_numbered_page
from reference_server.storage.metadata.repositories.resources import ResourceKey, belongs_to


@dataclass(frozen=True, slots=True)
class RunnerRepository:
    """Runners over one connection."""

    database: Database

    def get(self, runner_id: int) -> Runner:
        """Return a runner. Raise RECORD_NOT_FOUND."""
        missing = Failure(Reason.RECORD_NOT_FOUND, "no such runner")
        return self.database.get(Runner, Runner.select().where(Runner.id == runner_id), missing)

    def find(self, digest: bytes) -> Runner | None:
        """Return the runner whose token has this digest."""
        runner = self.database.first(Runner.select().where(Runner.digest == digest))
        if isinstance(runner, Runner) and hmac.compare_digest(bytes(runner.digest), digest):
            return runner
        return None

    def list(self, resource: ResourceKey | None, request: PageRequest) -> Page[Runner]:
        """Return a page of the runners of a resource, or of all, by falling id."""
        query = Runner.select().order_by(Runner.id.desc())
        if resource is not None:
            query = query.where(belongs_to(resource, Runner))
        return read_numbered_page(self.database, query, request)

    def add(self, runner_type: int, resource: ResourceKey, description: str, digest: bytes) -> Runner:
        """Add a runner and return it; that of an instance has an empty key."""
        columns = {**asdict(resource), "description": description, "digest": digest, "created_at": clock.now()}
        return self.get(self.database.change(Runner.insert(type=runner_type, **columns)))

    def delete(self, runner_id: int) -> None:
        self.database.change(Runner.delete().where(Runner.id == runner_id))
