"""POST /projects, GET and DELETE /projects/:id."""

from __future__ import annotations

import re

from generic_packages.storage.v1.identity_pb2 import (
    CreateProjectRequest,
    DeleteProjectRequest,
    GetProjectRequest,
    Visibility,
)

from reference_server.frontend.rest import shapes
from reference_server.frontend.rest.handler import ApiHandler, ChangingHandler
from reference_server.frontend.rest.parameters import Parameters


class Projects(ChangingHandler):
    """The collection of projects."""

    async def create(self, parameters: Parameters, *_path: str) -> None:
        """Create a project from `name` or `path` or both, `namespace_id`, and optionally `visibility`."""
        name, path = parameters.text("name"), parameters.text("path")
        request = CreateProjectRequest(
            credentials=self.credentials,
            name=name or path,
            path=path or path_from(name),
            group_id=parameters.integer("namespace_id") or 0,
            visibility=Visibility.ValueType(parameters.choice("visibility", shapes.VISIBILITIES, absent=0)),
        )
        parameters.check()
        answer = await self.ask(self.identity.CreateProject, request)
        self.send_json(201, shapes.project(answer.project, self.origin))


class Project(ApiHandler):
    """One project."""

    async def get(self, project: str) -> None:
        """Show a project."""
        answer = await self.ask(
            self.identity.GetProject, GetProjectRequest(credentials=self.credentials, project=project)
        )
        self.send_json(200, shapes.project(answer.project, self.origin))

    head = get

    async def delete(self, project: str) -> None:
        """Delete a project with its packages."""
        await self.ask(self.identity.DeleteProject, DeleteProjectRequest(credentials=self.credentials, project=project))
        self.send_json(202, {"message": "202 Accepted"})


def path_from(name: str) -> str:
    """Make a path of a name, as GitLab does when only the name is given."""
    return re.sub(r"[^a-z0-9_.]+", "-", name.lower()).strip("-")
