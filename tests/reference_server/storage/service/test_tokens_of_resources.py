"""Access tokens and deploy tokens of projects and groups: who makes, sees and revokes them, and what they reach."""

import time
from collections.abc import Sequence
from typing import Any

import pytest
from generic_packages.storage.v1 import tokens_pb2 as pb
from generic_packages.storage.v1.credential_pb2 import Credential
from generic_packages.storage.v1.identity_pb2 import Place
from google.protobuf.timestamp_pb2 import Timestamp

from tests.support.storage import Registry, at, deploy_token, in_group, in_project, private_token
from tests.support.storage_users import give_role, person

MAINTAINER, OWNER = 40, 50
READ, WRITE = "read_package_registry", "write_package_registry"


def group_token(registry: Registry, group: int, level: int = MAINTAINER) -> Any:  # noqa: ANN401 -- as `ask`
    place = in_group(group)
    return registry.ask("CreateAccessToken", place=place, name="token", scopes=["api"], access_level=level)


def group_deploy_token(registry: Registry, group: int, *scopes: str, **more: Timestamp) -> Any:  # noqa: ANN401
    return registry.ask("CreateDeployToken", place=in_group(group), name="token", scopes=scopes, **more)


def test_a_groups_token_acts_as_a_bot_in_everything_below(registry: Registry) -> None:
    group = registry.group(visibility="PRIVATE")
    below = registry.project("PRIVATE", group=registry.group(parent=group.id, visibility="PRIVATE").id).id
    created = group_token(registry, group.id, 30)
    assert created.access_token.access_level == 30
    credentials = private_token(created.secret)
    assert registry.publishing(below, credentials) == "OK"
    assert registry.publishing(registry.project("PRIVATE").id, credentials) == "PROJECT_NOT_FOUND"
    assert registry.ask("GetCaller", by=credentials).user.bot


def test_a_groups_bot_is_its_member_until_the_token_is_revoked(registry: Registry) -> None:
    group = registry.group().id
    created = group_token(registry, group)
    bot = {"place": in_group(group), "user_id": created.access_token.user_id}
    assert registry.ask("GetMember", **bot).member.access_level == MAINTAINER
    token = {"place": in_group(group), "token_id": created.access_token.id}
    assert registry.outcome("RevokeAccessToken", **token) == "OK"
    assert registry.outcome("RevokeAccessToken", **token) == "TOKEN_NOT_FOUND"
    assert registry.outcome("GetMember", **bot) == "RECORD_NOT_FOUND"
    assert registry.outcome("GetCaller", by=private_token(created.secret)) == "CREDENTIAL_REVOKED"


def test_tokens_of_a_group_are_its_owners_business(registry: Registry) -> None:
    group, maintainer, owner = registry.group().id, person(registry), person(registry)
    give_role(registry, in_group(group), maintainer.id, MAINTAINER)
    give_role(registry, in_group(group), owner.id, OWNER)

    def calls(by: Sequence[Credential]) -> set[str]:
        place = in_group(group)
        return {
            registry.outcome("CreateAccessToken", by=by, place=place, name="t", scopes=["api"]),
            registry.outcome("CreateDeployToken", by=by, place=place, name="t", scopes=[READ]),
            registry.outcome("ListAccessTokens", by=by, place=place),
        }

    assert calls(maintainer.credentials) == {"ROLE_INSUFFICIENT"}
    assert calls(owner.credentials) == {"OK"}


