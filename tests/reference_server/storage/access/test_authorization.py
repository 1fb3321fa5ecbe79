"""Who may publish, download, delete and change settings: role x visibility x credential -> outcome, as a pure function.

A cell is the outcome for a public, an internal and a private project or group. What else a call answers to an
anonymous caller is the service's, see test_outcomes.py.
"""

from collections.abc import Mapping

import pytest

from reference_server.contract.failure import Failure
from reference_server.storage.access.authorization import (
    DELETE_PACKAGES,
    PUBLISH,
    READ_SETTINGS,
    Permission,
    Resource,
    authorize,
    changing_settings,
    downloading,
    sees,
)
from reference_server.storage.access.callers import ANONYMOUS, Caller, DeployTokenCaller, UserCaller
from reference_server.storage.access.scopes import API, READ_API, READ_PACKAGES, WRITE_PACKAGES
from reference_server.storage.rules.gitlab import GitLab, read_gitlab
from reference_server.storage.rules.roles import PackageAccess, Role, Visibility

VISIBILITIES = (Visibility.PUBLIC, Visibility.INTERNAL, Visibility.PRIVATE)
OK, HIDDEN, ROLE, SCOPE, WHO = "OK", "HIDDEN", "ROLE_INSUFFICIENT", "SCOPE_INSUFFICIENT", "CREDENTIAL_INVALID"
Cell = tuple[str, str, str]


def user(*scopes: str) -> UserCaller:
    return UserCaller(1, administrator=False, scopes=frozenset(scopes or {API}), token_id=1)


def deploy_token(*scopes: str) -> DeployTokenCaller:
    return DeployTokenCaller(1, None, frozenset(scopes))


CALLERS: Mapping[str, tuple[Caller, Mapping[str, object]]] = {
    "nobody": (ANONYMOUS, {}),
    "stranger": (user(), {}),
    "guest": (user(), {"role": Role.GUEST}),
    "reporter": (user(), {"role": Role.REPORTER}),
    "developer": (user(), {"role": Role.DEVELOPER}),
    "maintainer": (user(), {"role": Role.MAINTAINER}),
    "owner": (user(), {"role": Role.OWNER}),
    "administrator": (user(), {"administered": True}),
    "owner read_api": (user(READ_API), {"role": Role.OWNER}),
    "owner read_user": (user("read_user"), {"role": Role.OWNER}),
    "administrator read_api": (user(READ_API), {"administered": True}),
    "deploy read write": (deploy_token(READ_PACKAGES, WRITE_PACKAGES), {"serves_deploy_token": True}),
    "deploy write": (deploy_token(WRITE_PACKAGES), {"serves_deploy_token": True}),
    "deploy read": (deploy_token(READ_PACKAGES), {"serves_deploy_token": True}),
    "deploy repository": (deploy_token("read_repository"), {"serves_deploy_token": True}),
    "deploy of another project": (deploy_token(READ_PACKAGES, WRITE_PACKAGES), {}),
}

