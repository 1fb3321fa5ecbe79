"""What queries and mutations begin with: groups, which are namespaces too, projects, and the settings of groups."""

from __future__ import annotations

from typing import Unpack

from generic_packages.storage.v1.identity_pb2 import GetGroupRequest, GetProjectRequest, Group, Project

from reference_server.frontend.api.shapes.groups_and_projects import visibility
from reference_server.frontend.graphql.connections import Connection
from reference_server.frontend.graphql.lookups import Lookups, if_visible
from reference_server.frontend.graphql.packages import Arguments, PackageNode, global_id, list_packages
from reference_server.frontend.graphql.settings import SettingsNode, SettingsPayload, read_settings, update_settings


class GroupNode:
    """The fields of Group and of Namespace."""

    def __init__(self, lookups: Lookups, group: Group) -> None:
        self._lookups = lookups
        self.id = global_id("Group", group.id)
        self.name = group.name
        self.path = group.path
        self.full_name = group.full_path.replace("/", " / ")
        self.full_path = group.full_path
        self.visibility = visibility(group)
        self.web_url = f"{lookups.origin}/groups/{group.full_path}"

    async def package_settings(self) -> SettingsNode | None:
        return await read_settings(self._lookups, self.full_path)

    async def packages(self, **arguments: Unpack[Arguments]) -> Connection[PackageNode] | None:
        return await list_packages(self._lookups, arguments, group=self.full_path)


class ProjectNode:
    """The fields of Project."""

    def __init__(self, lookups: Lookups, project: Project) -> None:
        self._lookups = lookups
        self.id = global_id("Project", project.id)
        self.name = project.name
        self.path = project.path
        self.full_path = project.full_path
        self.name_with_namespace = f"{project.group.name} / {project.name}"
        self.visibility = visibility(project)
        self.web_url = f"{lookups.origin}/{project.full_path}"

    async def packages(self, **arguments: Unpack[Arguments]) -> Connection[PackageNode] | None:
        return await list_packages(self._lookups, arguments, project=self.full_path)


class Root:
    """The fields of Query and Mutation."""

    def __init__(self, lookups: Lookups) -> None:
        self._lookups = lookups

    async def group(self, full_path: str) -> GroupNode | None:
        request = GetGroupRequest(group=_path(full_path))
        answer = await if_visible(self._lookups.call(self._lookups.services.identity.GetGroup, request))
        return None if answer is None else GroupNode(self._lookups, answer.group)

    namespace = group  # all namespaces here are groups

    async def project(self, full_path: str) -> ProjectNode | None:
        request = GetProjectRequest(project=_path(full_path))
        answer = await if_visible(self._lookups.call(self._lookups.services.identity.GetProject, request))
        return None if answer is None else ProjectNode(self._lookups, answer.project)

    async def update_namespace_package_settings(self, input: dict[str, object]) -> SettingsPayload:  # noqa: A002 -- GraphQL's name
        return await update_settings(self._lookups, input)


def _path(full_path: str) -> str:
    """Return a full path: digits alone would name something by its number, and here numbers name nothing."""
    return "" if full_path.isdecimal() else full_path
