"""From credentials to the caller."""

from __future__ import annotations

import functools
import hmac
from collections.abc import Sequence

from reference_server.contract.failure import Failure, Reason
from reference_server.storage.access.callers import (
    ANONYMOUS,
    Anonymous,
    Caller,
    Carriage,
    DeployTokenCaller,
    Presented,
    UserCaller,
)
from reference_server.storage.metadata import clock
from reference_server.storage.metadata.hot_paths import AccessTokenRow, DeployTokenRow, HotPaths

_ACCESS_TOKENS = frozenset({Carriage.PRIVATE_TOKEN, Carriage.BEARER, Carriage.BASIC})
_DEPLOY_TOKENS = frozenset({Carriage.DEPLOY_TOKEN, Carriage.BEARER, Carriage.BASIC})


class Authentication:
    """Says who presents a credential."""

    def __init__(self, lookups: HotPaths) -> None:
        self._lookups = lookups

    def caller(self, presented: Sequence[Presented]) -> Caller:
        """Say who calls. The first credential decides alone; without one, or with a Basic that names no token, nobody.

        Raises CREDENTIAL_INVALID, CREDENTIAL_EXPIRED, CREDENTIAL_REVOKED.
        """
        if not presented:
            return ANONYMOUS
        first = presented[0]
        caller = self._by_access_token(first) or self._by_deploy_token(first)
        if caller is not None:
            return caller
        if first.carriage == Carriage.BASIC:
            return ANONYMOUS
        raise Failure(Reason.CREDENTIAL_INVALID, "the credential names no token")

    def known_caller(self, presented: Sequence[Presented]) -> UserCaller | DeployTokenCaller:
        """Say who calls, where nobody may not; raises as `caller`."""
        caller = self.caller(presented)
        if isinstance(caller, Anonymous):
            raise Failure(Reason.CREDENTIAL_INVALID, "a credential is needed")
        return caller

    def _by_access_token(self, presented: Presented) -> UserCaller | None:
        if presented.carriage not in _ACCESS_TOKENS:
            return None
        row = self._lookups.access_token(presented.digest)
        if row is None or not hmac.compare_digest(row.digest, presented.digest):
            return None
        _check_validity(row)
        return UserCaller(row.user_id, bool(row.administrator), _scopes(row.scopes))

    def _by_deploy_token(self, presented: Presented) -> DeployTokenCaller | None:
        if presented.carriage not in _DEPLOY_TOKENS:
            return None
        row = self._lookups.deploy_token(presented.digest)
        if row is None or not hmac.compare_digest(row.digest, presented.digest):
            return None
        _check_validity(row)
        return DeployTokenCaller(row.project_id, _scopes(row.scopes))


def _check_validity(row: AccessTokenRow | DeployTokenRow) -> None:
    """Refuse a token that was revoked or is past its time."""
    if row.revoked:
        raise Failure(Reason.CREDENTIAL_REVOKED, "the token was revoked")
    if row.expires_at is not None and row.expires_at <= clock.now():
        raise Failure(Reason.CREDENTIAL_EXPIRED, "the token has expired")


@functools.lru_cache(maxsize=256)
def _scopes(text: str) -> frozenset[str]:
    return frozenset(text.split())
