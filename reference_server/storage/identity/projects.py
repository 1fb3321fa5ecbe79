"""Projects: creating, reading, listing, changing and deleting them."""

from __future__ import annotations

from dataclasses import dataclass, replace

from reference_server.contract.failure import Failure, Reason
from reference_server.storage.access.authorization import MAINTAIN, OWN, SEE
from reference_server.storage.access.callers import Caller, UserCaller
from reference_server.storage.access.groups import GroupAccess
from reference_server.storage.access.projects import ProjectAccess
from reference_server.storage.blobs.garbage_collector import GarbageCollector
from reference_server.storage.identity.formats import (
    check_name,
    check_path,
    check_visibility_below,
    read_package_access,
    read_visibility,
)
from reference_server.storage.identity.groups import viewer_of
from reference_server.storage.metadata.metadata import Metadata
from reference_server.storage.metadata.pagination import Page, PageRequest
from reference_server.storage.metadata.repositories.projects import (
    ProjectChanges,
    ProjectFields,
    ProjectFilter,
    ProjectRecord,
)
from reference_server.storage.metadata.writer import Writer
from reference_server.storage.rules.deletion import Deletable, DeletionRequest, is_removed
from reference_server.storage.rules.gitlab import GitLab


@dataclass(frozen=True, slots=True)
class ProjectService:
    """Projects, for whoever may see or change them. `metadata` is for reading."""

    access: ProjectAccess
    groups: GroupAccess
    metadata: Metadata
    writer: Writer
    garbage_collector: GarbageCollector
    gitlab: GitLab

    async def create(self, caller: Caller, fields: ProjectFields) -> ProjectRecord:
        """Create a project in a group. Raise PARAMETER_MISSING, PARAMETER_TAKEN, GROUP_NOT_FOUND."""
        check_name(fields.name)
        check_path(fields.path)
        fields = replace(
            fields,
            visibility=read_visibility(fields.visibility),
            package_access=read_package_access(fields.package_access),
        )
        if not fields.group_id:
            raise Failure(Reason.PARAMETER_MISSING, "a project needs a group", parameter="namespace_id")
        self.groups.find(caller, str(fields.group_id), MAINTAIN)
        return await self.writer.submit(lambda metadata: _create(metadata, fields, _user_id(caller)))

    def read(self, caller: Caller, reference: str) -> ProjectRecord:
        """Return a project. Raise PROJECT_NOT_FOUND."""
        return self.metadata.projects.get(self.access.find(caller, reference, SEE).id, _user_id(caller))

    def list(
        self, caller: Caller, group: str | None, wanted: ProjectFilter, request: PageRequest
    ) -> Page[ProjectRecord]:
        """Return a page of the projects that the caller sees. Raise GROUP_NOT_FOUND, PARAMETER_VALUE_UNKNOWN."""
        viewer = viewer_of(caller)
        if wanted.visibility:
            wanted = replace(wanted, visibility=read_visibility(wanted.visibility))
        if group is not None:
            wanted = replace(wanted, group_id=self.groups.find(caller, group, SEE).id)
        return self.metadata.projects.list(viewer, wanted, request)

    async def change(self, caller: Caller, reference: str, changes: ProjectChanges) -> ProjectRecord:
        """Change what is given. Raise PROJECT_NOT_FOUND, PARAMETER_INVALID for a visibility wider than the group's."""
        if changes.name is not None:
            check_name(changes.name)
        if changes.visibility:
            read_visibility(changes.visibility)
        if changes.package_access:
            read_package_access(changes.package_access)
        project_id = self.access.find(caller, reference, OWN if changes.visibility else MAINTAIN).id
        await self.writer.submit(lambda metadata: _change(metadata, project_id, changes))
        return self.read(caller, reference)

    async def delete(self, caller: Caller, reference: str, asked: DeletionRequest) -> None:
        """Delete a project with its packages and tokens, or mark it. Raise PROJECT_NOT_FOUND, DELETION_REFUSED."""
        project_id = self.access.find(caller, reference, OWN).id

        def change(metadata: Metadata) -> list[bytes]:
            project = metadata.projects.get(project_id, None).project
            marked = project.marked_for_deletion_at is not None
            if is_removed(Deletable("Project", project.full_path, marked), asked, self.gitlab):
                return remove_project(metadata, project_id)
            metadata.projects.mark_for_deletion(project)
            return []

        self.garbage_collector.free_later(await self.writer.submit(change, long=True))


def _create(metadata: Metadata, fields: ProjectFields, user_id: int | None) -> ProjectRecord:
    group = metadata.groups.get(fields.group_id)
    check_visibility_below(group, fields.visibility)
    return metadata.projects.get(metadata.projects.add(fields, group), user_id)


def _change(metadata: Metadata, project_id: int, changes: ProjectChanges) -> None:
    if changes.visibility:
        check_visibility_below(metadata.projects.get(project_id, None).group, changes.visibility)
    metadata.projects.change(project_id, changes)


def remove_project(metadata: Metadata, project_id: int) -> list[bytes]:
    """Delete a project with everything in it, and return the digests of content that is free now."""
    freed = metadata.packages.delete_of_projects([project_id])
    metadata.projects.delete([project_id])
    return freed


def _user_id(caller: Caller) -> int | None:
    return caller.user_id if isinstance(caller, UserCaller) else None
