"""Runners, pipelines and jobs, and whose job tokens projects let in."""

from __future__ import annotations

from peewee import AutoField, BlobField, CompositeKey, IntegerField, TextField

from reference_server.storage.metadata.models.record import Record


class Runner(Record):
    """A runner of an instance, a group or a project."""

    id = AutoField()
    type = IntegerField()
    group_id = IntegerField(null=True)
    project_id = IntegerField(null=True)
    description = TextField()
    digest = BlobField()
    created_at = IntegerField()


class Pipeline(Record):
    """A pipeline, which has one job."""

    id = AutoField()
    iid = IntegerField()
    project_id = IntegerField()
    user_id = IntegerField(null=True)
    ref = TextField()
    created_at = IntegerField()


class Job(Record):
    """The job of a pipeline."""

    id = AutoField()
    pipeline_id = IntegerField()
    runner_id = IntegerField(null=True)
    status = IntegerField()
    digest = BlobField(null=True)
    created_at = IntegerField()
    started_at = IntegerField(null=True)
    finished_at = IntegerField(null=True)


class JobTokenAllowance(Record):
    """A project whose job tokens another project lets in."""

    project_id = IntegerField()
    source_id = IntegerField()

    class Meta:
        table_name = "job_token_allowlist"
        primary_key = CompositeKey("project_id", "source_id")
