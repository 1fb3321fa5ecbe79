"""The servicer of runners, pipelines, jobs and job token scopes."""

from __future__ import annotations

from generic_packages.storage.v1 import ci_pb2 as pb
from generic_packages.storage.v1.ci_pb2_grpc import CiServiceServicer

from reference_server.storage.ci.runners import RunnerFields
from reference_server.storage.metadata.repositories.pipelines import JobFilter, PipelineFilter
from reference_server.storage.rules.gitlab import require
from reference_server.storage.service import ci_messages as messages
from reference_server.storage.service import identity_messages
from reference_server.storage.service.admission import Admission
from reference_server.storage.service.calls import Context
from reference_server.storage.service.messages import page_request, read
from reference_server.storage.wiring import StorageServices


class CiServicer(CiServiceServicer):
    """CI, as far as job tokens need it."""

    def __init__(self, admission: Admission, services: StorageServices) -> None:
        self._admission = admission
        self._gitlab = services.gitlab
        self._runners = services.runners
        self._pipelines = services.pipelines
        self._jobs = services.jobs
        self._scopes = services.job_token_scopes

    async def CreateRunner(self, request: pb.CreateRunnerRequest, _: Context) -> pb.CreateRunnerResponse:
        require(self._gitlab.user_runners)
        fields = RunnerFields(
            request.type,
            request.group_id if request.HasField("group_id") else None,
            request.project_id if request.HasField("project_id") else None,
            request.description,
        )
        runner, token = await self._runners.create(self._admission.user(request), fields)
        return pb.CreateRunnerResponse(runner=messages.runner(runner), token=token)

    async def ResetRegistrationToken(
        self, request: pb.ResetRegistrationTokenRequest, _: Context
    ) -> pb.ResetRegistrationTokenResponse:
        where = identity_messages.resource(request.place)
        token = await self._runners.reset_registration_token(self._admission.user(request), where)
        return pb.ResetRegistrationTokenResponse(token=token)

    async def RegisterRunner(self, request: pb.RegisterRunnerRequest, _: Context) -> pb.RegisterRunnerResponse:
        with self._admission.by_token(request.registration_token):
            runner, token = await self._runners.register(request.registration_token, request.description)
        return pb.RegisterRunnerResponse(runner=messages.runner(runner), token=token)

    async def ListRunners(self, request: pb.ListRunnersRequest, _: Context) -> pb.ListRunnersResponse:
        where = identity_messages.resource(request.place) if request.HasField("place") else None
        listed = self._runners.list(self._admission.user(request), where, page_request(request))
        return pb.ListRunnersResponse(runners=map(messages.runner, listed.rows), total=listed.total)

    async def GetRunner(self, request: pb.GetRunnerRequest, _: Context) -> pb.GetRunnerResponse:
        runner = self._runners.read(self._admission.user(request), request.runner_id)
        return pb.GetRunnerResponse(runner=messages.runner(runner))

    async def DeleteRunner(self, request: pb.DeleteRunnerRequest, _: Context) -> pb.DeleteRunnerResponse:
        await self._runners.delete(self._admission.user(request), request.runner_id)
        return pb.DeleteRunnerResponse()

    async def CreatePipeline(self, request: pb.CreatePipelineRequest, _: Context) -> pb.CreatePipelineResponse:
        record = await self._pipelines.create(self._admission.user(request), request.project, request.ref)
        return pb.CreatePipelineResponse(pipeline=messages.pipeline(record))

    async def GetPipeline(self, request: pb.GetPipelineRequest, _: Context) -> pb.GetPipelineResponse:
        record = self._pipelines.read(self._admission.caller(request), request.project, request.pipeline_id)
        return pb.GetPipelineResponse(pipeline=messages.pipeline(record))

    async def ListPipelines(self, request: pb.ListPipelinesRequest, _: Context) -> pb.ListPipelinesResponse:
        caller, page = self._admission.caller(request), page_request(request)
        listed = self._pipelines.list(caller, request.project, read(PipelineFilter, request), page)
        return pb.ListPipelinesResponse(pipelines=map(messages.pipeline, listed.rows), total=listed.total)

    async def DeletePipeline(self, request: pb.DeletePipelineRequest, _: Context) -> pb.DeletePipelineResponse:
        await self._pipelines.delete(self._admission.user(request), request.project, request.pipeline_id)
        return pb.DeletePipelineResponse()

    async def GetJob(self, request: pb.GetJobRequest, _: Context) -> pb.GetJobResponse:
        record = self._jobs.read(self._admission.caller(request), request.project, request.job_id)
        return pb.GetJobResponse(job=messages.job(record))

    async def ListJobs(self, request: pb.ListJobsRequest, _: Context) -> pb.ListJobsResponse:
        caller, page = self._admission.caller(request), page_request(request)
        listed = self._jobs.list(caller, request.project, read(JobFilter, request), page)
        return pb.ListJobsResponse(jobs=map(messages.job, listed.rows), total=listed.total)

    async def CancelJob(self, request: pb.CancelJobRequest, _: Context) -> pb.CancelJobResponse:
        record = await self._jobs.cancel(self._admission.user(request), request.project, request.job_id)
        return pb.CancelJobResponse(job=messages.job(record))

    async def RequestJob(self, request: pb.RequestJobRequest, _: Context) -> pb.RequestJobResponse:
        with self._admission.by_token(request.runner_token):
            taken = await self._jobs.request(request.runner_token)
        if taken is None:
            return pb.RequestJobResponse()
        record, token = taken
        return pb.RequestJobResponse(job=messages.job(record), token=token)

    async def UpdateJob(self, request: pb.UpdateJobRequest, _: Context) -> pb.UpdateJobResponse:
        with self._admission.by_token(request.job_token):
            record = await self._jobs.report(request.job_id, request.job_token, request.state)
        return pb.UpdateJobResponse(job=messages.job(record))

    async def GetJobTokenScope(self, request: pb.GetJobTokenScopeRequest, _: Context) -> pb.GetJobTokenScopeResponse:
        enabled = self._scopes.enabled(self._admission.user(request), request.project)
        return pb.GetJobTokenScopeResponse(enabled=enabled)

    async def UpdateJobTokenScope(
        self, request: pb.UpdateJobTokenScopeRequest, _: Context
    ) -> pb.UpdateJobTokenScopeResponse:
        await self._scopes.enable(self._admission.user(request), request.project, enabled=request.enabled)
        return pb.UpdateJobTokenScopeResponse()

    async def ListJobTokenAllowlist(
        self, request: pb.ListJobTokenAllowlistRequest, _: Context
    ) -> pb.ListJobTokenAllowlistResponse:
        caller, page = self._admission.user(request), page_request(request)
        listed = self._scopes.list(caller, request.project, page)
        projects = map(identity_messages.project, listed.rows)
        return pb.ListJobTokenAllowlistResponse(projects=projects, total=listed.total)

    async def AddToJobTokenAllowlist(
        self, request: pb.AddToJobTokenAllowlistRequest, _: Context
    ) -> pb.AddToJobTokenAllowlistResponse:
        caller = self._admission.user(request)
        source, target = await self._scopes.add(caller, request.project, request.target_project_id)
        return pb.AddToJobTokenAllowlistResponse(source_project_id=source, target_project_id=target)

    async def RemoveFromJobTokenAllowlist(
        self, request: pb.RemoveFromJobTokenAllowlistRequest, _: Context
    ) -> pb.RemoveFromJobTokenAllowlistResponse:
        await self._scopes.remove(self._admission.user(request), request.project, request.target_project_id)
        return pb.RemoveFromJobTokenAllowlistResponse()
