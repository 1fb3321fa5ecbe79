"""Who is let in less far than usual: administrators without Admin Mode, users who accepted no terms of service."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from reference_server.contract.failure import Failure, Reason
from reference_server.storage.access.authentication import Authentication
from reference_server.storage.access.callers import Caller, CallerKind, Presented, UserCaller
from reference_server.storage.access.scopes import ADMIN_MODE
from reference_server.storage.identity.users import UserService
from reference_server.storage.metadata.models import User
from reference_server.storage.metadata.repositories.users import UserFields


@dataclass(frozen=True, slots=True)
class RestrictedAuthentication(Authentication):
    """Finds out who presents a credential; `new_users` are to accept the terms first, None when there are none."""

    admin_mode: bool
    new_users: set[int] | None

    def admit(self, presented: Sequence[Presented], admitted: frozenset[CallerKind]) -> Caller:
        """Return who calls. Raise USER_BLOCKED with terms for a user who has not accepted them."""
        caller = Authentication.admit(self, presented, admitted)
        if not isinstance(caller, UserCaller):
            return caller
        if self.new_users is not None and caller.user_id in self.new_users:
            raise Failure(Reason.USER_BLOCKED, "the user has not accepted the terms of service", terms="pending")
        if self.admin_mode and caller.administrator and ADMIN_MODE not in caller.scopes:
            return replace(caller, administrator=False)
        return caller


@dataclass(frozen=True, slots=True)
class TermsUserService(UserService):
    """Users who are new until the server starts again."""

    new_users: set[int]

    async def create(self, caller: UserCaller, fields: UserFields) -> User:
        """Create a user who has accepted no terms."""
        user = await UserService.create(self, caller, fields)
        self.new_users.add(user.id)
        return user
