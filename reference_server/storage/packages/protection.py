"""Keeping callers from what a project's protection rules forbid them."""

from __future__ import annotations

from dataclasses import dataclass

from peewee import Field

from reference_server.contract.failure import Failure, Reason
from reference_server.storage.access.callers import Caller, UserCaller
from reference_server.storage.metadata.models import ProtectionRule
from reference_server.storage.metadata.sqlite.database import Database
from reference_server.storage.metadata.sqlite.hot_paths import ProjectRow
from reference_server.storage.rules.editions import Edition
from reference_server.storage.rules.package_types import GENERIC
from reference_server.storage.rules.protection import ADMINISTRATOR_LEVEL, matches

_NO_LEVEL = 0


@dataclass(frozen=True, slots=True)
class Protection:
    """Asks the rules of projects, in whichever database connection the question comes up."""

    edition: Edition

    def check_publishing(self, database: Database, caller: Caller, project: ProjectRow, name: str) -> None:
        """Let a caller publish a package of this name, or raise PACKAGE_PROTECTED."""
        if self._needed(database, project, name, ProtectionRule.push_level) > _level(caller, project):
            raise Failure(Reason.PACKAGE_PROTECTED, "a protection rule keeps the caller from publishing this package")

    def check_deleting(self, database: Database, caller: Caller, project: ProjectRow, name: str) -> None:
        """Let a caller delete a package of this name, or raise PACKAGE_DELETION_PROTECTED."""
        if self._needed(database, project, name, ProtectionRule.delete_level) > _level(caller, project):
            message = "a protection rule keeps the caller from deleting this package"
            raise Failure(Reason.PACKAGE_DELETION_PROTECTED, message)

    def _needed(self, database: Database, project: ProjectRow, name: str, level: Field) -> int:
        """Give the highest level that the rules about a name ask for."""
        if not self.edition.protection_rules:
            return _NO_LEVEL
        which = (ProtectionRule.project_id == project.id) & (ProtectionRule.package_type == GENERIC)
        rules = ProtectionRule.select(ProtectionRule.name_pattern, level).where(which & level.is_null(False))
        return max(
            (asked for pattern, asked in database.rows(rules.tuples()) if matches(pattern, name)),
            default=_NO_LEVEL,
        )


def _level(caller: Caller, project: ProjectRow) -> int:
    """Give a caller's level in a project; a deploy token has none, whatever a rule asks for."""
    if not isinstance(caller, UserCaller):
        return _NO_LEVEL
    if caller.administrator:
        return ADMINISTRATOR_LEVEL
    return max(project.own_level or _NO_LEVEL, project.group_level or _NO_LEVEL)
