"""Pipelines of a project, each with one job."""

from __future__ import annotations

from generic_packages.storage.v1.ci_pb2 import (
    CreatePipelineRequest,
    DeletePipelineRequest,
    GetPipelineRequest,
    JobStatus,
    ListPipelinesRequest,
)

from reference_server.frontend.rest.addressed import path_number
from reference_server.frontend.rest.handler import ApiHandler, judged
from reference_server.frontend.rest.pagination import read_page
from reference_server.frontend.rest.shapes import ci


class NewPipeline(ApiHandler):
    """Where pipelines begin."""

    @judged
    async def post(self, project: str) -> None:
        """Create a pipeline from `ref`."""
        parameters = self.parameters
        request = CreatePipelineRequest(credentials=self.credentials, project=project, ref=parameters.text("ref"))
        parameters.check()
        answer = await self.ask(self.services.ci.CreatePipeline, request)
        self.send_json(201, ci.whole_pipeline(answer.pipeline, self.origin))


class Pipelines(ApiHandler):
    """A project's pipelines."""

    @judged
    async def get(self, project: str) -> None:
        """List pipelines; `status` and `ref` choose among them."""
        parameters = self.parameters
        page = read_page(parameters)
        request = ListPipelinesRequest(
            credentials=self.credentials,
            project=project,
            status=JobStatus.ValueType(parameters.choice("status", ci.JOB_STATUSES, absent=0)),
            ref=parameters.given("ref"),
            page=page.number,
            per_page=page.size,
        )
        parameters.check()
        answer = await self.ask(self.services.ci.ListPipelines, request)
        self.send_page([ci.pipeline(pipeline, self.origin) for pipeline in answer.pipelines], page, answer.total)


class Pipeline(ApiHandler):
    """One pipeline."""

    @judged
    async def get(self, project: str, pipeline: str) -> None:
        """Show a pipeline."""
        request = GetPipelineRequest(
            credentials=self.credentials, project=project, pipeline_id=path_number("pipeline_id", pipeline)
        )
        answer = await self.ask(self.services.ci.GetPipeline, request)
        self.send_json(200, ci.whole_pipeline(answer.pipeline, self.origin))

    @judged
    async def delete(self, project: str, pipeline: str) -> None:
        """Delete a pipeline with its job."""
        request = DeletePipelineRequest(
            credentials=self.credentials, project=project, pipeline_id=path_number("pipeline_id", pipeline)
        )
        await self.ask(self.services.ci.DeletePipeline, request)
        self.send_nothing()
