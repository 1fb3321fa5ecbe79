"""Who a caller is: nobody in particular, a user, or a deploy token."""

from __future__ import annotations

import enum
from dataclasses import dataclass


class Carriage(enum.IntEnum):
    """Where a credential was carried, as the contract numbers it."""

    JOB_TOKEN = 1
    PRIVATE_TOKEN = 2
    DEPLOY_TOKEN = 3
    BEARER = 4
    BASIC = 5


@dataclass(frozen=True, slots=True)
class Presented:
    """One credential that was presented: how it was carried, and the digest of its secret."""

    carriage: Carriage
    digest: bytes


@dataclass(frozen=True, slots=True)
class Anonymous:
    """A caller without a credential."""


@dataclass(frozen=True, slots=True)
class UserCaller:
    """A user, or a project access token's bot, with the scopes of the access token that it came with."""

    user_id: int
    administrator: bool
    scopes: frozenset[str]


@dataclass(frozen=True, slots=True)
class DeployTokenCaller:
    """A deploy token, which is no user and belongs to one project."""

    project_id: int
    scopes: frozenset[str]


Caller = Anonymous | UserCaller | DeployTokenCaller
ANONYMOUS = Anonymous()
