"""Removing what was marked for deletion, when its time has come."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from reference_server.storage.blobs.garbage_collector import GarbageCollector
from reference_server.storage.identity.groups import remove_group
from reference_server.storage.identity.projects import remove_project
from reference_server.storage.metadata import clock
from reference_server.storage.metadata.metadata import Metadata
from reference_server.storage.metadata.writer import Writer

_KEPT_MILLISECONDS = 30 * 24 * 60 * 60 * 1000  # GitLab's default


@dataclass(frozen=True, slots=True)
class MarkedForDeletion:
    """Projects and groups that were marked for deletion. `metadata` is for reading."""

    metadata: Metadata
    writer: Writer
    garbage_collector: GarbageCollector

    async def remove_due(self) -> int:
        """Remove what was marked 30 days ago, one by one, and return how many there were."""
        marked_by = clock.now() - _KEPT_MILLISECONDS
        groups, projects = self.metadata.groups.marked_by(marked_by), self.metadata.projects.marked_by(marked_by)
        for group_id in groups:
            freed = await self.writer.submit(partial(remove_group, group_id=group_id), long=True)
            self.garbage_collector.free_later(freed)
        for project_id in projects:
            freed = await self.writer.submit(partial(remove_project, project_id=project_id), long=True)
            self.garbage_collector.free_later(freed)
        return len(groups) + len(projects)
