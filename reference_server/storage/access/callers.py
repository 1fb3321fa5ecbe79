"""Who a caller is: nobody in particular, a user, or a deploy token."""

from __future__ import annotations

import enum
from dataclasses import dataclass


class AuthenticationScheme(enum.IntEnum):
    """Where a credential was carried, as the contract numbers it."""

    JOB_TOKEN = 1
    PRIVATE_TOKEN = 2
    DEPLOY_TOKEN = 3
    BEARER = 4
    BASIC = 5


class CallerKind(enum.IntEnum):
    """The kinds of caller that a call may let in, as the contract numbers them."""

    ANONYMOUS = 1
    ACCESS_TOKEN = 2
    DEPLOY_TOKEN = 3
    JOB_TOKEN = 4
    JOB_TOKEN_AS_PASSWORD = 5


@dataclass(frozen=True, slots=True)
class Presented:
    """One credential that was presented: how it was carried, its user name (Basic alone), its secret's digest."""

    scheme: AuthenticationScheme
    username: str
    digest: bytes


@dataclass(frozen=True, slots=True)
class Anonymous:
    """A caller without a credential."""


@dataclass(frozen=True, slots=True)
class CallerJob:
    """The job that runs on behalf of a caller: the project and the pipeline that it belongs to."""

    project_id: int
    pipeline_id: int


@dataclass(frozen=True, slots=True)
class UserCaller:
    """A user, or the bot of an access token, with the scopes that it came with.

    `token_id` is the access token that it presented; a job token has none, and names its job instead.
    """

    user_id: int
    administrator: bool
    scopes: frozenset[str]
    token_id: int | None = None
    job: CallerJob | None = None


@dataclass(frozen=True, slots=True)
class DeployTokenCaller:
    """A deploy token, which is no user and belongs to one project or to one group."""

    project_id: int | None
    group_id: int | None
    scopes: frozenset[str]
    token_id: int | None = None


Caller = Anonymous | UserCaller | DeployTokenCaller
ANONYMOUS = Anonymous()
