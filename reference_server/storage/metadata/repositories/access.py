"""What projects and groups are to a user, and which job tokens projects let in."""

from __future__ import annotations

from dataclasses import dataclass

from reference_server.storage.metadata import clock
from reference_server.storage.metadata.database import Database
from reference_server.storage.metadata.models import Group
from reference_server.storage.metadata.repositories.visibility import roles_in_groups
from reference_server.storage.metadata.rows import JobTokenScopeRow, ProjectRow

_HIGHEST_ID_DIGITS = 18  # a longer number is no id


@dataclass(frozen=True, slots=True)
class AccessRepository:
    """Projects, groups and roles as authorization sees them."""

    database: Database

    def project(self, reference: str, user_id: int | None) -> ProjectRow | None:
        """Find a project by its id in decimal or its full path, with the roles that the user has now."""
        statements, project_id = self.database.statements, _id_in(reference)
        statement = statements.project_by_path if project_id is None else statements.project_by_id
        project = reference if project_id is None else project_id
        return self.database.read(ProjectRow, statement, {"project": project, "user": user_id, "now": clock.now()})

    def projects_of_group(self, group_id: int, user_id: int | None, *, with_subgroups: bool) -> list[ProjectRow]:
        """Return the projects of a group, on request with those of the groups below, with the user's roles."""
        statements = self.database.statements
        statement = statements.projects_below_group if with_subgroups else statements.projects_of_group
        values = {"group": group_id, "user": user_id, "now": clock.now()}
        return [ProjectRow(*row) for row in self.database.run(statement, values)]

    def group(self, reference: str) -> Group | None:
        """Find a group by its id in decimal or its full path."""
        group_id = _id_in(reference)
        which = Group.full_path == reference if group_id is None else Group.id == group_id
        found: Group | None = self.database.first(Group.select().where(which))
        return found

    def group_role(self, group_id: int, user_id: int) -> int | None:
        """Return a user's highest role in a group and the groups above it."""
        return roles_in_groups(self.database, user_id, [group_id]).get(group_id)

    def is_below(self, group_id: int, ancestor_id: int) -> bool:
        """Return whether a group is the other or lies below it."""
        return self.database.one(self.database.statements.is_below, (group_id, ancestor_id)) is not None

    def job_token_scope(self, source_id: int, target_id: int) -> JobTokenScopeRow | None:
        """Return what the project `target_id` says of the job tokens of `source_id`; None when either is gone."""
        return self.database.read(JobTokenScopeRow, self.database.statements.job_token_scope, (source_id, target_id))


def _id_in(reference: str) -> int | None:
    """Return the id that a reference is; None for a path, and 0, which nothing has, for a number that is too long."""
    if not (reference.isascii() and reference.isdigit()):
        return None
    return int(reference) if len(reference) <= _HIGHEST_ID_DIGITS else 0
