"""Finding the project that a call names, for a caller that may act on it."""

from __future__ import annotations

from dataclasses import dataclass

from reference_server.contract.failure import Failure, Reason
from reference_server.storage.access.authorization import Permission, Resource, judge, sees
from reference_server.storage.access.callers import Anonymous, Caller, UserCaller
from reference_server.storage.metadata.hot_paths import HotPaths, ProjectRow


@dataclass(frozen=True, slots=True)
class ProjectAccess:
    """Finds projects on behalf of callers."""

    lookups: HotPaths

    def find(self, caller: Caller, reference: str, permission: Permission) -> ProjectRow:
        """Find a project by id or full path and check the permission.

        Raises PROJECT_NOT_FOUND also for one that the caller may not know of; SCOPE_INSUFFICIENT, ROLE_INSUFFICIENT.
        """
        row = self.lookups.project(reference, caller.user_id if isinstance(caller, UserCaller) else None)
        if row is None:
            raise Failure(Reason.PROJECT_NOT_FOUND, "no such project")
        role = max(row.own_level or 0, row.group_level or 0) or None
        resource = Resource(row.id, row.visibility, role)
        if not sees(caller, resource):
            raise Failure(Reason.PROJECT_NOT_FOUND, "no such project")
        judge(caller, resource, permission)
        return row

    def find_or_challenge(self, caller: Caller, reference: str, permission: Permission) -> ProjectRow:
        """As `find`, but ask an anonymous caller for a credential instead of saying that there is no project."""
        try:
            return self.find(caller, reference, permission)
        except Failure as failure:
            if failure.reason == Reason.PROJECT_NOT_FOUND and isinstance(caller, Anonymous):
                raise Failure(Reason.CREDENTIAL_INVALID, "a credential is needed") from None
            raise
