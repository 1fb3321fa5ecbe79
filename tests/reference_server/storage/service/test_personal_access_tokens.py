"""Personal access tokens: whose they are, who sees and revokes them."""

import datetime as dt
from collections.abc import Sequence
from pathlib import Path

import pytest
from generic_packages.storage.v1 import tokens_pb2 as pb
from generic_packages.storage.v1.credential_pb2 import Credential

from tests.support.storage import Registry, private_token, running
from tests.support.storage_users import new_user, person, personal_token


def _whoami(registry: Registry, secret: str) -> str:
    return registry.outcome("GetCaller", by=private_token(secret))


def _listed(registry: Registry, by: Sequence[Credential], **values: object) -> set[int]:
    return {token.id for token in registry.ask("ListPersonalAccessTokens", by=by, per_page=100, **values).access_tokens}


def test_a_personal_token_acts_as_its_user(registry: Registry) -> None:
    user = new_user(registry)
    created = personal_token(registry, user.id)
    assert registry.ask("GetCaller", by=private_token(created.secret)).user.id == user.id
    assert created.access_token.user_id == user.id
    assert created.access_token.active
    assert not created.access_token.HasField("access_level")


def test_only_administrators_make_personal_tokens(registry: Registry) -> None:
    user = person(registry)
    ended = registry.outcome(
        "CreatePersonalAccessToken", by=user.credentials, user_id=user.id, name="t", scopes=["api"]
    )
    assert ended == "ROLE_INSUFFICIENT"
    assert registry.outcome("CreatePersonalAccessToken", user_id=10**9, name="t", scopes=["api"]) == "USER_NOT_FOUND"


@pytest.mark.parametrize(
    ("values", "refusal"),
    [
        ({"name": ""}, "PARAMETER_MISSING"),
        ({"scopes": []}, "PARAMETER_MISSING"),
        ({"scopes": ["everything"]}, "PARAMETER_VALUE_UNKNOWN"),
        ({"expires_at": "2001-01-01"}, "PARAMETER_INVALID"),
    ],
)
def test_malformed_personal_tokens_are_refused(registry: Registry, values: dict[str, object], refusal: str) -> None:
    known = {"user_id": new_user(registry).id, "name": "t", "scopes": ["api"]}
    assert registry.outcome("CreatePersonalAccessToken", **{**known, **values}) == refusal


def test_everyone_lists_its_own_tokens_and_an_administrator_all(registry: Registry) -> None:
    user, other = person(registry), person(registry)
    own = personal_token(registry, user.id).access_token.id
    foreign = personal_token(registry, other.id).access_token.id
    assert own in _listed(registry, user.credentials)
    assert foreign not in _listed(registry, user.credentials)
    assert {own, foreign} < _listed(registry, registry.root)
    assert foreign not in _listed(registry, registry.root, user_id=user.id)
    assert registry.outcome("ListPersonalAccessTokens", by=user.credentials, user_id=other.id) == "CREDENTIAL_INVALID"


def test_lists_tell_active_tokens_from_the_others(registry: Registry) -> None:
    user = new_user(registry)
    today = dt.datetime.now(dt.UTC).date().isoformat()
    good = personal_token(registry, user.id).access_token.id
    expired = personal_token(registry, user.id, expires_at=today).access_token.id
    revoked = personal_token(registry, user.id).access_token.id
    registry.ask("RevokePersonalAccessToken", token_id=revoked)
    assert _listed(registry, registry.root, user_id=user.id, state=pb.TOKEN_STATE_ACTIVE) == {good}
    assert _listed(registry, registry.root, user_id=user.id, state=pb.TOKEN_STATE_INACTIVE) == {expired, revoked}
    assert _listed(registry, registry.root, user_id=user.id) == {good, expired, revoked}


def test_a_token_is_read_by_its_owner_and_by_administrators(registry: Registry) -> None:
    user, other = person(registry), person(registry)
    token = personal_token(registry, user.id).access_token.id

    def read(by: Sequence[Credential], token_id: int) -> str:
        return registry.outcome("GetPersonalAccessToken", by=by, token_id=token_id)

    assert read(user.credentials, token) == "OK"
    assert read(registry.root, token) == "OK"
    assert read(other.credentials, token) == "CREDENTIAL_INVALID"
    assert read(registry.root, 10**9) == "TOKEN_NOT_FOUND"
    bot = registry.access_token(registry.project().id).access_token.id
    assert read(registry.root, bot) == "TOKEN_NOT_FOUND"


def test_a_revoked_personal_token_is_refused_and_stays_in_lists(registry: Registry) -> None:
    user, other = person(registry), person(registry)
    created = personal_token(registry, user.id)

    def revoke(by: Sequence[Credential]) -> str:
        return registry.outcome("RevokePersonalAccessToken", by=by, token_id=created.access_token.id)

    assert revoke(other.credentials) == "TOKEN_NOT_FOUND"
    assert _whoami(registry, created.secret) == "OK"
    assert revoke(user.credentials) == "OK"
    assert _whoami(registry, created.secret) == "CREDENTIAL_REVOKED"
    kept = registry.ask("GetPersonalAccessToken", token_id=created.access_token.id).access_token
    assert (kept.revoked, kept.active) == (True, False)


@pytest.mark.parametrize("scope", ["api", "read_api", "read_repository"])
def test_the_presented_token_is_read_and_revoked_whatever_its_scope(registry: Registry, scope: str) -> None:
    created = personal_token(registry, new_user(registry).id, scope)
    own = private_token(created.secret)
    shown = registry.ask("GetPresentedAccessToken", by=own).access_token
    assert shown.HasField("last_used_at")
    shown.ClearField("last_used_at")
    assert shown == created.access_token
    assert registry.outcome("RevokePresentedAccessToken", by=own) == "OK"
    assert registry.outcome("GetPresentedAccessToken", by=own) == "CREDENTIAL_REVOKED"


def test_a_projects_token_presents_itself_with_its_role(registry: Registry) -> None:
    created = registry.access_token(registry.project().id, 30)
    assert registry.ask("GetPresentedAccessToken", by=private_token(created.secret)).access_token.access_level == 30


def test_a_new_root_token_file_ends_the_token_of_the_old_one_alone(tmp_path: Path) -> None:
    with running(tmp_path) as first:
        own = personal_token(first, first.ask("GetCaller").user.id).secret
    (tmp_path / "root-token").unlink()
    with running(tmp_path) as second:
        assert second.outcome("GetCaller", by=first.root) == "CREDENTIAL_INVALID"
        assert _whoami(second, own) == "OK"
