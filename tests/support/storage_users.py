"""Users with roles, and jobs that run, made in a storage."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

from generic_packages.storage.v1 import ci_pb2, credential_pb2, identity_pb2, members_pb2, tokens_pb2
from generic_packages.storage.v1.credential_pb2 import Credential

from tests.support.storage import SECONDS, Registry, private_token

_numbers = itertools.count(1)


@dataclass(frozen=True, slots=True)
class Person:
    """A user, and the credential of a personal access token."""

    id: int
    username: str
    credentials: Sequence[Credential]


def new_user(registry: Registry, *, administrator: bool = False) -> identity_pb2.User:
    """Make a user of its own name."""
    name = f"person-{next(_numbers)}"
    request = identity_pb2.CreateUserRequest(
        credentials=registry.root,
        username=name,
        name=name.title(),
        email=f"{name}@example.org",
        administrator=administrator,
    )
    return registry.identity.CreateUser(request, timeout=SECONDS).user


def personal_token(
    registry: Registry, user_id: int, *scopes: str, expires_at: str | None = None
) -> tokens_pb2.CreatePersonalAccessTokenResponse:
    """Make a personal access token, of the scope "api" unless others are named."""
    request = tokens_pb2.CreatePersonalAccessTokenRequest(
        credentials=registry.root, user_id=user_id, name="token", scopes=scopes or ("api",), expires_at=expires_at
    )
    return registry.tokens.CreatePersonalAccessToken(request, timeout=SECONDS)


def person(registry: Registry, *scopes: str, administrator: bool = False) -> Person:
    """Make a user with a personal access token."""
    user = new_user(registry, administrator=administrator)
    secret = personal_token(registry, user.id, *scopes).secret
    return Person(user.id, user.username, private_token(secret))


def give_role(
    registry: Registry, place: identity_pb2.Place, user_id: int, level: int, *, expires_at: str | None = None
) -> members_pb2.Member:
    """Make a user a member."""
    request = members_pb2.AddMemberRequest(
        credentials=registry.root, place=place, user_id=user_id, access_level=level, expires_at=expires_at
    )
    return registry.members.AddMember(request, timeout=SECONDS).member


def new_runner(registry: Registry, project_id: int) -> str:
    """Make a project's runner, and give its token."""
    request = ci_pb2.CreateRunnerRequest(
        credentials=registry.root, type=ci_pb2.RUNNER_TYPE_PROJECT, project_id=project_id
    )
    return registry.ci.CreateRunner(request, timeout=SECONDS).token


def new_pipeline(registry: Registry, project_id: int, by: Sequence[Credential]) -> ci_pb2.Pipeline:
    """Make a pipeline with its pending job."""
    request = ci_pb2.CreatePipelineRequest(credentials=by, project=str(project_id), ref="main")
    return registry.ci.CreatePipeline(request, timeout=SECONDS).pipeline


def running_job(registry: Registry, project_id: int, by: Sequence[Credential]) -> ci_pb2.RequestJobResponse:
    """Make a job of a user run."""
    new_pipeline(registry, project_id, by)
    request = ci_pb2.RequestJobRequest(runner_token=new_runner(registry, project_id))
    return registry.ci.RequestJob(request, timeout=SECONDS)


def end_job(registry: Registry, job: ci_pb2.RequestJobResponse, state: str = "success") -> ci_pb2.Job:
    """End a job as its runner does."""
    request = ci_pb2.UpdateJobRequest(job_id=job.job.id, job_token=job.token, state=state)
    return registry.ci.UpdateJob(request, timeout=SECONDS).job


def job_token(secret: str) -> tuple[Credential, ...]:
    """Present a job token as its own header does."""
    return (Credential(scheme=credential_pb2.AUTHENTICATION_SCHEME_JOB_TOKEN, secret=secret),)
