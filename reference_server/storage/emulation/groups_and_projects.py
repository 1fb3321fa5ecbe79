"""Groups and projects where some cannot be made, and where deleting only marks."""

from __future__ import annotations

from dataclasses import dataclass, replace

from reference_server.contract.emulations import Emulation, Emulations
from reference_server.contract.failure import Failure, Reason
from reference_server.storage.access.authorization import OWN
from reference_server.storage.access.callers import Caller, UserCaller
from reference_server.storage.emulation.late_rights import LateRights
from reference_server.storage.identity.groups import GroupService
from reference_server.storage.identity.projects import ProjectService
from reference_server.storage.identity.root_token import ROOT_USERNAME
from reference_server.storage.metadata.metadata import Metadata
from reference_server.storage.metadata.models import Group
from reference_server.storage.metadata.pagination import Page, PageRequest
from reference_server.storage.metadata.repositories.groups import GroupFields
from reference_server.storage.metadata.repositories.projects import (
    ProjectChanges,
    ProjectFields,
    ProjectFilter,
    ProjectRecord,
)
from reference_server.storage.metadata.repositories.resources import ResourceKey
from reference_server.storage.rules.deletion import DeletionRequest
from reference_server.storage.rules.roles import Role, Visibility

PARENT = "parent"


@dataclass(frozen=True, slots=True)
class RestrictedGroupService(GroupService):
    """Groups of a deployment that is told to be stricter, or to delete later."""

    emulations: Emulations

    async def create(self, caller: Caller, fields: GroupFields) -> Group:
        """Create a group. Raise ROLE_INSUFFICIENT at the top, PARAMETER_INVALID for public where that is refused."""
        if fields.parent_id is None and Emulation.NO_TOP_LEVEL_GROUPS in self.emulations:
            raise Failure(Reason.ROLE_INSUFFICIENT, "nobody makes a group at the top")
        _check_visibility(self.emulations, fields.visibility)
        if fields.parent_id is None and Emulation.ADMIN_MODE in self.emulations and isinstance(caller, UserCaller):
            caller = replace(caller, administrator=True)
        return await GroupService.create(self, caller, fields)

    async def delete(self, caller: Caller, reference: str, asked: DeletionRequest) -> None:
        """Delete a group. Raise DELETION_REFUSED for one at the top that is to go at once where deletion is late."""
        group = self.access.find(caller, reference, OWN)
        if Emulation.SCHEDULED_DELETION in self.emulations and asked.permanently_remove and "/" not in group.full_path:
            complaint = "`permanently_remove` option is only available for subgroups."
            raise Failure(Reason.DELETION_REFUSED, complaint, complaint=complaint)
        await GroupService.delete(self, caller, reference, asked)


@dataclass(frozen=True, slots=True)
class RestrictedProjectService(ProjectService):
    """Projects of a deployment that is told to be stricter, or to know of roles later."""

    emulations: Emulations
    late: LateRights | None

    async def create(self, caller: Caller, fields: ProjectFields) -> ProjectRecord:
        """Create a project. Raise PARAMETER_INVALID for public where that is refused."""
        _check_visibility(self.emulations, fields.visibility)
        return await ProjectService.create(self, caller, fields)

    def list(
        self, caller: Caller, group: str | None, wanted: ProjectFilter, request: PageRequest
    ) -> Page[ProjectRecord]:
        """Return a page of projects; those chosen by a role are those in which it has taken effect.

        Roles from groups that were taken or lowered take effect at once here.
        """
        page = ProjectService.list(self, caller, group, wanted, request)
        least = wanted.minimum_access_level
        if self.late is None or least is None or not isinstance(caller, UserCaller):
            return page
        late, user_id = self.late, caller.user_id
        missing = self.late.projects(user_id) - {record.project.id for record in page.rows}
        records = [*page.rows, *(self.metadata.projects.get(number, user_id) for number in sorted(missing))]
        listed = (late.in_record(record, user_id) for record in records)
        return page.of([record for record in listed if max(record.own_level or 0, record.group_level or 0) >= least])

    async def change(self, caller: Caller, reference: str, changes: ProjectChanges) -> ProjectRecord:
        """Change what is given. Raise PARAMETER_INVALID for public where that is refused."""
        _check_visibility(self.emulations, changes.visibility)
        return await ProjectService.change(self, caller, reference, changes)


def ensure_parent_group(metadata: Metadata) -> None:
    """Make the one group at the top that others can be made in, owned by the administrator of the root token file."""
    if metadata.access.group(PARENT) is not None:
        return
    with metadata.database.transaction():
        owner_id = metadata.users.ensure_administrator(ROOT_USERNAME)
        group = metadata.groups.add(GroupFields(PARENT, PARENT, None, Visibility.PUBLIC), None)
        metadata.members.add(ResourceKey(group_id=group.id), metadata.users.get(owner_id), Role.OWNER)


def _check_visibility(emulations: Emulations, visibility: int) -> None:
    if visibility == Visibility.PUBLIC and Emulation.NO_PUBLIC_VISIBILITY in emulations:
        raise Failure(Reason.PARAMETER_INVALID, "public has been restricted", parameter="visibility")
