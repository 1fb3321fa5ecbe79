"""Runners, pipelines and jobs."""

from __future__ import annotations

from typing import Final

from generic_packages.storage.v1 import ci_pb2

from reference_server.frontend.api.shapes.optional import given, instant
from reference_server.frontend.api.shapes.users import brief_user
from reference_server.frontend.http.responses import JsonValue, iso_milliseconds

RUNNER_TYPES: Final = {
    "instance_type": int(ci_pb2.RUNNER_TYPE_INSTANCE),
    "group_type": int(ci_pb2.RUNNER_TYPE_GROUP),
    "project_type": int(ci_pb2.RUNNER_TYPE_PROJECT),
}
"""GitLab's words for whose jobs a runner takes."""

JOB_STATUSES: Final = {
    "pending": int(ci_pb2.JOB_STATUS_PENDING),
    "running": int(ci_pb2.JOB_STATUS_RUNNING),
    "success": int(ci_pb2.JOB_STATUS_SUCCESS),
    "failed": int(ci_pb2.JOB_STATUS_FAILED),
    "canceled": int(ci_pb2.JOB_STATUS_CANCELED),
}
"""GitLab's words for where a job and its pipeline stand."""

_TYPE_WORDS = {number: word for word, number in RUNNER_TYPES.items()}
_STATUS_WORDS = {number: word for word, number in JOB_STATUSES.items()}
_NO_COMMIT = "0" * 40


def runner(value: ci_pb2.Runner) -> dict[str, JsonValue]:
    """Return a runner without its token."""
    return {
        "id": value.id,
        "description": value.description,
        "active": True,
        "paused": False,
        "is_shared": value.type == ci_pb2.RUNNER_TYPE_INSTANCE,
        "runner_type": _TYPE_WORDS[value.type],
        "name": None,
        "online": None,
        "status": "never_contacted",
        "created_at": iso_milliseconds(value.created_at),
    }


def pipeline(value: ci_pb2.Pipeline, origin: str) -> dict[str, JsonValue]:
    """Return a pipeline in a list; `origin` is the scheme and host that links begin with."""
    return {
        "id": value.id,
        "iid": value.iid,
        "project_id": value.project_id,
        "sha": value.sha,
        "ref": value.ref,
        "status": _STATUS_WORDS[value.status],
        "source": "api",
        "created_at": iso_milliseconds(value.created_at),
        "updated_at": iso_milliseconds(value.updated_at),
        "web_url": f"{origin}/{value.project_path}/-/pipelines/{value.id}",
        "user": brief_user(value.user, origin) if value.HasField("user") else None,
    }


def whole_pipeline(value: ci_pb2.Pipeline, origin: str) -> dict[str, JsonValue]:
    """Return a pipeline on its own."""
    return {**pipeline(value, origin), "before_sha": _NO_COMMIT, "tag": False, "yaml_errors": None}


def job_status(value: ci_pb2.Job) -> str:
    """Return where a job stands."""
    return _STATUS_WORDS[value.status]


def job(value: ci_pb2.Job, origin: str) -> dict[str, JsonValue]:
    """Return a job without its token."""
    above = value.pipeline
    return {
        "id": value.id,
        "status": job_status(value),
        "stage": value.stage,
        "name": value.name,
        "ref": above.ref,
        "tag": False,
        "created_at": iso_milliseconds(value.created_at),
        "started_at": instant(value, "started_at"),
        "finished_at": instant(value, "finished_at"),
        "user": brief_user(above.user, origin) if above.HasField("user") else None,
        "pipeline": {
            "id": above.id,
            "iid": above.iid,
            "project_id": above.project_id,
            "sha": above.sha,
            "ref": above.ref,
            "status": _STATUS_WORDS[above.status],
        },
        "web_url": f"{origin}/{above.project_path}/-/jobs/{value.id}",
        "runner": None if given(value, "runner_id") is None else {"id": value.runner_id},
    }


def assignment(value: ci_pb2.Job, token: str, origin: str) -> dict[str, JsonValue]:
    """Hand a job to the runner that asked for one: what a runner needs to know, with the job's token, this once."""
    above = value.pipeline
    variables = {
        "CI": "true",
        "CI_API_V4_URL": f"{origin}/api/v4",
        "CI_COMMIT_REF_NAME": above.ref,
        "CI_COMMIT_SHA": above.sha,
        "CI_JOB_ID": str(value.id),
        "CI_JOB_TOKEN": token,
        "CI_PIPELINE_ID": str(above.id),
        "CI_PROJECT_ID": str(above.project_id),
        "CI_PROJECT_PATH": above.project_path,
    }
    return {
        "id": value.id,
        "token": token,
        "allow_git_fetch": False,
        "job_info": {
            "id": value.id,
            "name": value.name,
            "stage": value.stage,
            "project_id": above.project_id,
            "project_name": above.project_path.rpartition("/")[2],
        },
        "git_info": {"ref": above.ref, "ref_type": "branch", "sha": above.sha, "before_sha": _NO_COMMIT},
        "variables": [
            {"key": key, "value": text, "public": key != "CI_JOB_TOKEN", "masked": key == "CI_JOB_TOKEN"}
            for key, text in variables.items()
        ],
        "steps": [],
        "image": None,
        "services": [],
        "artifacts": None,
        "cache": [],
        "credentials": [],
        "dependencies": [],
        "features": {"trace_sections": False},
    }
