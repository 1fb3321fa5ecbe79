"""Reading and changing the package settings of groups."""

from __future__ import annotations

from dataclasses import dataclass

from reference_server.storage.access.authentication import Authentication
from reference_server.storage.access.authorization import READ_SETTINGS, Permission
from reference_server.storage.access.callers import Presented
from reference_server.storage.access.groups import GroupAccess
from reference_server.storage.metadata.models import PackageSettings
from reference_server.storage.metadata.sqlite.database import Database
from reference_server.storage.metadata.sqlite.hot_paths import HotPaths
from reference_server.storage.metadata.writer import Writer
from reference_server.storage.rules.duplicates import DuplicateSettings, check_exception_regex


@dataclass(frozen=True, slots=True)
class Settings:
    """The package settings of groups, for whoever may see or change them."""

    authentication: Authentication
    groups: GroupAccess
    lookups: HotPaths
    writer: Writer
    changing: Permission

    def read(self, presented: tuple[Presented, ...], group: str) -> DuplicateSettings:
        """Give the settings in force for a group. Raises GROUP_NOT_FOUND."""
        caller = self.authentication.known_caller(presented)
        return _in_force(self.lookups, self.groups.find(caller, group, READ_SETTINGS).id)

    async def change(
        self, presented: tuple[Presented, ...], group: str, *, allowed: bool | None, exception_regex: str | None
    ) -> DuplicateSettings:
        """Change what is not None, and give the settings in force. Raises GROUP_NOT_FOUND, PARAMETER_INVALID."""
        caller = self.authentication.known_caller(presented)
        if exception_regex is not None:
            check_exception_regex(exception_regex)
        group_id = self.groups.find(caller, group, self.changing).id
        return await self.writer.submit(lambda metadata: _change(metadata.database, group_id, allowed, exception_regex))


def _change(database: Database, group_id: int, allowed: bool | None, regex: str | None) -> DuplicateSettings:
    """Write a group's own settings, which begin as those that were in force."""
    before = _in_force(HotPaths(database), group_id)
    after = DuplicateSettings(
        before.allowed if allowed is None else allowed, before.exception_regex if regex is None else regex
    )
    columns = {"duplicates_allowed": after.allowed, "duplicate_exception_regex": after.exception_regex}
    own = PackageSettings.insert(group_id=group_id, **columns)
    database.change(own.on_conflict(conflict_target=[PackageSettings.group_id], update=columns))
    return after


def _in_force(lookups: HotPaths, group_id: int) -> DuplicateSettings:
    known = lookups.settings(group_id)
    return DuplicateSettings() if known is None else DuplicateSettings(*known)
