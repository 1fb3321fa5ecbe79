"""Who may do what: each action's needs as data, and the one function that authorizes a caller by them."""

from __future__ import annotations

from dataclasses import dataclass

from reference_server.contract.failure import Failure, Reason
from reference_server.storage.access.callers import Anonymous, Caller, DeployTokenCaller, UserCaller
from reference_server.storage.access.scopes import API, CREATE_RUNNER, READ_API, READ_PACKAGES, WRITE_PACKAGES
from reference_server.storage.rules.gitlab import GitLab
from reference_server.storage.rules.roles import PackageAccess, Role, Visibility

_NOTHING: frozenset[str] = frozenset()
_PACKAGE_SCOPES = frozenset({READ_PACKAGES, WRITE_PACKAGES})


@dataclass(frozen=True, slots=True)
class Permission:
    """What an action needs.

    `visibility_suffices`: whoever sees a resource by its visibility needs no role in it. `packages`: the project's
    package registry must be open to the caller; `opens_to_everyone`: a registry that is open to everyone needs nothing
    else.
    """

    role: Role
    scopes: tuple[str, ...]
    deploy_scopes: frozenset[str] = _NOTHING
    visibility_suffices: bool = False
    packages: bool = False
    opens_to_everyone: bool = False


@dataclass(frozen=True, slots=True)
class Resource:
    """A project or group as authorization sees it for one caller.

    `role` is the caller's; `administered` says that the caller may do everything, `serves_deploy_token`
    that it is a deploy token of the resource or of a group above.
    """

    visibility: int
    package_access: int = PackageAccess.ENABLED
    role: int | None = None
    administered: bool = False
    serves_deploy_token: bool = False


PUBLISH = Permission(Role.DEVELOPER, (API,), frozenset({WRITE_PACKAGES}), packages=True)
DELETE_PACKAGES = Permission(Role.MAINTAINER, (API,), packages=True)
SEE = Permission(Role.GUEST, (API, READ_API), visibility_suffices=True)
READ_SETTINGS = Permission(Role.MAINTAINER, (API, READ_API))
LEAVE = Permission(Role.GUEST, (API,))
DEVELOP = Permission(Role.DEVELOPER, (API,))
MAINTAIN = Permission(Role.MAINTAINER, (API,))
OWN = Permission(Role.OWNER, (API,))
READ_TO_MAINTAIN = Permission(Role.MAINTAINER, (API, READ_API))
READ_TO_OWN = Permission(Role.OWNER, (API, READ_API))
READ_PIPELINES = Permission(Role.REPORTER, (API, READ_API), visibility_suffices=True)
MAINTAIN_RUNNERS = Permission(Role.MAINTAINER, (API, CREATE_RUNNER))
OWN_RUNNERS = Permission(Role.OWNER, (API, CREATE_RUNNER))


def downloading(gitlab: GitLab) -> Permission:
    """Return what downloading and listing packages need."""
    return Permission(
        Role.GUEST if gitlab.guests_download else Role.REPORTER,
        (API, READ_API),
        _PACKAGE_SCOPES,
        visibility_suffices=True,
        packages=True,
        opens_to_everyone=gitlab.packages_for_everyone,
    )


def changing_settings(gitlab: GitLab) -> Permission:
    """Return what changing a group's package settings needs."""
    return Permission(Role.OWNER if gitlab.owners_change_settings else Role.MAINTAINER, (API,))


def sees(caller: Caller, resource: Resource, permission: Permission) -> bool:
    """Return whether a caller may know of a resource."""
    if resource.visibility == Visibility.PUBLIC or _open_to_everyone(resource, permission):
        return True
    if isinstance(caller, UserCaller):
        return resource.administered or resource.role is not None or resource.visibility == Visibility.INTERNAL
    return (
        isinstance(caller, DeployTokenCaller)
        and resource.serves_deploy_token
        and not caller.scopes.isdisjoint(_PACKAGE_SCOPES)
    )


def authorize(caller: Caller, resource: Resource, permission: Permission) -> None:
    """Let a caller that sees a resource act on it. Raise SCOPE_INSUFFICIENT or ROLE_INSUFFICIENT."""
    if isinstance(caller, UserCaller):
        require_scope(caller, permission.scopes)
        allowed = resource.administered or (resource.role or 0) >= permission.role
    else:
        allowed = (
            isinstance(caller, DeployTokenCaller)
            and resource.serves_deploy_token
            and not caller.scopes.isdisjoint(permission.deploy_scopes)
        )
    allowed = allowed or (permission.visibility_suffices and _open_by_visibility(caller, resource, permission))
    if permission.packages and resource.package_access == PackageAccess.DISABLED:
        allowed = False
    if not allowed and not _open_to_everyone(resource, permission):
        raise _too_little(caller)


def require_scope(caller: UserCaller, scopes: tuple[str, ...]) -> None:
    """Let an access token with one of these scopes pass. Raise SCOPE_INSUFFICIENT."""
    if caller.scopes.isdisjoint(scopes):
        raise Failure(
            Reason.SCOPE_INSUFFICIENT, "the token has none of the scopes that this needs", scope=" ".join(scopes)
        )


def require_administrator(caller: UserCaller, scopes: tuple[str, ...]) -> None:
    """Let an administrator with one of these scopes pass. Raise SCOPE_INSUFFICIENT or ROLE_INSUFFICIENT."""
    require_scope(caller, scopes)
    if not caller.administrator:
        raise _too_little(caller)


def _open_by_visibility(caller: Caller, resource: Resource, permission: Permission) -> bool:
    """Return whether a resource is seen, and its packages too where they matter, without a role in it."""
    if permission.packages and resource.package_access == PackageAccess.PRIVATE:
        return False
    if isinstance(caller, UserCaller):
        return resource.visibility != Visibility.PRIVATE
    return resource.visibility == Visibility.PUBLIC


def _open_to_everyone(resource: Resource, permission: Permission) -> bool:
    return permission.opens_to_everyone and resource.package_access == PackageAccess.PUBLIC


def _too_little(caller: Caller) -> Failure:
    if isinstance(caller, Anonymous):
        return Failure(Reason.CREDENTIAL_INVALID, "a credential is needed")
    return Failure(Reason.ROLE_INSUFFICIENT, "the caller's role does not allow this")
