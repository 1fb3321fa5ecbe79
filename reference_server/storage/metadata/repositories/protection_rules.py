"""The protection rules of projects."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Literal

from reference_server.storage.metadata.database import Database
from reference_server.storage.metadata.models import ProtectionRule
from reference_server.storage.metadata.pagination import Ordering, Page, Selection, read_page
from reference_server.storage.metadata.rows import ProtectionRuleRow

PROTECTION_RULE_ORDERING = Ordering({"id": ProtectionRule.id}, ProtectionRule.id, default="id")


@dataclass(frozen=True, slots=True)
class ProtectionRuleRepository:
    """The rows of protection rules."""

    database: Database

    def page(self, project_id: int, selection: Selection) -> Page[ProtectionRuleRow]:
        """Return a page of a project's rules, ordered as PROTECTION_RULE_ORDERING says."""
        query = ProtectionRule.select().where(ProtectionRule.project_id == project_id)
        return read_page(self.database, query, ProtectionRuleRow, PROTECTION_RULE_ORDERING, selection)

    def find(self, project_id: int, rule_id: int) -> ProtectionRuleRow | None:
        which = (ProtectionRule.id == rule_id) & (ProtectionRule.project_id == project_id)
        found: ProtectionRuleRow | None = self.database.first(
            ProtectionRule.select().where(which).objects(ProtectionRuleRow)
        )
        return found

    def levels(
        self, project_id: int, package_type: str, action: Literal["push_level", "delete_level"]
    ) -> list[tuple[str, int]]:
        """Return the name pattern and the level of each rule that asks for a level for an action."""
        level = getattr(ProtectionRule, action)
        which = (ProtectionRule.project_id == project_id) & (ProtectionRule.package_type == package_type)
        query = ProtectionRule.select(ProtectionRule.name_pattern, level).where(which & level.is_null(False))
        return self.database.rows(query.tuples())

    def is_taken(self, row: ProtectionRuleRow) -> bool:
        """Return whether another rule of the project has the same pattern."""
        same = (
            (ProtectionRule.project_id == row.project_id)
            & (ProtectionRule.package_type == row.package_type)
            & (ProtectionRule.name_pattern == row.name_pattern)
            & (ProtectionRule.id != row.id)
        )
        return self.database.exists(ProtectionRule.select().where(same))

    def insert(self, row: ProtectionRuleRow) -> ProtectionRuleRow:
        """Write a rule and return it with its id."""
        return dataclasses.replace(row, id=self.database.change(ProtectionRule.insert(**_columns(row))))

    def update(self, row: ProtectionRuleRow) -> None:
        self.database.change(ProtectionRule.update(**_columns(row)).where(ProtectionRule.id == row.id))

    def delete(self, rule_id: int) -> None:
        self.database.change(ProtectionRule.delete().where(ProtectionRule.id == rule_id))


def _columns(row: ProtectionRuleRow) -> dict[str, object]:
    return {name: value for name, value in dataclasses.asdict(row).items() if name != "id"}
