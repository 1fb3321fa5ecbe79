"""Replacing access tokens: who may, what the new one is like, and what becomes of the old one."""

import datetime as dt
from collections.abc import Sequence

import pytest
from generic_packages.storage.v1.credential_pb2 import Credential

from tests.support.storage import Registry, in_group, in_project, private_token, refusal
from tests.support.storage_users import give_role, new_user, person, personal_token


def works(registry: Registry, secret: str) -> str:
    return registry.outcome("GetCaller", by=private_token(secret))


def in_a_week() -> str:
    return (dt.datetime.now(dt.UTC).date() + dt.timedelta(days=7)).isoformat()


def test_a_new_token_has_the_name_scopes_and_user_of_the_old_one_which_ends(registry: Registry) -> None:
    user = new_user(registry)
    old = personal_token(registry, user.id, "api", "read_user", expires_at="2099-01-01")
    new = registry.ask("RotatePersonalAccessToken", by=private_token(old.secret), token_id=old.access_token.id)
    assert new.access_token.id != old.access_token.id
    assert (new.access_token.name, list(new.access_token.scopes)) == ("token", ["api", "read_user"])
    assert (new.access_token.user_id, new.access_token.expires_at) == (user.id, in_a_week())
    assert (works(registry, old.secret), works(registry, new.secret)) == ("CREDENTIAL_REVOKED", "OK")


def test_the_end_of_the_new_token_can_be_chosen(registry: Registry) -> None:
    old = personal_token(registry, new_user(registry).id).access_token.id
    rotate = "RotatePersonalAccessToken"
    assert registry.outcome(rotate, token_id=old, expires_at="2001-01-01") == "PARAMETER_INVALID"
    assert registry.ask(rotate, token_id=old, expires_at="2098-02-03").access_token.expires_at == "2098-02-03"


def test_a_token_is_replaced_once(registry: Registry) -> None:
    old = personal_token(registry, new_user(registry).id).access_token.id
    registry.ask("RotatePersonalAccessToken", token_id=old)
    again = refusal(lambda: registry.ask("RotatePersonalAccessToken", token_id=old))
    assert (again.reason, again.metadata) == ("ROTATION_REFUSED", {"complaint": "Token already revoked"})


def test_only_its_user_and_administrators_replace_a_personal_token(registry: Registry) -> None:
    owner, other = person(registry), person(registry)
    token = personal_token(registry, owner.id).access_token.id
    reader = private_token(personal_token(registry, owner.id, "read_api", "self_rotate").secret)

    def rotate(by: Sequence[Credential], token_id: int = token) -> str:
        return registry.outcome("RotatePersonalAccessToken", by=by, token_id=token_id)

    assert rotate(other.credentials) == "CREDENTIAL_INVALID"
    assert rotate(owner.credentials, 10**9) == "CREDENTIAL_INVALID"
    assert rotate(registry.root, 10**9) == "TOKEN_NOT_FOUND"
    assert rotate(reader) == "SCOPE_INSUFFICIENT"
    assert rotate(owner.credentials) == "OK"


@pytest.mark.parametrize(("scope", "ended"), [("api", "OK"), ("self_rotate", "OK"), ("read_api", "SCOPE_INSUFFICIENT")])
def test_a_token_replaces_itself_by_its_scope(registry: Registry, scope: str, ended: str) -> None:
    own = private_token(personal_token(registry, new_user(registry).id, scope).secret)
    assert registry.outcome("RotatePresentedAccessToken", by=own) == ended


def test_a_bot_keeps_its_role_and_replaces_its_own_token_in_its_own_place_alone(registry: Registry) -> None:
    project, other = registry.project().id, registry.project().id
    first = registry.access_token(project, 40)
    own = private_token(first.secret)

    def rotate(place: object) -> str:
        return registry.outcome("RotatePresentedAccessToken", by=own, place=place)

    assert [rotate(in_project(other)), rotate(in_project(10**9)), rotate(in_group(1))] == ["CREDENTIAL_INVALID"] * 3
    by_number = registry.outcome("RotateAccessToken", by=own, place=in_project(project), token_id=first.access_token.id)
    assert by_number == "CREDENTIAL_INVALID"
    new = registry.ask("RotatePresentedAccessToken", by=own, place=in_project(project))
    assert (new.access_token.user_id, new.access_token.access_level) == (first.access_token.user_id, 40)
    assert registry.publishing(project, private_token(new.secret)) == "OK"


def test_a_personal_token_is_none_of_a_project(registry: Registry) -> None:
    user = person(registry)
    ended = registry.outcome("RotatePresentedAccessToken", by=user.credentials, place=in_project(registry.project().id))
    assert ended == "ROTATION_NOT_ALLOWED"


def test_a_maintainer_replaces_tokens_of_its_project_up_to_its_own_role(registry: Registry) -> None:
    project = registry.project().id
    maintainer, developer = person(registry), person(registry)
    give_role(registry, in_project(project), maintainer.id, 40)
    give_role(registry, in_project(project), developer.id, 30)
    low, high = (registry.access_token(project, level).access_token.id for level in (40, 50))

    def rotate(by: Sequence[Credential], token_id: int) -> str:
        return registry.outcome("RotateAccessToken", by=by, place=in_project(project), token_id=token_id)

    assert rotate(developer.credentials, low) == "ROLE_INSUFFICIENT"
    assert rotate(maintainer.credentials, high) == "ROTATION_REFUSED"
    assert rotate(maintainer.credentials, 10**9) == "CREDENTIAL_INVALID"
    assert rotate(registry.root, 10**9) == "TOKEN_NOT_FOUND"
    assert rotate(maintainer.credentials, low) == "OK"


def test_whoever_replaces_with_a_replaced_token_ends_the_newest_of_its_line(registry: Registry) -> None:
    """Somebody else may have it, and nobody can tell who of the two is the thief."""
    first = personal_token(registry, new_user(registry).id).secret
    second = registry.ask("RotatePresentedAccessToken", by=private_token(first)).secret
    third = registry.ask("RotatePresentedAccessToken", by=private_token(second)).secret
    assert works(registry, first) == "CREDENTIAL_REVOKED"
    assert works(registry, third) == "OK"
    assert registry.outcome("RotatePresentedAccessToken", by=private_token(first)) == "CREDENTIAL_REVOKED"
    assert works(registry, third) == "CREDENTIAL_REVOKED"


def test_there_is_no_rotation_in_gitlab_15(registry_15: Registry) -> None:
    token = personal_token(registry_15, new_user(registry_15).id)
    own = private_token(token.secret)
    assert registry_15.outcome("RotatePersonalAccessToken", token_id=token.access_token.id) == "NOT_IN_VERSION"
    assert registry_15.outcome("RotatePresentedAccessToken", by=own) == "NOT_IN_VERSION"
