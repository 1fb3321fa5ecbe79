"""Groups: creating, reading, listing and deleting them."""

from __future__ import annotations

from dataclasses import dataclass, replace

from reference_server.contract.failure import Failure, Reason
from reference_server.storage.access.authorization import OWN, SEE, require_scope
from reference_server.storage.access.callers import Caller, UserCaller
from reference_server.storage.access.groups import GroupAccess
from reference_server.storage.access.scopes import API, READ_API
from reference_server.storage.blobs.garbage_collector import GarbageCollector
from reference_server.storage.identity.formats import check_name, check_path, check_visibility_below, read_visibility
from reference_server.storage.metadata.metadata import Metadata
from reference_server.storage.metadata.models import Group
from reference_server.storage.metadata.pagination import Page, PageRequest
from reference_server.storage.metadata.repositories.groups import GroupFields, GroupFilter
from reference_server.storage.metadata.repositories.resources import ResourceKey
from reference_server.storage.metadata.writer import Writer
from reference_server.storage.rules.deletion import Deletable, DeletionRequest, is_removed
from reference_server.storage.rules.gitlab import GitLab
from reference_server.storage.rules.roles import Role


@dataclass(frozen=True, slots=True)
class GroupService:
    """Groups, for whoever may see or change them. `metadata` is for reading."""

    access: GroupAccess
    metadata: Metadata
    writer: Writer
    garbage_collector: GarbageCollector
    gitlab: GitLab

    def read(self, caller: Caller, reference: str) -> tuple[Group, int | None]:
        """Return a group and the caller's role in it; None without one. Raise GROUP_NOT_FOUND."""
        group = self.access.find(caller, reference, SEE)
        return group, self.access.role(caller, group.id)

    def list(self, caller: Caller, parent: str | None, wanted: GroupFilter, request: PageRequest) -> Page[Group]:
        """Return a page of the groups that the caller sees, by name. Raise GROUP_NOT_FOUND for the parent."""
        viewer = viewer_of(caller)
        if parent is not None:
            wanted = replace(wanted, parent_id=self.access.find(caller, parent, SEE).id)
        return self.metadata.groups.list(viewer, wanted, request)

    async def create(self, caller: Caller, fields: GroupFields) -> Group:
        """Create a group whose owner is the caller. Raise PARAMETER_TAKEN, GROUP_NOT_FOUND for the parent."""
        check_name(fields.name)
        check_path(fields.path)
        fields = replace(fields, visibility=read_visibility(fields.visibility))
        owner = self._owner(caller, fields.parent_id)
        return await self.writer.submit(lambda metadata: _create(metadata, fields, owner.user_id))

    async def delete(self, caller: Caller, reference: str, asked: DeletionRequest) -> None:
        """Delete a group with everything below it, or mark it. Raise GROUP_NOT_FOUND, DELETION_REFUSED."""
        group_id = self.access.find(caller, reference, OWN).id

        def change(metadata: Metadata) -> list[bytes]:
            group = metadata.groups.get(group_id)
            marked = group.marked_for_deletion_at is not None
            if is_removed(Deletable("Group", group.full_path, marked), asked, self.gitlab):
                return remove_group(metadata, group_id)
            metadata.groups.mark_for_deletion(group)
            return []

        self.garbage_collector.free_later(await self.writer.submit(change, long=True))

    def _owner(self, caller: Caller, parent_id: int | None) -> UserCaller:
        """Return the caller if it is a user that may create a group there."""
        if parent_id is not None:
            self.access.find(caller, str(parent_id), OWN)
        if not isinstance(caller, UserCaller):
            raise Failure(Reason.ROLE_INSUFFICIENT, "only a user can own a group")
        require_scope(caller, OWN.scopes)
        if parent_id is None and not caller.administrator:
            raise Failure(Reason.ROLE_INSUFFICIENT, "only an administrator creates a group at the top")
        return caller


def viewer_of(caller: Caller) -> UserCaller | None:
    """Return the user that looks at a list, None for an anonymous caller. Raise SCOPE_INSUFFICIENT."""
    if not isinstance(caller, UserCaller):
        return None
    require_scope(caller, (API, READ_API))
    return caller


def _create(metadata: Metadata, fields: GroupFields, owner_id: int) -> Group:
    parent = None
    if fields.parent_id is not None:
        parent = metadata.groups.get(fields.parent_id)
        check_visibility_below(parent, fields.visibility)
    group = metadata.groups.add(fields, parent)
    metadata.members.add(ResourceKey(group_id=group.id), metadata.users.get(owner_id), Role.OWNER)
    return group


def remove_group(metadata: Metadata, group_id: int) -> list[bytes]:
    """Delete a group with everything below it, and return the digests of content that is free now."""
    project_ids = metadata.projects.below(group_id)
    freed = metadata.packages.delete_of_projects(project_ids)
    metadata.projects.delete(project_ids)
    metadata.groups.delete(group_id)
    return freed
