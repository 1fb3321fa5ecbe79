"""Job token scopes: which projects' job tokens a project lets in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from peewee import IntegrityError

from reference_server.storage.metadata.database import Database
from reference_server.storage.metadata.models import JobTokenAllowance, Project
from reference_server.storage.metadata.pagination import Page, PageRequest, read_numbered_page


@dataclass(frozen=True, slots=True)
class JobTokenScopeRepository:
    """Job token scopes over one connection."""

    database: Database

    def restricted(self, project_id: int) -> bool | None:
        """Return whether only projects on the allowlist are let in; None when the project has not chosen."""
        query = Project.select(Project.job_tokens_restricted).where(Project.id == project_id).tuples()
        found: Sequence[bool | None] | None = self.database.first(query)
        return None if found is None else found[0]

    def restrict(self, project_id: int, *, restricted: bool) -> None:
        """Choose whether only projects on the allowlist are let in."""
        self.database.change(Project.update(job_tokens_restricted=restricted).where(Project.id == project_id))

    def list(self, project_id: int, request: PageRequest) -> Page[Project]:
        """Return a page of the projects that are let in: the project itself, then the others by id."""
        allowances = JobTokenAllowance.select(JobTokenAllowance.source_id)
        allowed = allowances.where(JobTokenAllowance.project_id == project_id)
        which = (Project.id == project_id) | Project.id.in_(allowed)
        query = Project.select().where(which).order_by(Project.id != project_id, Project.id)
        return read_numbered_page(self.database, query, request)

    def add(self, project_id: int, source_id: int) -> bool:
        """Put a project on the allowlist; return whether it was not on it."""
        try:
            self.database.change(JobTokenAllowance.insert(project_id=project_id, source_id=source_id))
        except IntegrityError:
            return False
        return True

    def remove(self, project_id: int, source_id: int) -> bool:
        """Take a project off the allowlist; return whether it was on it."""
        which = (JobTokenAllowance.project_id == project_id) & (JobTokenAllowance.source_id == source_id)
        return bool(self.database.change(JobTokenAllowance.delete().where(which)))
