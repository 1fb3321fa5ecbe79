"""Which projects' job tokens a project lets in."""

from __future__ import annotations

from generic_packages.storage.v1.ci_pb2 import (
    AddToJobTokenAllowlistRequest,
    GetJobTokenScopeRequest,
    ListJobTokenAllowlistRequest,
    RemoveFromJobTokenAllowlistRequest,
    UpdateJobTokenScopeRequest,
)

from reference_server.frontend.rest.addressed import path_number
from reference_server.frontend.rest.handler import ApiHandler, judged
from reference_server.frontend.rest.pagination import read_page
from reference_server.frontend.rest.shapes import places


class JobTokenScope(ApiHandler):
    """Whether the allowlist counts."""

    async def get(self, project: str) -> None:
        """Show whether it does."""
        request = GetJobTokenScopeRequest(credentials=self.credentials, project=project)
        answer = await self.ask(self.services.ci.GetJobTokenScope, request)
        self.send_json(200, {"inbound_enabled": answer.enabled, "outbound_enabled": False})

    @judged
    async def patch(self, project: str) -> None:
        """Change whether it does by `enabled`."""
        parameters = self.parameters
        enabled = parameters.required_flag("enabled")
        parameters.check()
        request = UpdateJobTokenScopeRequest(credentials=self.credentials, project=project, enabled=enabled)
        await self.ask(self.services.ci.UpdateJobTokenScope, request)
        self.send_nothing()


class JobTokenAllowlist(ApiHandler):
    """The projects that are let in."""

    @judged
    async def get(self, project: str) -> None:
        """List them."""
        parameters = self.parameters
        page = read_page(parameters)
        request = ListJobTokenAllowlistRequest(
            credentials=self.credentials, project=project, page=page.number, per_page=page.size
        )
        parameters.check()
        answer = await self.ask(self.services.ci.ListJobTokenAllowlist, request)
        self.send_page([places.project(one, self.origin) for one in answer.projects], page, answer.total)

    @judged
    async def post(self, project: str) -> None:
        """Let a project in by `target_project_id`."""
        parameters = self.parameters
        request = AddToJobTokenAllowlistRequest(
            credentials=self.credentials,
            project=project,
            target_project_id=parameters.required_integer("target_project_id"),
        )
        parameters.check()
        answer = await self.ask(self.services.ci.AddToJobTokenAllowlist, request)
        shown = {"source_project_id": answer.source_project_id, "target_project_id": answer.target_project_id}
        self.send_json(201, {**shown})


class AllowedProject(ApiHandler):
    """One project that is let in."""

    @judged
    async def delete(self, project: str, target: str) -> None:
        """Keep it out again."""
        request = RemoveFromJobTokenAllowlistRequest(
            credentials=self.credentials,
            project=project,
            target_project_id=path_number("target_project_id", target),
        )
        await self.ask(self.services.ci.RemoveFromJobTokenAllowlist, request)
        self.send_nothing()
