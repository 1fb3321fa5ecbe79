"""Groups and projects, without what belongs to them."""

from __future__ import annotations

import enum
import re
from http import HTTPStatus

from generic_packages.storage.v1 import identity_pb2

from reference_server.frontend.api.parameters import Parameters
from reference_server.frontend.api.shapes import groups_and_projects as shapes
from reference_server.frontend.http.responses import JsonValue
from reference_server.frontend.rest.handler import RestHandler, read_page

_ACCEPTED: JsonValue = {"message": "202 Accepted"}


class _Role(enum.IntEnum):
    """The roles that the parameters of a list stand for, as GitLab numbers them."""

    GUEST = 10
    OWNER = 50


def place(kind: str, name: str) -> identity_pb2.Place:
    """Name a place by the route's first part, `projects` or `groups`, and the id or full path after it."""
    return identity_pb2.Place(project=name) if kind == "projects" else identity_pb2.Place(group=name)


class GroupsHandler(RestHandler):
    """The groups that the caller sees, or those directly below one."""

    async def get(self, parent: str | None = None) -> None:
        """List groups; `search`, `top_level_only`, `owned` and `min_access_level` choose among them."""
        parameters = self.parameters
        page = read_page(parameters)
        owned = parameters.flag("owned")
        request = identity_pb2.ListGroupsRequest(
            parent=parent,
            search=parameters.given("search"),
            top_level_only=parameters.flag("top_level_only") or False,
            minimum_access_level=parameters.level("min_access_level") or (_Role.OWNER if owned else None),
            **page,
        )
        answer = await self.call(self.services.identity.ListGroups, request)
        self.send_page([shapes.group(group, self.origin) for group in answer.groups], page, answer.total)


class GroupCollectionHandler(GroupsHandler):
    """All groups."""

    async def post(self) -> None:
        """Create a group from `name`, `path`, and optionally `parent_id` and `visibility`."""
        request = identity_pb2.CreateGroupRequest(
            name=self.parameters.text("name"),
            path=self.parameters.text("path"),
            parent_id=self.parameters.integer("parent_id"),
            visibility=_visibility(self.parameters),
        )
        answer = await self.call(self.services.identity.CreateGroup, request)
        self.send_json(shapes.group(answer.group, self.origin), HTTPStatus.CREATED)


class GroupHandler(RestHandler):
    """One group."""

    async def get(self, group: str) -> None:
        answer = await self.call(self.services.identity.GetGroup, identity_pb2.GetGroupRequest(group=group))
        self.send_json(shapes.group(answer.group, self.origin))

    async def delete(self, group: str) -> None:
        """Delete a group and everything below it; `permanently_remove` and `full_path` remove one that is marked."""
        request = identity_pb2.DeleteGroupRequest(
            group=group,
            permanently_remove=self.parameters.flag("permanently_remove") or False,
            full_path=self.parameters.text("full_path"),
        )
        await self.call(self.services.identity.DeleteGroup, request)
        self.send_json(_ACCEPTED, HTTPStatus.ACCEPTED)


class ProjectsHandler(RestHandler):
    """The projects that the caller sees, or those of a group."""

    async def get(self, group: str | None = None) -> None:
        """List projects; GitLab's parameters choose among them and order them."""
        parameters = self.parameters
        page = read_page(parameters)
        owned = parameters.flag("owned")
        member = _Role.GUEST if parameters.flag("membership") else None
        request = identity_pb2.ListProjectsRequest(
            group=group,
            include_subgroups=parameters.flag("include_subgroups") or False,
            search=parameters.given("search"),
            visibility=_visibility(parameters),
            minimum_access_level=parameters.level("min_access_level") or (_Role.OWNER if owned else member),
            order_by=parameters.text("order_by"),
            sort=parameters.text("sort"),
            **page,
        )
        answer = await self.call(self.services.identity.ListProjects, request)
        self.send_page([shapes.project(project, self.origin) for project in answer.projects], page, answer.total)


class ProjectCollectionHandler(ProjectsHandler):
    """All projects."""

    async def post(self) -> None:
        """Create a project from `name` or `path` or both, `namespace_id`, and optionally who may do what."""
        parameters = self.parameters
        name, path = parameters.text("name"), parameters.text("path")
        request = identity_pb2.CreateProjectRequest(
            name=name or path,
            path=path or _path_from(name),
            group_id=parameters.integer("namespace_id") or 0,
            visibility=_visibility(parameters),
            package_registry_access_level=_registry_level(parameters),
        )
        answer = await self.call(self.services.identity.CreateProject, request)
        self.send_json(shapes.project(answer.project, self.origin), HTTPStatus.CREATED)


class ProjectHandler(RestHandler):
    """One project."""

    async def get(self, project: str) -> None:
        answer = await self.call(self.services.identity.GetProject, identity_pb2.GetProjectRequest(project=project))
        self.send_json(shapes.project(answer.project, self.origin))

    async def put(self, project: str) -> None:
        """Change `name`, `visibility`, `package_registry_access_level` or `packages_enabled`."""
        request = identity_pb2.UpdateProjectRequest(
            project=project,
            name=self.parameters.given("name"),
            visibility=_visibility(self.parameters),
            package_registry_access_level=_registry_level(self.parameters),
        )
        answer = await self.call(self.services.identity.UpdateProject, request)
        self.send_json(shapes.project(answer.project, self.origin))

    async def delete(self, project: str) -> None:
        """Delete a project with its packages; `permanently_remove` and `full_path` remove one that is marked."""
        request = identity_pb2.DeleteProjectRequest(
            project=project,
            permanently_remove=self.parameters.flag("permanently_remove") or False,
            full_path=self.parameters.text("full_path"),
        )
        await self.call(self.services.identity.DeleteProject, request)
        self.send_json(_ACCEPTED, HTTPStatus.ACCEPTED)


def _path_from(name: str) -> str:
    """Return a path made of a name, as GitLab does when only the name is given."""
    return re.sub(r"[^a-z0-9_.]+", "-", name.lower()).strip("-")


def _visibility(parameters: Parameters) -> identity_pb2.Visibility.ValueType:
    return identity_pb2.Visibility.ValueType(parameters.choice("visibility", shapes.VISIBILITIES, absent=0))


def _registry_level(parameters: Parameters) -> identity_pb2.PackageRegistryAccessLevel.ValueType:
    """Read `package_registry_access_level`, or `packages_enabled`, which GitLab calls deprecated and clients send."""
    enabled = parameters.flag("packages_enabled")
    absent = 0 if enabled is None else shapes.REGISTRY_LEVELS["enabled" if enabled else "disabled"]
    number = parameters.choice("package_registry_access_level", shapes.REGISTRY_LEVELS, absent=absent)
    return identity_pb2.PackageRegistryAccessLevel.ValueType(number)
