"""Which of the storage's services are replaced, and by which, to imitate a deployment."""

from __future__ import annotations

from reference_server.contract.emulations import Emulation, Emulations
from reference_server.storage.access.authentication import Authentication
from reference_server.storage.ci.pipelines import JobService
from reference_server.storage.emulation.admission import RestrictedAuthentication, TermsUserService
from reference_server.storage.emulation.groups_and_projects import RestrictedGroupService, RestrictedProjectService
from reference_server.storage.emulation.late_jobs import LateJobService
from reference_server.storage.emulation.late_rights import (
    LateAccessRepository,
    LateAccessTokenService,
    LateMemberService,
    LateRights,
)
from reference_server.storage.identity.access_tokens import AccessTokenService
from reference_server.storage.identity.groups import GroupService
from reference_server.storage.identity.members import MemberService
from reference_server.storage.identity.projects import ProjectService
from reference_server.storage.identity.users import UserService
from reference_server.storage.metadata.metadata import Metadata
from reference_server.storage.metadata.repositories.access import AccessRepository
from reference_server.storage.rules.gitlab import GitLab, read_gitlab


class EmulatedDeployment:
    """Returns for each service the one that behaves as wanted, the service itself where nothing is to differ."""

    def __init__(self, emulations: Emulations, metadata: Metadata) -> None:
        self._emulations = emulations
        self._metadata = metadata
        self._new_users: set[int] | None = set() if Emulation.TERMS_OF_SERVICE in emulations else None
        late = emulations.number(Emulation.LATE_RIGHTS)
        self._late = None if late is None else LateRights(late, metadata)

    def authentication(self, plain: Authentication) -> Authentication:
        """Return who is let in as what."""
        admin_mode = Emulation.ADMIN_MODE in self._emulations
        if not admin_mode and self._new_users is None:
            return plain
        return RestrictedAuthentication(plain.credentials, plain.uses, admin_mode, self._new_users)

    def access(self, plain: AccessRepository) -> AccessRepository:
        """Return what projects and groups are to a user."""
        return plain if self._late is None else LateAccessRepository(plain.database, self._late)

    def users(self, plain: UserService) -> UserService:
        """Return the users."""
        if self._new_users is None:
            return plain
        return TermsUserService(plain.metadata, plain.writer, self._new_users)

    def groups(self, plain: GroupService) -> GroupService:
        """Return the groups."""
        if not self._emulations:
            return plain
        return RestrictedGroupService(
            plain.access,
            plain.metadata,
            plain.writer,
            plain.garbage_collector,
            self._deleting(plain.gitlab),
            self._emulations,
        )

    def projects(self, plain: ProjectService) -> ProjectService:
        """Return the projects."""
        if not self._emulations:
            return plain
        return RestrictedProjectService(
            plain.access,
            plain.groups,
            plain.metadata,
            plain.writer,
            plain.garbage_collector,
            self._deleting(plain.gitlab),
            self._emulations,
            self._late,
        )

    def _deleting(self, gitlab: GitLab) -> GitLab:
        """Return whose rules of deletion hold: those of GitLab 18.0 at least where deletion is to be scheduled."""
        if Emulation.SCHEDULED_DELETION not in self._emulations or gitlab.delayed_deletion:
            return gitlab
        return read_gitlab("18.0")

    def members(self, plain: MemberService) -> MemberService:
        """Return the members."""
        if self._late is None:
            return plain
        return LateMemberService(plain.resources, plain.metadata, plain.writer, self._late)

    def access_tokens(self, plain: AccessTokenService) -> AccessTokenService:
        """Return the access tokens of projects and groups."""
        if self._late is None:
            return plain
        return LateAccessTokenService(plain.resources, plain.metadata, plain.writer, self._late)

    def jobs(self, plain: JobService) -> JobService:
        """Return the jobs."""
        late = self._emulations.number(Emulation.LATE_JOBS)
        return plain if late is None else LateJobService(plain.projects, plain.metadata, plain.writer, late)
