"""Who sends a request about a project, as far as the proxy can know it from watching provisioning."""

from __future__ import annotations

from dataclasses import dataclass

from conformance.selftest.exchange import Exchange
from conformance.selftest.ledger import JOB_TOKEN
from conformance.selftest.messages import Request
from conformance.selftest.targets import presented, project_of

ACCESS_TOKEN = "access_tokens"  # noqa: S105 - the name of a resource
DEPLOY_TOKEN = "deploy_tokens"  # noqa: S105 - the name of a resource
GUEST = 10
REPORTER = 20
DEVELOPER = 30
MAINTAINER = 40
OWNER = 50


@dataclass(frozen=True, slots=True)
class Caller:
    """The sender of a request: how it presents itself, and what its token may do where the request goes.

    `carriage` is empty for an anonymous caller; `kind` is empty for an unknown token; `level` counts in this project
    only, so it is 0 for somebody who is not a member; `visibility` is empty for an unknown project. `user` is the name
    beside a Basic password. A foreign job is one of another project.
    """

    carriage: str = ""
    kind: str = ""
    scopes: frozenset[str] = frozenset()
    level: int = 0
    is_member: bool = False
    visibility: str = ""
    user: str = ""
    is_foreign_job: bool = False
    is_of_group: bool = False

    @property
    def is_anonymous(self) -> bool:
        """Say whether no credential is presented."""
        return not self.carriage

    @property
    def is_unknown(self) -> bool:
        """Say whether the credential presented is nobody's."""
        return bool(self.carriage) and not self.kind

    @property
    def is_outsider(self) -> bool:
        """Say whether a valid token belongs to somebody who is not a member of the project."""
        return bool(self.kind) and not self.is_member

    @property
    def sees_private(self) -> bool:
        """Say whether the project is a private one."""
        return self.visibility == "private"


def caller(request: Request, exchange: Exchange) -> Caller:
    """Find out who sends a request."""
    reference = project_of(request)
    project = exchange.ledger.project(reference)
    visibility = project.visibility if project else ""
    shown = presented(request)
    if shown is None:
        return Caller(visibility=visibility)
    token = exchange.ledger.token(request)
    if token is None:
        kind = "administrator" if shown.secret == exchange.token else ""
        return Caller(shown.carriage, kind, is_member=bool(kind), visibility=visibility)
    is_member = exchange.ledger.is_member(token, reference)
    level = exchange.ledger.level(token, reference) if is_member else 0
    is_foreign = token.kind == JOB_TOKEN and project is not None and exchange.ledger.project(token.place[1]) != project
    is_of_group = token.place[0] == "groups"
    return Caller(
        shown.carriage, token.kind, token.scopes, level, is_member, visibility, shown.user, is_foreign, is_of_group
    )
