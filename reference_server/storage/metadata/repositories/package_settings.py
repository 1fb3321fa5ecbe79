"""What groups and projects say of packages: duplicate settings, and how large a file may be."""

from __future__ import annotations

from dataclasses import dataclass

from reference_server.storage.metadata.database import Database
from reference_server.storage.metadata.models import PackageLimits, PackageSettings
from reference_server.storage.metadata.rows import TermsRow


@dataclass(frozen=True, slots=True)
class PackageSettingsRepository:
    """The settings of groups and the limits of projects."""

    database: Database

    def of_group(self, group_id: int) -> tuple[bool, str] | None:
        """Return duplicates_allowed and the exception regex of a group that has settings."""
        row = self.database.one(self.database.statements.settings, (group_id,))
        return None if row is None else (bool(row[0]), row[1])

    def put(self, group_id: int, *, duplicates_allowed: bool, exception_regex: str) -> None:
        """Write a group's own settings."""
        columns = {"duplicates_allowed": duplicates_allowed, "duplicate_exception_regex": exception_regex}
        own = PackageSettings.insert(group_id=group_id, **columns)
        self.database.change(own.on_conflict(conflict_target=[PackageSettings.group_id], update=columns))

    def terms(self, project_id: int) -> TermsRow:
        """Return the terms on which a project takes packages."""
        row = self.database.one(self.database.statements.terms, {"project": project_id})
        return TermsRow(None, protects=False) if row is None else TermsRow(row[0], bool(row[1]))

    def put_size_limit(self, project_id: int, maximum_file_bytes: int | None) -> None:
        """Write a project's own limit; None for no limit of its own."""
        if maximum_file_bytes is None:
            self.database.change(PackageLimits.delete().where(PackageLimits.project_id == project_id))
            return
        columns = {"maximum_file_bytes": maximum_file_bytes}
        limits = PackageLimits.insert(project_id=project_id, **columns)
        self.database.change(limits.on_conflict(conflict_target=[PackageLimits.project_id], update=columns))
