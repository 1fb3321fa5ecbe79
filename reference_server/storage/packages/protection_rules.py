"""Listing, making, changing and deleting the protection rules of projects."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

from reference_server.contract.failure import Failure, Reason
from reference_server.storage.access.authentication import Authentication
from reference_server.storage.access.authorization import MAINTAIN
from reference_server.storage.access.callers import Caller, Presented
from reference_server.storage.access.projects import ProjectAccess
from reference_server.storage.metadata.models import ProtectionRule
from reference_server.storage.metadata.sqlite.database import Database
from reference_server.storage.metadata.writer import Writer
from reference_server.storage.packages.parts import Asked, Given, Orders, give
from reference_server.storage.rules import protection
from reference_server.storage.rules.editions import Edition, require
from reference_server.storage.rules.package_types import check_package_type

_ORDERS = Orders({"id": ProtectionRule.id}, ProtectionRule.id, default="id")


@dataclass(frozen=True, slots=True)
class RuleRow:
    """A rule as it is kept; a level is None where the rule does not say."""

    id: int
    project_id: int
    package_type: str
    name_pattern: str
    push_level: int | None
    delete_level: int | None

    def check(self) -> None:
        """Let a rule pass that may be so, or raise PROTECTION_RULE_INVALID."""
        protection.check_pattern(self.name_pattern)
        if self.push_level is None and self.delete_level is None:
            raise protection.invalid("A rule must have at least a minimum access role for push or delete.")


@dataclass(frozen=True, slots=True)
class RuleFields:
    """What a client says of a rule, in its own words: None for what it leaves out, "" for no level."""

    name_pattern: str | None
    package_type: str | None
    push_level: str | None
    delete_level: str | None

    def judge(self) -> None:
        """Let fields pass that have their formats, or raise PARAMETER_VALUE_UNKNOWN."""
        check_package_type(self.package_type)
        protection.read_push_level(self.push_level)
        protection.read_delete_level(self.delete_level)

    def over(self, row: RuleRow) -> RuleRow:
        """Give a rule with what is said here in place of what it says. Raises PROTECTION_RULE_INVALID."""
        after = RuleRow(
            id=row.id,
            project_id=row.project_id,
            package_type=row.package_type if self.package_type is None else self.package_type,
            name_pattern=row.name_pattern if self.name_pattern is None else self.name_pattern,
            push_level=row.push_level if self.push_level is None else protection.read_push_level(self.push_level),
            delete_level=(
                row.delete_level if self.delete_level is None else protection.read_delete_level(self.delete_level)
            ),
        )
        after.check()
        return after


@dataclass(frozen=True, slots=True)
class ProtectionRules:
    """The protection rules of projects, for their maintainers."""

    authentication: Authentication
    projects: ProjectAccess
    database: Database
    writer: Writer
    edition: Edition

    def list(self, presented: tuple[Presented, ...], project: str, asked: Asked) -> Given[RuleRow]:
        """List a project's rules. Raises PARAMETER_VALUE_UNKNOWN."""
        caller = self._caller(presented)
        part = _ORDERS.judge(asked)
        project_id = self.projects.find(caller, project, MAINTAIN).id
        query = ProtectionRule.select().where(ProtectionRule.project_id == project_id)
        return give(self.database, query, RuleRow, _ORDERS, part)

    async def create(self, presented: tuple[Presented, ...], project: str, fields: RuleFields) -> RuleRow:
        """Make a rule. Raises PARAMETER_MISSING, PARAMETER_VALUE_UNKNOWN, PROTECTION_RULE_INVALID."""
        caller = self._caller(presented)
        for name, text in (("package_name_pattern", fields.name_pattern), ("package_type", fields.package_type)):
            if text is None:
                raise Failure(Reason.PARAMETER_MISSING, f"{name} is missing", parameter=name)
        fields.judge()
        project_id = self.projects.find(caller, project, MAINTAIN).id
        row = fields.over(RuleRow(0, project_id, "", "", None, None))

        def change(database: Database) -> RuleRow:
            _check_unique(database, row)
            columns = {name: value for name, value in dataclasses.asdict(row).items() if name != "id"}
            return dataclasses.replace(row, id=database.change(ProtectionRule.insert(**columns)))

        return await self.writer.submit(lambda metadata: change(metadata.database))

    async def update(self, presented: tuple[Presented, ...], project: str, rule_id: int, fields: RuleFields) -> RuleRow:
        """Change a rule. Raises PROTECTION_RULE_NOT_FOUND, and as `create`."""
        caller = self._caller(presented)
        fields.judge()
        project_id = self.projects.find(caller, project, MAINTAIN).id

        def change(database: Database) -> RuleRow:
            row = fields.over(_find(database, project_id, rule_id))
            _check_unique(database, row)
            columns = {name: value for name, value in dataclasses.asdict(row).items() if name != "id"}
            database.change(ProtectionRule.update(**columns).where(ProtectionRule.id == rule_id))
            return row

        return await self.writer.submit(lambda metadata: change(metadata.database))

    async def delete(self, presented: tuple[Presented, ...], project: str, rule_id: int) -> None:
        """Delete a rule. Raises PROTECTION_RULE_NOT_FOUND."""
        project_id = self.projects.find(self._caller(presented), project, MAINTAIN).id

        def change(database: Database) -> None:
            _find(database, project_id, rule_id)
            database.change(ProtectionRule.delete().where(ProtectionRule.id == rule_id))

        await self.writer.submit(lambda metadata: change(metadata.database))

    def _caller(self, presented: tuple[Presented, ...]) -> Caller:
        require(self.edition.protection_rules)
        return self.authentication.known_caller(presented)


def _find(database: Database, project_id: int, rule_id: int) -> RuleRow:
    which = (ProtectionRule.id == rule_id) & (ProtectionRule.project_id == project_id)
    row = database.first(ProtectionRule.select().where(which).objects(RuleRow))
    if not isinstance(row, RuleRow):
        raise Failure(Reason.PROTECTION_RULE_NOT_FOUND, "no such protection rule in this project")
    return row


def _check_unique(database: Database, row: RuleRow) -> None:
    """Let a rule pass whose pattern no other rule of the project has, or raise PROTECTION_RULE_INVALID."""
    same = (
        (ProtectionRule.project_id == row.project_id)
        & (ProtectionRule.package_type == row.package_type)
        & (ProtectionRule.name_pattern == row.name_pattern)
        & (ProtectionRule.id != row.id)
    )
    if database.first(ProtectionRule.select(ProtectionRule.id).where(same).tuples()) is not None:
        raise protection.invalid("Package name pattern has already been taken")
