"""Users, as they see themselves."""

from __future__ import annotations

from dataclasses import dataclass

from reference_server.contract.failure import Failure, Reason
from reference_server.storage.access.authentication import Authentication
from reference_server.storage.access.authorization import require_scope
from reference_server.storage.access.callers import Presented, UserCaller
from reference_server.storage.access.scopes import API, READ_API, READ_USER
from reference_server.storage.metadata.database import Database
from reference_server.storage.metadata.models import User


@dataclass(frozen=True, slots=True)
class Users:
    """Says who a caller is."""

    authentication: Authentication
    database: Database

    def caller(self, presented: tuple[Presented, ...]) -> User:
        """Give the user that calls; raises CREDENTIAL_INVALID when it is none."""
        caller = self.authentication.known_caller(presented)
        if not isinstance(caller, UserCaller):
            raise Failure(Reason.CREDENTIAL_INVALID, "a deploy token is no user")
        require_scope(caller, (API, READ_API, READ_USER))
        user = self.database.first(User.select().where(User.id == caller.user_id))
        if not isinstance(user, User):
            raise Failure(Reason.CREDENTIAL_INVALID, "the user was deleted meanwhile")
        return user
