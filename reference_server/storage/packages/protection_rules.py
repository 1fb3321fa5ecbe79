"""Listing, making, changing and deleting the protection rules of projects."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

from reference_server.contract.failure import Failure, Reason
from reference_server.storage.access.authorization import MAINTAIN
from reference_server.storage.access.callers import Caller
from reference_server.storage.access.projects import ProjectAccess
from reference_server.storage.metadata.metadata import Metadata
from reference_server.storage.metadata.pagination import Page, PageRequest
from reference_server.storage.metadata.repositories.protection_rules import PROTECTION_RULE_ORDERING
from reference_server.storage.metadata.rows import ProtectionRuleRow
from reference_server.storage.metadata.writer import Writer
from reference_server.storage.rules import protection
from reference_server.storage.rules.package_types import check_package_type


@dataclass(frozen=True, slots=True)
class RuleFields:
    """What a client says of a rule, in its own words: None for what it leaves out, "" for no level."""

    name_pattern: str | None
    package_type: str | None
    push_level: str | None
    delete_level: str | None

    def check(self) -> None:
        """Let fields pass that have their formats. Raise PARAMETER_VALUE_UNKNOWN."""
        check_package_type(self.package_type)
        protection.read_push_level(self.push_level)
        protection.read_delete_level(self.delete_level)

    def over(self, row: ProtectionRuleRow) -> ProtectionRuleRow:
        """Return a rule with what is said here in place of what it says. Raise PROTECTION_RULE_INVALID."""
        said: dict[str, str | int | None] = {}
        if self.package_type is not None:
            said["package_type"] = self.package_type
        if self.name_pattern is not None:
            said["name_pattern"] = self.name_pattern
        if self.push_level is not None:
            said["push_level"] = protection.read_push_level(self.push_level)
        if self.delete_level is not None:
            said["delete_level"] = protection.read_delete_level(self.delete_level)
        after = dataclasses.replace(row, **said)  # type: ignore[arg-type]  # each value has its field's type
        protection.check_pattern(after.name_pattern)
        if after.push_level is None and after.delete_level is None:
            raise protection.invalid("A rule must have at least a minimum access role for push or delete.")
        return after


@dataclass(frozen=True, slots=True)
class ProtectionRuleService:
    """The protection rules of projects, for their maintainers. `metadata` is for reading."""

    projects: ProjectAccess
    metadata: Metadata
    writer: Writer

    def list(self, caller: Caller, project: str, request: PageRequest) -> Page[ProtectionRuleRow]:
        """List a project's rules. Raise PARAMETER_VALUE_UNKNOWN."""
        selection = PROTECTION_RULE_ORDERING.select(request)
        project_id = self.projects.find(caller, project, MAINTAIN).id
        return self.metadata.protection_rules.page(project_id, selection)

    async def create(self, caller: Caller, project: str, fields: RuleFields) -> ProtectionRuleRow:
        """Make a rule. Raise PARAMETER_MISSING, PARAMETER_VALUE_UNKNOWN, PROTECTION_RULE_INVALID."""
        for name, text in (("package_name_pattern", fields.name_pattern), ("package_type", fields.package_type)):
            if text is None:
                raise Failure(Reason.PARAMETER_MISSING, f"{name} is missing", parameter=name)
        fields.check()
        project_id = self.projects.find(caller, project, MAINTAIN).id
        row = fields.over(ProtectionRuleRow(0, project_id, "", "", None, None))

        def change(metadata: Metadata) -> ProtectionRuleRow:
            _check_unique(metadata, row)
            return metadata.protection_rules.insert(row)

        return await self.writer.submit(change)

    async def update(self, caller: Caller, project: str, rule_id: int, fields: RuleFields) -> ProtectionRuleRow:
        """Change a rule. Raise PROTECTION_RULE_NOT_FOUND, and as `create`."""
        fields.check()
        project_id = self.projects.find(caller, project, MAINTAIN).id

        def change(metadata: Metadata) -> ProtectionRuleRow:
            row = fields.over(_find(metadata, project_id, rule_id))
            _check_unique(metadata, row)
            metadata.protection_rules.update(row)
            return row

        return await self.writer.submit(change)

    async def delete(self, caller: Caller, project: str, rule_id: int) -> None:
        """Delete a rule. Raise PROTECTION_RULE_NOT_FOUND."""
        project_id = self.projects.find(caller, project, MAINTAIN).id

        def change(metadata: Metadata) -> None:
            _find(metadata, project_id, rule_id)
            metadata.protection_rules.delete(rule_id)

        await self.writer.submit(change)


def _find(metadata: Metadata, project_id: int, rule_id: int) -> ProtectionRuleRow:
    row = metadata.protection_rules.find(project_id, rule_id)
    if row is None:
        raise Failure(Reason.PROTECTION_RULE_NOT_FOUND, "no such protection rule in this project")
    return row


def _check_unique(metadata: Metadata, row: ProtectionRuleRow) -> None:
    """Let a rule pass whose pattern no other rule of the project has. Raise PROTECTION_RULE_INVALID."""
    if metadata.protection_rules.is_taken(row):
        raise protection.invalid("Package name pattern has already been taken")
