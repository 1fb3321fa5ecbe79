"""From credentials to the caller."""

from __future__ import annotations

import functools
import hmac
from collections.abc import Sequence
from dataclasses import dataclass

from reference_server.contract.failure import Failure, Reason
from reference_server.storage.access.callers import (
    ANONYMOUS,
    Anonymous,
    AuthenticationScheme,
    Caller,
    CallerKind,
    DeployTokenCaller,
    Presented,
    RunningJob,
    UserCaller,
)
from reference_server.storage.access.scopes import API
from reference_server.storage.metadata import clock
from reference_server.storage.metadata.sqlite.hot_paths import AccessTokenRow, DeployTokenRow, HotPaths

_ACCESS_TOKENS = frozenset(
    {AuthenticationScheme.PRIVATE_TOKEN, AuthenticationScheme.BEARER, AuthenticationScheme.BASIC}
)
_DEPLOY_TOKENS = frozenset({AuthenticationScheme.DEPLOY_TOKEN, AuthenticationScheme.BEARER, AuthenticationScheme.BASIC})
_JOB_USER = "gitlab-ci-token"
_JOB_SCOPES = frozenset({API})


@dataclass(frozen=True, slots=True)
class Authentication:
    """Says who presents a credential; `job_tokens` says whether a job token is one here."""

    lookups: HotPaths
    job_tokens: bool = False

    def caller(self, presented: Sequence[Presented]) -> Caller:
        """Say who calls. The first credential decides alone; without one, or with a Basic that names no token, nobody.

        Raises CREDENTIAL_INVALID, CREDENTIAL_EXPIRED, CREDENTIAL_REVOKED, USER_BLOCKED.
        """
        if not presented:
            return ANONYMOUS
        first = presented[0]
        caller = self._by_access_token(first) or self._by_deploy_token(first) or self._by_job_token(first)
        if caller is not None:
            return caller
        if first.scheme == AuthenticationScheme.BASIC:
            return ANONYMOUS
        raise Failure(Reason.CREDENTIAL_INVALID, "the credential names no token")

    def admit(self, presented: Sequence[Presented], admitted: frozenset[CallerKind]) -> Caller:
        """Return who calls, if it is one of the admitted kinds.

        The first credential decides alone. Without one, or with a Basic that names no token, the caller is anonymous.
        Raise CREDENTIAL_INVALID, CREDENTIAL_EXPIRED, CREDENTIAL_REVOKED, USER_BLOCKED.
        """
        authentication = Authentication(self.lookups, job_tokens=CallerKind.JOB_TOKEN in admitted)
        caller = authentication.caller(presented)
        if isinstance(caller, Anonymous) and CallerKind.ANONYMOUS not in admitted:
            raise Failure(Reason.CREDENTIAL_INVALID, "a credential is needed")
        if isinstance(caller, DeployTokenCaller) and CallerKind.DEPLOY_TOKEN not in admitted:
            raise Failure(Reason.CREDENTIAL_INVALID, "a deploy token is no user")
        return caller

    def known_caller(self, presented: Sequence[Presented]) -> UserCaller | DeployTokenCaller:
        """Say who calls, where nobody may not; raises as `caller`."""
        caller = self.caller(presented)
        if isinstance(caller, Anonymous):
            raise Failure(Reason.CREDENTIAL_INVALID, "a credential is needed")
        return caller

    def user(self, presented: Sequence[Presented]) -> UserCaller:
        """Say which user calls; raises as `caller`, and CREDENTIAL_INVALID for a deploy token, which is none."""
        caller = self.known_caller(presented)
        if not isinstance(caller, UserCaller):
            raise Failure(Reason.CREDENTIAL_INVALID, "a deploy token is no user")
        return caller

    def _by_access_token(self, presented: Presented) -> UserCaller | None:
        if presented.scheme not in _ACCESS_TOKENS:
            return None
        row = self.lookups.access_token(presented.digest)
        if row is None or not hmac.compare_digest(row.digest, presented.digest):
            return None
        _check_validity(row)
        _check_user(blocked=row.blocked)
        return UserCaller(row.user_id, bool(row.administrator), _scopes(row.scopes), row.id)

    def _by_deploy_token(self, presented: Presented) -> DeployTokenCaller | None:
        if presented.scheme not in _DEPLOY_TOKENS:
            return None
        row = self.lookups.deploy_token(presented.digest)
        if row is None or not hmac.compare_digest(row.digest, presented.digest):
            return None
        _check_validity(row)
        return DeployTokenCaller(row.project_id, row.group_id, _scopes(row.scopes))

    def _by_job_token(self, presented: Presented) -> UserCaller | None:
        by_user_name = presented.scheme == AuthenticationScheme.BASIC and presented.username == _JOB_USER
        if not self.job_tokens or not (presented.scheme == AuthenticationScheme.JOB_TOKEN or by_user_name):
            return None
        row = self.lookups.running_job(presented.digest)
        if row is None or not hmac.compare_digest(row.digest, presented.digest):
            return None
        _check_user(blocked=row.blocked)
        job = RunningJob(row.project_id, row.pipeline_id)
        return UserCaller(row.user_id, bool(row.administrator), _JOB_SCOPES, job=job)


def _check_validity(row: AccessTokenRow | DeployTokenRow) -> None:
    """Refuse a token that was revoked or is past its time."""
    if row.revoked:
        raise Failure(Reason.CREDENTIAL_REVOKED, "the token was revoked")
    if row.expires_at is not None and row.expires_at <= clock.now():
        raise Failure(Reason.CREDENTIAL_EXPIRED, "the token has expired")


def _check_user(*, blocked: bool) -> None:
    """Refuse a user that may not come in."""
    if blocked:
        raise Failure(Reason.USER_BLOCKED, "the user is blocked")


@functools.lru_cache(maxsize=256)
def _scopes(text: str) -> frozenset[str]:
    return frozenset(text.split())
