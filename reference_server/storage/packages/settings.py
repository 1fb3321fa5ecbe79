"""What groups and projects say of packages: duplicate settings, and how large a file may be."""

from __future__ import annotations

from dataclasses import dataclass

from reference_server.contract.crash_points import CrashPoint, reached
from reference_server.contract.failure import Failure, Reason
from reference_server.storage.access.authorization import OWN, READ_SETTINGS, SEE, Permission, require_administrator
from reference_server.storage.access.callers import Caller, UserCaller
from reference_server.storage.access.groups import GroupAccess
from reference_server.storage.access.projects import ProjectAccess
from reference_server.storage.metadata.metadata import Metadata
from reference_server.storage.metadata.writer import Writer
from reference_server.storage.rules.duplicates import DuplicateSettings, check_exception_regex


@dataclass(frozen=True, slots=True)
class PackageSettingsService:
    """The package settings of groups, for whoever may see or change them."""

    groups: GroupAccess
    metadata: Metadata
    writer: Writer
    changing: Permission

    def read(self, caller: Caller, group: str) -> DuplicateSettings:
        """Return a group's settings. Raise GROUP_NOT_FOUND."""
        return settings_of(self.metadata, self.groups.find(caller, group, READ_SETTINGS).id)

    async def change(
        self, caller: Caller, group: str, *, allowed: bool | None, exception_regex: str | None
    ) -> DuplicateSettings:
        """Change what is not None, and return the settings. Raise GROUP_NOT_FOUND, PARAMETER_INVALID."""
        if exception_regex is not None:
            check_exception_regex(exception_regex)
        group_id = self.groups.find(caller, group, self.changing).id
        return await self.writer.submit(lambda metadata: _change(metadata, group_id, allowed, exception_regex))


@dataclass(frozen=True, slots=True)
class SizeLimitService:
    """How large a file projects take, for whoever sees them, and for administrators to change. Sizes are bytes."""

    projects: ProjectAccess
    metadata: Metadata
    writer: Writer
    registry_maximum: int

    def read(self, caller: Caller, project: str) -> int:
        """Return the size of the largest file that a project takes. Raise PROJECT_NOT_FOUND."""
        found = self.projects.find(caller, project, SEE)
        return self.metadata.package_settings.terms(found.id).maximum_file_bytes or self.registry_maximum

    async def change(self, caller: Caller, project: str, maximum: int | None) -> int:
        """Change the largest file that a project takes, None for what the registry takes. Raise PARAMETER_INVALID."""
        if maximum is not None and maximum < 1:
            message = "a file has at least one byte, or the limit forbids all"
            raise Failure(Reason.PARAMETER_INVALID, message, parameter="maximum_file_bytes")
        if not isinstance(caller, UserCaller):
            raise Failure(Reason.ROLE_INSUFFICIENT, "only administrators change limits")
        require_administrator(caller, OWN.scopes)
        project_id = self.projects.find(caller, project, OWN).id
        await self.writer.submit(lambda metadata: metadata.package_settings.put_size_limit(project_id, maximum))
        return maximum or self.registry_maximum


def settings_of(metadata: Metadata, group_id: int) -> DuplicateSettings:
    """Return a group's settings, which say nothing of the groups below it; those of GitLab where it has none."""
    known = metadata.package_settings.of_group(group_id)
    return DuplicateSettings() if known is None else DuplicateSettings(*known)


def _change(metadata: Metadata, group_id: int, allowed: bool | None, regex: str | None) -> DuplicateSettings:
    """Write a group's settings."""
    before = settings_of(metadata, group_id)
    after = DuplicateSettings(
        before.allowed if allowed is None else allowed, before.exception_regex if regex is None else regex
    )
    metadata.package_settings.put(group_id, duplicates_allowed=after.allowed, exception_regex=after.exception_regex)
    reached(CrashPoint.STORAGE_SETTINGS_RECORDED)
    return after
