"""Finding the project that a call names, for a caller that may act on it."""

from __future__ import annotations

from dataclasses import dataclass

from reference_server.contract.failure import Failure, Reason
from reference_server.storage.access.authorization import Permission, Resource, authorize, sees
from reference_server.storage.access.callers import Anonymous, Caller, CallerJob, DeployTokenCaller, UserCaller
from reference_server.storage.metadata.repositories.access import AccessRepository
from reference_server.storage.metadata.rows import ProjectRow
from reference_server.storage.rules.gitlab import GitLab
from reference_server.storage.rules.roles import Visibility


@dataclass(frozen=True, slots=True)
class ProjectAccess:
    """Finds projects on behalf of callers."""

    access: AccessRepository
    gitlab: GitLab

    def find(self, caller: Caller, reference: str, permission: Permission) -> ProjectRow:
        """Find a project by id or full path and check the permission.

        Raise PROJECT_NOT_FOUND also for one that the caller may not know of; SCOPE_INSUFFICIENT, ROLE_INSUFFICIENT,
        JOB_TOKEN_NOT_ALLOWED.
        """
        row = self.access.project(reference, caller.user_id if isinstance(caller, UserCaller) else None)
        if row is None:
            raise Failure(Reason.PROJECT_NOT_FOUND, "no such project")
        self._check(caller, row, permission)
        return row

    def find_for_files(self, caller: Caller, reference: str, permission: Permission) -> ProjectRow:
        """As `find`, but refuse as GitLab's generic routes do (`lib/api/helpers/packages/basic_auth_helpers.rb`).

        An anonymous caller is asked for a credential instead of told that there is no project, and a job whose token
        is not let in is told that there is none.
        """
        try:
            return self.find(caller, reference, permission)
        except Failure as failure:
            if failure.reason == Reason.PROJECT_NOT_FOUND and isinstance(caller, Anonymous):
                raise Failure(Reason.CREDENTIAL_INVALID, "a credential is needed") from None
            if failure.reason == Reason.JOB_TOKEN_NOT_ALLOWED:
                raise Failure(Reason.PROJECT_NOT_FOUND, "no such project") from None
            raise

    def permits(self, caller: Caller, row: ProjectRow, permission: Permission) -> bool:
        """Return whether `find` would find this project."""
        try:
            self._check(caller, row, permission)
        except Failure:
            return False
        return True

    def _check(self, caller: Caller, row: ProjectRow, permission: Permission) -> None:
        resource = self._resource(caller, row)
        if not sees(caller, resource, permission):
            raise Failure(Reason.PROJECT_NOT_FOUND, "no such project")
        authorize(caller, resource, permission)

    def _resource(self, caller: Caller, row: ProjectRow) -> Resource:
        """Return what a project is to a caller."""
        role = max(row.own_level or 0, row.group_level or 0) or None
        if isinstance(caller, UserCaller):
            if caller.job is not None and not self._lets_in(caller.job, row):
                return Resource(row.visibility, row.package_access)
            return Resource(row.visibility, row.package_access, role=role, administered=caller.administrator)
        serves = isinstance(caller, DeployTokenCaller) and self._serves(caller, row)
        return Resource(row.visibility, row.package_access, serves_deploy_token=serves)

    def _serves(self, caller: DeployTokenCaller, row: ProjectRow) -> bool:
        """Return whether a deploy token is one of the project or of a group above it."""
        if caller.group_id is None:
            return caller.project_id == row.id
        return self.access.is_below(row.group_id, caller.group_id)

    def _lets_in(self, job: CallerJob, row: ProjectRow) -> bool:
        """Return whether a job has its user's rights in a project. Raise JOB_TOKEN_NOT_ALLOWED where it has none."""
        scope = None if job.project_id == row.id else self.access.job_token_scope(job.project_id, row.id)
        if scope is None or scope.listed:
            return True
        restricted = self.gitlab.job_tokens_stay_home if scope.restricted is None else scope.restricted
        if restricted and row.visibility != Visibility.PUBLIC:
            message = "the project does not let this project's job tokens in"
            raise Failure(Reason.JOB_TOKEN_NOT_ALLOWED, message, source=scope.source_path, target=scope.target_path)
        return not restricted
