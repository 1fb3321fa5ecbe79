"""What a place below a group asks: a full path that no other group or project has, and no wider visibility."""

from __future__ import annotations

from reference_server.contract.failure import Failure, Reason
from reference_server.storage.identity.formats import invalid
from reference_server.storage.metadata.models import Group, Project
from reference_server.storage.metadata.sqlite.database import Database
from reference_server.storage.rules.roles import Visibility


def claim_path(database: Database, full_path: str) -> None:
    """Let a full path pass that is free, or raise PARAMETER_TAKEN. Letter case makes no difference."""
    taken_by_group = Group.select(Group.id).where(Group.full_path == full_path).tuples()
    taken_by_project = Project.select(Project.id).where(Project.full_path == full_path).tuples()
    if database.first(taken_by_group) is not None or database.first(taken_by_project) is not None:
        raise Failure(Reason.PARAMETER_TAKEN, "path has already been taken", parameter="path")


def require_visibility_below(group: Group, visibility: Visibility) -> None:
    """Let a visibility pass that is not wider than that of the group above, or raise PARAMETER_INVALID."""
    if visibility > group.visibility:
        message = (
            f"{visibility.name.lower()} is not allowed below the group {group.full_path}, "
            f"which is {Visibility(group.visibility).name.lower()}"
        )
        raise invalid("visibility", message)
