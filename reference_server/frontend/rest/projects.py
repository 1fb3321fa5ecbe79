"""/projects, without what belongs to a project."""

from __future__ import annotations

import re

from generic_packages.storage.v1.identity_pb2 import (
    CreateProjectRequest,
    DeleteProjectRequest,
    GetProjectRequest,
    ListProjectsRequest,
    PackageRegistryAccessLevel,
    UpdateProjectRequest,
    Visibility,
)

from reference_server.frontend.rest.handler import ApiHandler, judged
from reference_server.frontend.rest.levels import GUEST, OWNER
from reference_server.frontend.rest.pagination import read_page
from reference_server.frontend.rest.parameters import Parameters
from reference_server.frontend.rest.shapes import places


class Projects(ApiHandler):
    """The projects that the caller sees, or those of a group."""

    @judged
    async def get(self, group: str | None = None) -> None:
        """List projects; GitLab's parameters choose among them and order them."""
        parameters = self.parameters
        page = read_page(parameters)
        owned = parameters.flag("owned")
        member = GUEST if parameters.flag("membership") else None
        request = ListProjectsRequest(
            credentials=self.credentials,
            group=group,
            include_subgroups=parameters.flag("include_subgroups") or False,
            search=parameters.given("search"),
            visibility=_visibility(parameters),
            minimum_access_level=parameters.level("min_access_level") or (OWNER if owned else member),
            order_by=parameters.text("order_by"),
            sort=parameters.text("sort"),
            page=page.number,
            per_page=page.size,
        )
        parameters.check()
        answer = await self.ask(self.services.identity.ListProjects, request)
        self.send_page([places.project(project, self.origin) for project in answer.projects], page, answer.total)


class ProjectCollection(Projects):
    """All projects."""

    @judged
    async def post(self) -> None:
        """Create a project from `name` or `path` or both, `namespace_id`, and optionally who may do what."""
        parameters = self.parameters
        name, path = parameters.text("name"), parameters.text("path")
        request = CreateProjectRequest(
            credentials=self.credentials,
            name=name or path,
            path=path or path_from(name),
            group_id=parameters.integer("namespace_id") or 0,
            visibility=_visibility(parameters),
            package_registry_access_level=_registry_level(parameters),
        )
        parameters.check()
        answer = await self.ask(self.services.identity.CreateProject, request)
        self.send_json(201, places.project(answer.project, self.origin))


class Project(ApiHandler):
    """One project."""

    async def get(self, project: str) -> None:
        """Show a project."""
        request = GetProjectRequest(credentials=self.credentials, project=project)
        answer = await self.ask(self.services.identity.GetProject, request)
        self.send_json(200, places.project(answer.project, self.origin))

    @judged
    async def put(self, project: str) -> None:
        """Change `name`, `visibility` or `package_registry_access_level`."""
        parameters = self.parameters
        request = UpdateProjectRequest(
            credentials=self.credentials,
            project=project,
            name=parameters.given("name"),
            visibility=_visibility(parameters),
            package_registry_access_level=_registry_level(parameters),
        )
        parameters.check()
        answer = await self.ask(self.services.identity.UpdateProject, request)
        self.send_json(200, places.project(answer.project, self.origin))

    async def delete(self, project: str) -> None:
        """Delete a project with its packages."""
        request = DeleteProjectRequest(credentials=self.credentials, project=project)
        await self.ask(self.services.identity.DeleteProject, request)
        self.send_json(202, {"message": "202 Accepted"})


def path_from(name: str) -> str:
    """Make a path of a name, as GitLab does when only the name is given."""
    return re.sub(r"[^a-z0-9_.]+", "-", name.lower()).strip("-")


def _visibility(parameters: Parameters) -> Visibility.ValueType:
    """Read who sees the project; unspecified when it is absent."""
    return Visibility.ValueType(parameters.choice("visibility", places.VISIBILITIES, absent=0))


def _registry_level(parameters: Parameters) -> PackageRegistryAccessLevel.ValueType:
    """Read who uses the package registry; unspecified when it is absent."""
    number = parameters.choice("package_registry_access_level", places.REGISTRY_LEVELS, absent=0)
    return PackageRegistryAccessLevel.ValueType(number)
