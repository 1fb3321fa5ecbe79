"""Runners: /user/runners, /runners, and those of projects and groups."""

from __future__ import annotations

from generic_packages.storage.v1.ci_pb2 import (
    CreateRunnerRequest,
    DeleteRunnerRequest,
    GetRunnerRequest,
    ListRunnersRequest,
    RunnerType,
)

from reference_server.frontend.rest.addressed import path_number, place
from reference_server.frontend.rest.handler import ApiHandler, judged
from reference_server.frontend.rest.pagination import read_page
from reference_server.frontend.rest.shapes import ci


class UserRunners(ApiHandler):
    """Where users create runners."""

    @judged
    async def post(self) -> None:
        """Create a runner from `runner_type` and `project_id` or `group_id`, and show its token this once."""
        parameters = self.parameters
        request = CreateRunnerRequest(
            credentials=self.credentials,
            type=RunnerType.ValueType(parameters.choice("runner_type", ci.RUNNER_TYPES, absent=0)),
            group_id=parameters.integer("group_id"),
            project_id=parameters.integer("project_id"),
            description=parameters.text("description"),
        )
        parameters.check()
        answer = await self.ask(self.services.ci.CreateRunner, request)
        self.send_json(201, {"id": answer.runner.id, "token": answer.token, "token_expires_at": None})


class Runners(ApiHandler):
    """The runners of one place, or all."""

    @judged
    async def get(self, kind: str = "", name: str = "") -> None:
        """List runners."""
        parameters = self.parameters
        page = read_page(parameters)
        request = ListRunnersRequest(
            credentials=self.credentials,
            place=place(kind, name) if kind else None,
            page=page.number,
            per_page=page.size,
        )
        parameters.check()
        answer = await self.ask(self.services.ci.ListRunners, request)
        self.send_page([ci.runner(runner) for runner in answer.runners], page, answer.total)


class Runner(ApiHandler):
    """One runner."""

    @judged
    async def get(self, runner: str) -> None:
        """Show a runner."""
        request = GetRunnerRequest(credentials=self.credentials, runner_id=path_number("id", runner))
        answer = await self.ask(self.services.ci.GetRunner, request)
        self.send_json(200, ci.runner(answer.runner))

    @judged
    async def delete(self, runner: str) -> None:
        """Delete a runner."""
        request = DeleteRunnerRequest(credentials=self.credentials, runner_id=path_number("id", runner))
        await self.ask(self.services.ci.DeleteRunner, request)
        self.send_nothing()
