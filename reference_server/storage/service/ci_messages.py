"""Runners, pipelines and jobs as the contract's messages."""

from __future__ import annotations

from generic_packages.storage.v1 import ci_pb2 as pb

from reference_server.storage.metadata.models import Runner
from reference_server.storage.metadata.repositories.pipelines import PipelineRecord
from reference_server.storage.service import identity_messages, messages

_JOB_NAME = "job"
_STAGE = "test"


def runner(value: Runner) -> pb.Runner:
    return pb.Runner(
        id=value.id,
        type=pb.RunnerType.ValueType(value.type),
        description=value.description,
        group_id=value.group_id,
        project_id=value.project_id,
        created_at=messages.timestamp(value.created_at),
    )


def pipeline(record: PipelineRecord) -> pb.Pipeline:
    value = record.pipeline
    return pb.Pipeline(
        id=value.id,
        iid=value.iid,
        project_id=value.project_id,
        project_path=record.project_path,
        ref=value.ref,
        sha=record.sha,
        status=pb.JobStatus.ValueType(record.job.status),
        user=None if record.user is None else identity_messages.user(record.user),
        created_at=messages.timestamp(value.created_at),
        updated_at=messages.timestamp(record.updated_at),
    )


def job(record: PipelineRecord) -> pb.Job:
    value = record.job
    return pb.Job(
        id=value.id,
        name=_JOB_NAME,
        stage=_STAGE,
        status=pb.JobStatus.ValueType(value.status),
        pipeline=pipeline(record),
        runner_id=value.runner_id,
        created_at=messages.timestamp(value.created_at),
        started_at=None if value.started_at is None else messages.timestamp(value.started_at),
        finished_at=None if value.finished_at is None else messages.timestamp(value.finished_at),
    )
