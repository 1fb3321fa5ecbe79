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
    CallerJob,
    CallerKind,
    DeployTokenCaller,
    Presented,
    UserCaller,
)
from reference_server.storage.access.scopes import API
from reference_server.storage.access.token_uses import TokenUses
from reference_server.storage.metadata import clock
from reference_server.storage.metadata.repositories.credentials import CredentialRepository
from reference_server.storage.metadata.rows import AccessTokenRow, DeployTokenRow

_ACCESS_TOKENS = frozenset(
    {AuthenticationScheme.PRIVATE_TOKEN, AuthenticationScheme.BEARER, AuthenticationScheme.BASIC}
)
_DEPLOY_TOKENS = frozenset({AuthenticationScheme.DEPLOY_TOKEN, AuthenticationScheme.BEARER, AuthenticationScheme.BASIC})
_ANONYMOUS_WHEN_UNKNOWN = frozenset({AuthenticationScheme.BASIC, AuthenticationScheme.DEPLOY_TOKEN})
_JOB_USER = "gitlab-ci-token"
_JOB_SCOPES = frozenset({API})


@dataclass(frozen=True, slots=True)
class Authentication:
    """Finds out who presents a credential."""

    credentials: CredentialRepository
    uses: TokenUses

    def admit(self, presented: Sequence[Presented], admitted: frozenset[CallerKind]) -> Caller:
        """Return who calls, if it is one of the admitted kinds.

        The first credential decides alone. Without one, or with a Basic or DEPLOY-TOKEN that names no token, the caller
        is anonymous.
        Raise CREDENTIAL_INVALID, CREDENTIAL_EXPIRED, CREDENTIAL_REVOKED, USER_BLOCKED.
        """
        caller = self._caller(presented[0], admitted) if presented else ANONYMOUS
        if isinstance(caller, Anonymous) and CallerKind.ANONYMOUS not in admitted:
            raise Failure(Reason.CREDENTIAL_INVALID, "a credential is needed")
        if isinstance(caller, DeployTokenCaller) and CallerKind.DEPLOY_TOKEN not in admitted:
            raise Failure(Reason.CREDENTIAL_INVALID, "a deploy token is no user")
        return caller

    def _caller(self, presented: Presented, admitted: frozenset[CallerKind]) -> Caller:
        caller = self._by_access_token(presented) or self._by_deploy_token(presented)
        if caller is None and _may_be_job_token(presented, admitted):
            caller = self._by_job_token(presented)
        if caller is not None:
            return caller
        if presented.scheme in _ANONYMOUS_WHEN_UNKNOWN:
            return ANONYMOUS
        raise Failure(Reason.CREDENTIAL_INVALID, "the credential names no token")

    def _by_access_token(self, presented: Presented) -> UserCaller | None:
        if presented.scheme not in _ACCESS_TOKENS:
            return None
        row = self.credentials.access_token(presented.digest)
        if row is None or not hmac.compare_digest(row.digest, presented.digest):
            return None
        _check_validity(row)
        _check_user(blocked=row.blocked)
        self.uses.note_use(row)
        return UserCaller(row.user_id, bool(row.administrator), _scopes(row.scopes), row.id)

    def _by_deploy_token(self, presented: Presented) -> DeployTokenCaller | None:
        if presented.scheme not in _DEPLOY_TOKENS:
            return None
        row = self.credentials.deploy_token(presented.digest)
        if row is None or not hmac.compare_digest(row.digest, presented.digest) or not _is_active(row):
            return None
        return DeployTokenCaller(row.project_id, row.group_id, _scopes(row.scopes), row.id)

    def _by_job_token(self, presented: Presented) -> UserCaller | None:
        row = self.credentials.running_job(presented.digest)
        if row is None or not hmac.compare_digest(row.digest, presented.digest):
            return None
        _check_user(blocked=row.blocked)
        job = CallerJob(row.project_id, row.pipeline_id)
        return UserCaller(row.user_id, bool(row.administrator), _JOB_SCOPES, job=job)


def _may_be_job_token(presented: Presented, admitted: frozenset[CallerKind]) -> bool:
    """Return whether a credential is presented as job tokens are, in one of the ways that are let in."""
    if presented.scheme == AuthenticationScheme.JOB_TOKEN:
        return CallerKind.JOB_TOKEN in admitted
    by_user_name = presented.scheme == AuthenticationScheme.BASIC and presented.username == _JOB_USER
    return by_user_name and CallerKind.JOB_TOKEN_AS_PASSWORD in admitted


def _is_active(row: DeployTokenRow) -> bool:
    """Return whether a deploy token is neither revoked nor past its time; GitLab does not know one that is."""
    return not row.revoked and (row.expires_at is None or row.expires_at > clock.now())


def _check_validity(row: AccessTokenRow) -> None:
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
