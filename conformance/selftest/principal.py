"""Who sends a request about a project, as far as the proxy can know it from watching provisioning."""

from __future__ import annotations

from dataclasses import dataclass

from conformance.selftest.credentials import presented_credential
from conformance.selftest.messages import Request
from conformance.selftest.observed_resources import JOB_TOKEN
from conformance.selftest.package_requests import project_of
from conformance.selftest.upstream import Upstream

ACCESS_TOKEN = "access_tokens"  # noqa: S105 - the name of a resource
DEPLOY_TOKEN = "deploy_tokens"  # noqa: S105 - the name of a resource
GUEST = 10
REPORTER = 20
DEVELOPER = 30
MAINTAINER = 40
OWNER = 50


@dataclass(frozen=True, slots=True)
class Principal:
    """The sender of a request: how it presents itself, and what its token may do where the request goes.

    `scheme` is empty for an anonymous principal; `kind` is empty for an unknown token; `level` counts in this project
    only, so it is 0 for somebody who is not a member; `visibility` is empty for an unknown project. `user` is the name
    beside a Basic password. A foreign job is one of another project.
    """

    scheme: str = ""
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
        """Return whether no credential is presented."""
        return not self.scheme

    @property
    def is_unknown(self) -> bool:
        """Return whether the credential presented is nobody's."""
        return bool(self.scheme) and not self.kind

    @property
    def is_outsider(self) -> bool:
        """Return whether a valid token belongs to somebody who is not a member of the project."""
        return bool(self.kind) and not self.is_member

    @property
    def sees_private(self) -> bool:
        """Return whether the project is a private one."""
        return self.visibility == "private"


def principal_of(request: Request, upstream: Upstream) -> Principal:
    """Return who sends a request."""
    known, reference = upstream.observed, project_of(request)
    project = known.project(reference)
    visibility = project.visibility if project else ""
    shown = presented_credential(request)
    if shown is None:
        return Principal(visibility=visibility)
    token = known.token(request)
    if token is None:
        kind = "administrator" if shown.secret == upstream.token else ""
        return Principal(shown.scheme, kind, is_member=bool(kind), visibility=visibility)
    is_member = known.is_member(token, reference)
    level = known.level(token, reference) if is_member else 0
    is_foreign = token.kind == JOB_TOKEN and project is not None and known.project(token.place[1]) != project
    is_of_group = token.place[0] == "groups"
    return Principal(
        shown.scheme, token.kind, token.scopes, level, is_member, visibility, shown.user, is_foreign, is_of_group
    )
