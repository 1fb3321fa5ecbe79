"""CiService."""

# ruff: noqa: N802, ARG002 -- names and parameters are those of the generated service

from __future__ import annotations

from typing import Any

import grpc
from generic_packages.storage.v1 import ci_pb2 as pb
from generic_packages.storage.v1.ci_pb2_grpc import CiServiceServicer

from reference_server.storage.ci.jobs import WantedJobs
from reference_server.storage.ci.pipelines import WantedPipelines
from reference_server.storage.ci.runners import NewRunner
from reference_server.storage.rooms import CiRooms
from reference_server.storage.service import admission, ci_messages
from reference_server.storage.service import identity_messages as to_message

Context = grpc.aio.ServicerContext[Any, Any]


class CiServicer(CiServiceServicer):
    """Translates between messages and rooms; calls.py turns what is raised into statuses."""

    def __init__(self, rooms: CiRooms) -> None:
        self._runners = rooms.runners
        self._pipelines = rooms.pipelines
        self._jobs = rooms.jobs
        self._scope = rooms.job_token_scope

    async def CreateRunner(self, request: pb.CreateRunnerRequest, context: Context) -> pb.CreateRunnerResponse:
        """Answer CreateRunner."""
        new = NewRunner(
            request.type,
            request.group_id if request.HasField("group_id") else None,
            request.project_id if request.HasField("project_id") else None,
            request.description,
        )
        created = await self._runners.create(admission.presented(request.credentials), new)
        return pb.CreateRunnerResponse(runner=ci_messages.runner(created.runner), token=created.token)

    async def ListRunners(self, request: pb.ListRunnersRequest, context: Context) -> pb.ListRunnersResponse:
        """Answer ListRunners."""
        presented = admission.presented(request.credentials)
        place = to_message.place(request.place) if request.HasField("place") else None
        listed = self._runners.list(presented, place, to_message.page(request))
        return pb.ListRunnersResponse(runners=map(ci_messages.runner, listed.rows), total=listed.total)

    async def GetRunner(self, request: pb.GetRunnerRequest, context: Context) -> pb.GetRunnerResponse:
        """Answer GetRunner."""
        presented = admission.presented(request.credentials)
        return pb.GetRunnerResponse(runner=ci_messages.runner(self._runners.read(presented, request.runner_id)))

    async def DeleteRunner(self, request: pb.DeleteRunnerRequest, context: Context) -> pb.DeleteRunnerResponse:
        """Answer DeleteRunner."""
        await self._runners.delete(admission.presented(request.credentials), request.runner_id)
        return pb.DeleteRunnerResponse()

    async def CreatePipeline(self, request: pb.CreatePipelineRequest, context: Context) -> pb.CreatePipelineResponse:
        """Answer CreatePipeline."""
        presented = admission.presented(request.credentials)
        view = await self._pipelines.create(presented, request.project, request.ref)
        return pb.CreatePipelineResponse(pipeline=ci_messages.pipeline(view))

    async def GetPipeline(self, request: pb.GetPipelineRequest, context: Context) -> pb.GetPipelineResponse:
        """Answer GetPipeline."""
        presented = admission.presented(request.credentials)
        view = self._pipelines.read(presented, request.project, request.pipeline_id)
        return pb.GetPipelineResponse(pipeline=ci_messages.pipeline(view))

    async def ListPipelines(self, request: pb.ListPipelinesRequest, context: Context) -> pb.ListPipelinesResponse:
        """Answer ListPipelines."""
        presented = admission.presented(request.credentials)
        wanted = WantedPipelines(request.status, request.ref if request.HasField("ref") else None)
        listed = self._pipelines.list(presented, request.project, wanted, to_message.page(request))
        return pb.ListPipelinesResponse(pipelines=map(ci_messages.pipeline, listed.rows), total=listed.total)

    async def DeletePipeline(self, request: pb.DeletePipelineRequest, context: Context) -> pb.DeletePipelineResponse:
        """Answer DeletePipeline."""
        presented = admission.presented(request.credentials)
        await self._pipelines.delete(presented, request.project, request.pipeline_id)
        return pb.DeletePipelineResponse()

    async def GetJob(self, request: pb.GetJobRequest, context: Context) -> pb.GetJobResponse:
        """Answer GetJob."""
        presented = admission.presented(request.credentials)
        return pb.GetJobResponse(job=ci_messages.job(self._jobs.read(presented, request.project, request.job_id)))

    async def ListJobs(self, request: pb.ListJobsRequest, context: Context) -> pb.ListJobsResponse:
        """Answer ListJobs."""
        presented = admission.presented(request.credentials)
        pipeline_id = request.pipeline_id if request.HasField("pipeline_id") else None
        wanted = WantedJobs(pipeline_id, tuple(request.statuses))
        listed = self._jobs.list(presented, request.project, wanted, to_message.page(request))
        return pb.ListJobsResponse(jobs=map(ci_messages.job, listed.rows), total=listed.total)

    async def CancelJob(self, request: pb.CancelJobRequest, context: Context) -> pb.CancelJobResponse:
        """Answer CancelJob."""
        presented = admission.presented(request.credentials)
        view = await self._jobs.cancel(presented, request.project, request.job_id)
        return pb.CancelJobResponse(job=ci_messages.job(view))

    async def RequestJob(self, request: pb.RequestJobRequest, context: Context) -> pb.RequestJobResponse:
        """Answer RequestJob."""
        taken = await self._jobs.request(request.runner_token)
        if taken is None:
            return pb.RequestJobResponse()
        return pb.RequestJobResponse(job=ci_messages.job(taken.view), token=taken.token)

    async def UpdateJob(self, request: pb.UpdateJobRequest, context: Context) -> pb.UpdateJobResponse:
        """Answer UpdateJob."""
        view = await self._jobs.report(request.job_id, request.job_token, request.state)
        return pb.UpdateJobResponse(job=ci_messages.job(view))

    async def GetJobTokenScope(
        self, request: pb.GetJobTokenScopeRequest, context: Context
    ) -> pb.GetJobTokenScopeResponse:
        """Answer GetJobTokenScope."""
        presented = admission.presented(request.credentials)
        return pb.GetJobTokenScopeResponse(enabled=self._scope.enabled(presented, request.project))

    async def UpdateJobTokenScope(
        self, request: pb.UpdateJobTokenScopeRequest, context: Context
    ) -> pb.UpdateJobTokenScopeResponse:
        """Answer UpdateJobTokenScope."""
        presented = admission.presented(request.credentials)
        await self._scope.enable(presented, request.project, enabled=request.enabled)
        return pb.UpdateJobTokenScopeResponse()

    async def ListJobTokenAllowlist(
        self, request: pb.ListJobTokenAllowlistRequest, context: Context
    ) -> pb.ListJobTokenAllowlistResponse:
        """Answer ListJobTokenAllowlist."""
        presented = admission.presented(request.credentials)
        listed = self._scope.list(presented, request.project, to_message.page(request))
        return pb.ListJobTokenAllowlistResponse(projects=map(to_message.project, listed.rows), total=listed.total)

    async def AddToJobTokenAllowlist(
        self, request: pb.AddToJobTokenAllowlistRequest, context: Context
    ) -> pb.AddToJobTokenAllowlistResponse:
        """Answer AddToJobTokenAllowlist."""
        presented = admission.presented(request.credentials)
        source, target = await self._scope.add(presented, request.project, request.target_project_id)
        return pb.AddToJobTokenAllowlistResponse(source_project_id=source, target_project_id=target)

    async def RemoveFromJobTokenAllowlist(
        self, request: pb.RemoveFromJobTokenAllowlistRequest, context: Context
    ) -> pb.RemoveFromJobTokenAllowlistResponse:
        """Answer RemoveFromJobTokenAllowlist."""
        presented = admission.presented(request.credentials)
        await self._scope.remove(presented, request.project, request.target_project_id)
        return pb.RemoveFromJobTokenAllowlistResponse()
