"""Which projects' job tokens a project lets in."""

from __future__ import annotations

from http import HTTPStatus

from generic_packages.storage.v1 import ci_pb2

from reference_server.frontend.api.parameters import path_number
from reference_server.frontend.api.shapes import groups_and_projects as shapes
from reference_server.frontend.rest.handler import RestHandler, read_page


class JobTokenScopeHandler(RestHandler):
    """Whether the allowlist counts."""

    async def get(self, project: str) -> None:
        answer = await self.call(self.services.ci.GetJobTokenScope, ci_pb2.GetJobTokenScopeRequest(project=project))
        self.send_json({"inbound_enabled": answer.enabled, "outbound_enabled": False})

    async def patch(self, project: str) -> None:
        request = ci_pb2.UpdateJobTokenScopeRequest(project=project, enabled=self.parameters.required_flag("enabled"))
        await self.call(self.services.ci.UpdateJobTokenScope, request)
        self.send_nothing()


class JobTokenAllowlistHandler(RestHandler):
    """The projects that are let in."""

    async def get(self, project: str) -> None:
        page = read_page(self.parameters)
        request = ci_pb2.ListJobTokenAllowlistRequest(project=project, **page)
        answer = await self.call(self.services.ci.ListJobTokenAllowlist, request)
        self.send_page([shapes.project(one, self.origin) for one in answer.projects], page, answer.total)

    async def post(self, project: str) -> None:
        target = self.parameters.required_integer("target_project_id")
        request = ci_pb2.AddToJobTokenAllowlistRequest(project=project, target_project_id=target)
        answer = await self.call(self.services.ci.AddToJobTokenAllowlist, request)
        source, target = answer.source_project_id, answer.target_project_id
        self.send_json({"source_project_id": source, "target_project_id": target}, HTTPStatus.CREATED)


class AllowedProjectHandler(RestHandler):
    """One project that is let in."""

    async def delete(self, project: str, target: str) -> None:
        request = ci_pb2.RemoveFromJobTokenAllowlistRequest(
            project=project, target_project_id=path_number("target_project_id", target)
        )
        await self.call(self.services.ci.RemoveFromJobTokenAllowlist, request)
        self.send_nothing()
