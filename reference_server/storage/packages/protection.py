"""Keeping callers from what a project's protection rules forbid them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from reference_server.contract.failure import Failure, Reason
from reference_server.storage.access.callers import Caller, UserCaller
from reference_server.storage.metadata.metadata import Metadata
from reference_server.storage.metadata.rows import ProjectRow
from reference_server.storage.rules.gitlab import GitLab
from reference_server.storage.rules.package_types import GENERIC
from reference_server.storage.rules.protection import ADMINISTRATOR_LEVEL, matches

_NO_LEVEL = 0


@dataclass(frozen=True, slots=True)
class Protection:
    """Applies the rules of projects, read over whichever connection the question comes up on."""

    gitlab: GitLab

    def check_publishing(self, metadata: Metadata, caller: Caller, project: ProjectRow, name: str) -> None:
        """Let a caller publish a package of this name. Raise PACKAGE_PROTECTED."""
        if self._needed(metadata, project, name, "push_level") > _level(caller, project):
            raise Failure(Reason.PACKAGE_PROTECTED, "a protection rule keeps the caller from publishing this package")

    def check_deleting(self, metadata: Metadata, caller: Caller, project: ProjectRow, name: str) -> None:
        """Let a caller delete a package of this name. Raise PACKAGE_DELETION_PROTECTED."""
        if self._needed(metadata, project, name, "delete_level") > _level(caller, project):
            message = "a protection rule keeps the caller from deleting this package"
            raise Failure(Reason.PACKAGE_DELETION_PROTECTED, message)

    def _needed(
        self, metadata: Metadata, project: ProjectRow, name: str, action: Literal["push_level", "delete_level"]
    ) -> int:
        """Return the highest level that the rules about a name ask for."""
        if not self.gitlab.protection_rules_enforced:
            return _NO_LEVEL
        rules = metadata.protection_rules.levels(project.id, GENERIC, action)
        return max((level for pattern, level in rules if matches(pattern, name)), default=_NO_LEVEL)


def _level(caller: Caller, project: ProjectRow) -> int:
    """Return a caller's level in a project; a deploy token has none, whatever a rule asks for."""
    if not isinstance(caller, UserCaller):
        return _NO_LEVEL
    if caller.administrator:
        return ADMINISTRATOR_LEVEL
    return max(project.own_level or _NO_LEVEL, project.group_level or _NO_LEVEL)
