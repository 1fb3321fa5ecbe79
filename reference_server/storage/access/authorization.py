"""Who may do what: each action's needs as data, and the one judgement over them."""

from __future__ import annotations

from dataclasses import dataclass

from reference_server.contract.failure import Failure, Reason
from reference_server.storage.access.callers import Anonymous, Caller, DeployTokenCaller, UserCaller
from reference_server.storage.access.scopes import API, READ_API, READ_PACKAGES, WRITE_PACKAGES
from reference_server.storage.rules.editions import Edition
from reference_server.storage.rules.roles import Role, Visibility

_NOTHING: frozenset[str] = frozenset()
_PACKAGE_SCOPES = frozenset({READ_PACKAGES, WRITE_PACKAGES})


@dataclass(frozen=True, slots=True)
class Permission:
    """What an action needs. `sight_suffices`: whoever sees a resource by its visibility needs no role in it."""

    role: Role
    scopes: tuple[str, ...]
    deploy_scopes: frozenset[str] = _NOTHING
    sight_suffices: bool = False


@dataclass(frozen=True, slots=True)
class Resource:
    """A project or group as the judgement sees it; `project_id` is None for a group."""

    project_id: int | None
    visibility: int
    role: int | None


PUBLISH = Permission(Role.DEVELOPER, (API,), frozenset({WRITE_PACKAGES}))
DELETE_PACKAGES = Permission(Role.MAINTAINER, (API,))
SEE = Permission(Role.GUEST, (API, READ_API), sight_suffices=True)
READ_SETTINGS = Permission(Role.MAINTAINER, (API, READ_API))
MAINTAIN = Permission(Role.MAINTAINER, (API,))
OWN = Permission(Role.OWNER, (API,))


def downloading(edition: Edition) -> Permission:
    """Say what downloading and listing packages need."""
    return Permission(edition.private_download_role, (API, READ_API), _PACKAGE_SCOPES, sight_suffices=True)


def changing_settings(edition: Edition) -> Permission:
    """Say what changing a group's package settings needs."""
    return Permission(edition.change_settings_role, (API,))


def sees(caller: Caller, resource: Resource) -> bool:
    """Say whether a caller may know of a resource."""
    if resource.visibility == Visibility.PUBLIC:
        return True
    if isinstance(caller, UserCaller):
        return caller.administrator or resource.role is not None or resource.visibility == Visibility.INTERNAL
    return (
        isinstance(caller, DeployTokenCaller)
        and caller.project_id == resource.project_id
        and not caller.scopes.isdisjoint(_PACKAGE_SCOPES)
    )


def judge(caller: Caller, resource: Resource, permission: Permission) -> None:
    """Let a caller that sees a resource act on it, or raise SCOPE_INSUFFICIENT or ROLE_INSUFFICIENT."""
    if isinstance(caller, UserCaller):
        require_scope(caller, permission.scopes)
        allowed = caller.administrator or (resource.role or 0) >= permission.role
        seen_by_all = resource.visibility != Visibility.PRIVATE
    elif isinstance(caller, DeployTokenCaller):
        allowed = caller.project_id == resource.project_id and not caller.scopes.isdisjoint(permission.deploy_scopes)
        seen_by_all = resource.visibility == Visibility.PUBLIC
    else:
        allowed = False
        seen_by_all = resource.visibility == Visibility.PUBLIC
    if not allowed and not (permission.sight_suffices and seen_by_all):
        raise _too_little(caller)


def require_scope(caller: UserCaller, scopes: tuple[str, ...]) -> None:
    """Let an access token with one of these scopes pass, or raise SCOPE_INSUFFICIENT."""
    if caller.scopes.isdisjoint(scopes):
        raise Failure(
            Reason.SCOPE_INSUFFICIENT, "the token has none of the scopes that this needs", scope=" ".join(scopes)
        )


def _too_little(caller: Caller) -> Failure:
    if isinstance(caller, Anonymous):
        return Failure(Reason.CREDENTIAL_INVALID, "a credential is needed")
    return Failure(Reason.ROLE_INSUFFICIENT, "the caller's role does not allow this")
