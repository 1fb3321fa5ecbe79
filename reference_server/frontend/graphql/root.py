"""What queries and mutations begin with."""

from __future__ import annotations

from generic_packages.storage.v1.identity_pb2 import GetGroupRequest, GetProjectRequest

from reference_server.frontend.graphql.lookups import Lookups, if_visible
from reference_server.frontend.graphql.places import GroupNode, ProjectNode
from reference_server.frontend.graphql.settings import SettingsPayload, update_settings


class Root:
    """The fields of Query and Mutation."""

    def __init__(self, lookups: Lookups) -> None:
        self._lookups = lookups

    async def group(self, full_path: str) -> GroupNode | None:
        """Find a group."""
        request = GetGroupRequest(group=_path(full_path))
        answer = await if_visible(self._lookups.call(self._lookups.services.identity.GetGroup, request))
        return None if answer is None else GroupNode(self._lookups, answer.group)

    async def namespace(self, full_path: str) -> GroupNode | None:
        """Find a namespace; all that there are here are groups."""
        return await self.group(full_path)

    async def project(self, full_path: str) -> ProjectNode | None:
        """Find a project."""
        request = GetProjectRequest(project=_path(full_path))
        answer = await if_visible(self._lookups.call(self._lookups.services.identity.GetProject, request))
        return None if answer is None else ProjectNode(self._lookups, answer.project)

    async def update_namespace_package_settings(self, input: dict[str, object]) -> SettingsPayload:  # noqa: A002 -- GraphQL's name
        """Change a group's package settings."""
        return await update_settings(self._lookups, input)


def _path(full_path: str) -> str:
    """Return a full path: digits alone would name something by its number, and here numbers name nothing."""
    return "" if full_path.isdecimal() else full_path
