"""Resources, which are projects and groups: the keys and full paths that both have."""

from __future__ import annotations

from dataclasses import dataclass

from peewee import Expression

from reference_server.contract.failure import Failure, Reason
from reference_server.storage.metadata.database import Database
from reference_server.storage.metadata.models import AccessToken, DeployToken, Group, Project, Runner


@dataclass(frozen=True, slots=True)
class ResourceKey:
    """A project or a group: one of the two is not None. Neither is for what belongs to none of them."""

    project_id: int | None = None
    group_id: int | None = None


def belongs_to(resource: ResourceKey, model: type[AccessToken | DeployToken | Runner]) -> Expression:
    """Return the condition that a row belongs to a resource itself, or to none."""
    return (model.project_id == resource.project_id) & (model.group_id == resource.group_id)


def claim_path(database: Database, full_path: str) -> None:
    """Raise PARAMETER_TAKEN if a group or project has this full path. Letter case makes no difference."""
    for model in (Group, Project):
        if database.exists(model.select().where(model.full_path == full_path)):
            raise Failure(Reason.PARAMETER_TAKEN, "path has already been taken", parameter="path")