EVERYWHERE: Cell = (OK, OK, OK)
PUBLISHING: Mapping[str, Cell] = {
    **dict.fromkeys(CALLERS, EVERYWHERE),
    "nobody": (WHO, HIDDEN, HIDDEN),
    "stranger": (ROLE, ROLE, HIDDEN),
    "guest": (ROLE, ROLE, ROLE),
    "reporter": (ROLE, ROLE, ROLE),
    "owner read_api": (SCOPE, SCOPE, SCOPE),
    "owner read_user": (SCOPE, SCOPE, SCOPE),
    "administrator read_api": (SCOPE, SCOPE, SCOPE),
    "deploy read": (ROLE, ROLE, ROLE),
    "deploy repository": (ROLE, HIDDEN, HIDDEN),
    "deploy of another project": (ROLE, HIDDEN, HIDDEN),
}
DOWNLOADING: Mapping[str, Cell] = {
    **dict.fromkeys(CALLERS, EVERYWHERE),
    "nobody": (OK, HIDDEN, HIDDEN),
    "stranger": (OK, OK, HIDDEN),
    "owner read_user": (SCOPE, SCOPE, SCOPE),
    "deploy repository": (OK, HIDDEN, HIDDEN),
    "deploy of another project": (OK, HIDDEN, HIDDEN),
}
DELETING: Mapping[str, Cell] = {
    **PUBLISHING,
    "developer": (ROLE, ROLE, ROLE),
    "deploy read write": (ROLE, ROLE, ROLE),
    "deploy write": (ROLE, ROLE, ROLE),
}
READING_SETTINGS: Mapping[str, Cell] = {
    **DELETING,
    "owner read_api": EVERYWHERE,
    "administrator read_api": EVERYWHERE,
}
GUESTS = "allow_guest_plus_roles_to_pull_packages"
TABLES: Mapping[str, tuple[Permission, Mapping[str, Cell]]] = {
    "publish": (PUBLISH, PUBLISHING),
    "download": (downloading(GitLab()), {**DOWNLOADING, "guest": (OK, OK, ROLE)}),
    "download with guests let in": (downloading(read_gitlab("17.9", [GUESTS])), DOWNLOADING),
    "delete": (DELETE_PACKAGES, DELETING),
    "read settings": (READ_SETTINGS, READING_SETTINGS),
    "change settings": (changing_settings(read_gitlab("17.0")), {**DELETING, "maintainer": (ROLE, ROLE, ROLE)}),
    "change settings before 17.0": (changing_settings(read_gitlab("16.11")), DELETING),
}


def outcome(caller: Caller, resource: Resource, permission: Permission) -> str:
    if not sees(caller, resource, permission):
        return HIDDEN
    try:
        authorize(caller, resource, permission)
    except Failure as failure:
        return failure.reason
    return OK


@pytest.mark.parametrize("who", list(CALLERS))
@pytest.mark.parametrize("action", list(TABLES))
def test_an_action_ends_as_its_table_says(action: str, who: str) -> None:
    permission, table = TABLES[action]
    caller, relation = CALLERS[who]
    outcomes = [outcome(caller, Resource(visibility, **relation), permission) for visibility in VISIBILITIES]  # type: ignore[arg-type]  # keywords of a Resource
    assert tuple(outcomes) == table[who]


CLOSED, MEMBERS, EVERYONE = PackageAccess.DISABLED, PackageAccess.PRIVATE, PackageAccess.PUBLIC


@pytest.mark.parametrize(
    ("access", "who", "expected"),
    [
        (CLOSED, "nobody", (WHO, HIDDEN, HIDDEN)),
        (CLOSED, "stranger", (ROLE, ROLE, HIDDEN)),
        (CLOSED, "owner", (ROLE, ROLE, ROLE)),
        (CLOSED, "administrator", (ROLE, ROLE, ROLE)),
        (CLOSED, "deploy read", (ROLE, ROLE, ROLE)),
        (MEMBERS, "nobody", (WHO, HIDDEN, HIDDEN)),
        (MEMBERS, "stranger", (ROLE, ROLE, HIDDEN)),
        (MEMBERS, "guest", EVERYWHERE),
        (MEMBERS, "deploy read", EVERYWHERE),
        (EVERYONE, "nobody", EVERYWHERE),
        (EVERYONE, "stranger", EVERYWHERE),
        (EVERYONE, "deploy of another project", EVERYWHERE),
        (EVERYONE, "owner read_user", (SCOPE, SCOPE, SCOPE)),
    ],
)
def test_a_registry_may_be_open_to_fewer_or_more_than_its_project(
    access: PackageAccess, who: str, expected: Cell
) -> None:
    caller, relation = CALLERS[who]
    permission = downloading(read_gitlab("17.9", [GUESTS]))
    resources = [Resource(visibility, access, **relation) for visibility in VISIBILITIES]  # type: ignore[arg-type]  # as above
    assert tuple(outcome(caller, resource, permission) for resource in resources) == expected


def test_a_registry_opens_to_everyone_from_15_7_on() -> None:
    resource = Resource(Visibility.PRIVATE, PackageAccess.PUBLIC)
    ends = [outcome(ANONYMOUS, resource, downloading(read_gitlab(version))) for version in ("15.6", "15.7")]
    assert ends == [HIDDEN, OK]
