"""Users with roles, and jobs that run, made in a storage."""

# ruff: noqa: ANN401 -- answers of every message pass through here

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from generic_packages.storage.v1 import ci_pb2, credential_pb2, identity_pb2
from generic_packages.storage.v1.credential_pb2 import Credential

from tests.support.storage import Registry, in_project, private_token

_numbers = itertools.count(1)


@dataclass(frozen=True, slots=True)
class Person:
    id: int
    username: str
    credentials: Sequence[Credential]


def new_user(registry: Registry, *, administrator: bool = False) -> Any:
    name = f"person-{next(_numbers)}"
    return registry.ask(
        "CreateUser", username=name, name=name.title(), email=f"{name}@example.org", administrator=administrator
    ).user


def personal_token(registry: Registry, user_id: int, *scopes: str, expires_at: str | None = None) -> Any:
    """Make a personal access token, of the scope "api" unless others are named."""
    return registry.ask(
        "CreatePersonalAccessToken", user_id=user_id, name="token", scopes=scopes or ("api",), expires_at=expires_at
    )


def person(registry: Registry, *scopes: str, administrator: bool = False) -> Person:
    user = new_user(registry, administrator=administrator)
    secret = personal_token(registry, user.id, *scopes).secret
    return Person(user.id, user.username, private_token(secret))


def give_role(
    registry: Registry, place: identity_pb2.Place, user_id: int, level: int, *, expires_at: str | None = None
) -> Any:
    return registry.ask("AddMember", place=place, user_id=user_id, access_level=level, expires_at=expires_at).member


def new_runner(registry: Registry, project_id: int) -> str:
    """Create a runner of a project, or register it where GitLab is too old for that; return its token."""
    if registry.gitlab == "15.0":
        return register_runner(registry, in_project(project_id))
    return str(registry.ask("CreateRunner", type=ci_pb2.RUNNER_TYPE_PROJECT, project_id=project_id).token)


def register_runner(registry: Registry, place: identity_pb2.Place) -> str:
    registration = registry.ask("ResetRegistrationToken", place=place).token
    return str(registry.ask("RegisterRunner", registration_token=registration).token)


def new_pipeline(registry: Registry, project_id: int, by: Sequence[Credential]) -> Any:
    return registry.ask("CreatePipeline", by=by, project=str(project_id), ref="main").pipeline


def running_job(registry: Registry, project_id: int, by: Sequence[Credential]) -> Any:
    new_pipeline(registry, project_id, by)
    return registry.ask("RequestJob", runner_token=new_runner(registry, project_id))


def end_job(registry: Registry, job: ci_pb2.RequestJobResponse, state: str = "success") -> Any:
    return registry.ask("UpdateJob", job_id=job.job.id, job_token=job.token, state=state).job


def basic_job_token(secret: str) -> tuple[Credential, ...]:
    scheme = credential_pb2.AUTHENTICATION_SCHEME_BASIC
    return (Credential(scheme=scheme, username="gitlab-ci-token", secret=secret),)


def job_token(secret: str) -> tuple[Credential, ...]:
    return (Credential(scheme=credential_pb2.AUTHENTICATION_SCHEME_JOB_TOKEN, secret=secret),)