@pytest.mark.parametrize("kind", ["project", "group"])
def test_access_tokens_are_listed_newest_first_and_read_in_their_own_place_alone(registry: Registry, kind: str) -> None:
    group = registry.group().id
    project = registry.project(group=group).id
    place, other = in_project(project), in_group(group)
    first, second = registry.access_token(project, 20), registry.access_token(project, 30)
    if kind == "group":
        place, other = other, place
        first, second = group_token(registry, group, 20), group_token(registry, group, 30)

    def listed(where: Place, **values: object) -> list[tuple[int, int]]:
        tokens = registry.ask("ListAccessTokens", place=where, **values).access_tokens
        return [(token.id, token.access_level) for token in tokens]

    expected = [(second.access_token.id, 30), (first.access_token.id, 20)]
    assert listed(place) == expected
    assert listed(place, state=pb.TOKEN_STATE_INACTIVE) == []
    assert not set(expected) & set(listed(other))
    number = first.access_token.id
    assert registry.ask("GetAccessToken", place=place, token_id=number).access_token == first.access_token
    for call in ("GetAccessToken", "RevokeAccessToken"):
        assert registry.outcome(call, place=other, token_id=number) == "TOKEN_NOT_FOUND"


@pytest.mark.parametrize(
    ("scopes", "published", "opened"),
    [
        ([READ, WRITE], "OK", "OK"),
        ([WRITE], "OK", "OK"),
        ([READ], "ROLE_INSUFFICIENT", "OK"),
        (["read_repository"], "PROJECT_NOT_FOUND", "PROJECT_NOT_FOUND"),
    ],
)
def test_a_groups_deploy_token_serves_the_projects_below(
    either: Registry, scopes: list[str], published: str, opened: str
) -> None:
    group = either.group(visibility="PRIVATE")
    below = either.project("PRIVATE", group=either.group(parent=group.id, visibility="PRIVATE").id).id
    either.publish(at(below))
    token = deploy_token(group_deploy_token(either, group.id, *scopes).secret)
    assert either.publishing(below, token) == published
    assert either.opening(below, token) == opened
    beside = either.project("PRIVATE").id
    assert either.publishing(beside, token) == "PROJECT_NOT_FOUND"


def test_a_deploy_token_of_a_group_below_does_not_reach_up(registry: Registry) -> None:
    top = registry.group(visibility="PRIVATE")
    below = registry.group(parent=top.id, visibility="PRIVATE")
    token = deploy_token(group_deploy_token(registry, below.id, WRITE).secret)
    assert registry.publishing(registry.project("PRIVATE", group=top.id).id, token) == "PROJECT_NOT_FOUND"


def test_deploy_tokens_are_listed_until_they_are_revoked(registry: Registry) -> None:
    group = registry.group().id
    place = in_group(group)
    past = Timestamp(seconds=int(time.time()) - 5)
    good = group_deploy_token(registry, group, READ).deploy_token.id
    expired = group_deploy_token(registry, group, READ, expires_at=past).deploy_token
    revoked = group_deploy_token(registry, group, READ).deploy_token.id
    assert expired.expired
    assert registry.outcome("RevokeDeployToken", place=place, token_id=revoked) == "OK"

    def listed(**values: object) -> list[int]:
        return [token.id for token in registry.ask("ListDeployTokens", per_page=100, **values).deploy_tokens]

    assert listed(place=place) == [expired.id, good]
    assert listed(place=place, active_only=True) == [good]
    assert {good, expired.id} < set(listed())
    assert revoked not in listed()
    assert registry.outcome("GetDeployToken", place=place, token_id=revoked) == "TOKEN_NOT_FOUND"


def test_only_an_administrator_lists_everyones_deploy_tokens(registry: Registry) -> None:
    assert registry.outcome("ListDeployTokens", by=person(registry).credentials) == "ROLE_INSUFFICIENT"


def test_the_tokens_and_bots_of_a_deleted_group_are_gone(registry: Registry) -> None:
    group = registry.group().id
    access, deploy = group_token(registry, group), group_deploy_token(registry, group, READ)
    registry.remove("Group", group)
    for credentials in (private_token(access.secret), deploy_token(deploy.secret)):
        assert registry.outcome("GetCaller", by=credentials) == "CREDENTIAL_INVALID"
    assert registry.outcome("GetUser", user_id=access.access_token.user_id) == "USER_NOT_FOUND"
