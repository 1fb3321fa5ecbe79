"""The identity service: users, groups, projects and tokens."""

import datetime as dt

import pytest
from generic_packages.storage.v1 import identity_pb2 as pb
from google.protobuf.timestamp_pb2 import Timestamp

from tests.support.storage import ANONYMOUS, Registry, at, in_project


def test_the_administrator_sees_itself(registry: Registry) -> None:
    user = registry.ask("GetCaller").user
    assert (user.username, user.administrator, user.bot) == ("root", True, False)
    assert user.created_at.seconds > 0


def test_a_project_access_token_is_a_bot(registry: Registry, project: int) -> None:
    created = registry.access_token(project, 20, scopes=["read_user"])
    user = registry.ask("GetCaller", by=registry.member(project, scopes=["read_user"])).user
    assert user.bot
    assert not user.administrator
    assert user.username.startswith(f"project_{project}_bot_")
    assert (created.access_token.access_level, list(created.access_token.scopes)) == (20, ["read_user"])
    assert created.secret.startswith("glpat-")


def test_a_caller_without_a_scope_for_it_does_not_see_itself(registry: Registry) -> None:
    ended = registry.outcome("GetCaller", by=registry.member(registry.project().id, scopes=["read_repository"]))
    assert ended == "SCOPE_INSUFFICIENT"


def test_groups_nest_and_carry_full_paths(registry: Registry) -> None:
    top = registry.group()
    below = registry.group(parent=top.id)
    project = registry.project(group=below.id)
    assert not top.HasField("parent_id")
    assert below.parent_id == top.id
    assert below.full_path == f"{top.full_path}/{below.path}"
    assert project.full_path == f"{below.full_path}/{project.path}"
    assert project.group == below


def _group(registry: Registry, **values: object) -> str:
    return registry.outcome("CreateGroup", **{"name": "n", "path": "p", **values})


def _project(registry: Registry, group: int, **values: object) -> str:
    return registry.outcome("CreateProject", **{"name": "n", "path": "pp", "group_id": group, **values})


@pytest.mark.parametrize(
    ("values", "refusal"),
    [
        ({"name": ""}, "PARAMETER_MISSING"),
        ({"name": "x" * 256}, "PARAMETER_INVALID"),
        ({"path": ""}, "PARAMETER_MISSING"),
        ({"path": "x"}, "PARAMETER_INVALID"),
        ({"path": "x" * 256}, "PARAMETER_INVALID"),
        ({"path": "-leading"}, "PARAMETER_INVALID"),
        ({"path": "trailing."}, "PARAMETER_INVALID"),
        ({"path": "with/slash"}, "PARAMETER_INVALID"),
        ({"path": "line\n"}, "PARAMETER_INVALID"),
        ({"path": "fine", "visibility": 9}, "PARAMETER_VALUE_UNKNOWN"),
        ({"path": "fine", "credentials": ANONYMOUS}, "CREDENTIAL_INVALID"),
    ],
)
def test_malformed_groups_and_projects_are_refused(registry: Registry, values: dict[str, object], refusal: str) -> None:
    assert _group(registry, **values) == refusal
    assert _project(registry, registry.group().id, **values) == refusal


def test_a_full_path_is_taken_once_by_groups_and_projects_in_any_letter_case(registry: Registry) -> None:
    group = registry.group()
    project = registry.project(group=group.id)
    assert _group(registry, path=group.path) == "PARAMETER_TAKEN"
    assert _group(registry, path=group.path.upper()) == "PARAMETER_TAKEN"
    assert _project(registry, group.id, path=project.path) == "PARAMETER_TAKEN"
    assert _group(registry, path=project.path, parent_id=group.id, visibility=3) == "PARAMETER_TAKEN"


def test_a_project_needs_a_group_that_exists(registry: Registry) -> None:
    assert _project(registry, 0) == "PARAMETER_MISSING"
    assert _project(registry, 10**9) == "GROUP_NOT_FOUND"
    assert _group(registry, path="below", parent_id=10**9) == "GROUP_NOT_FOUND"


def test_nothing_is_seen_wider_than_its_group(registry: Registry) -> None:
    private = registry.group(visibility="PRIVATE").id
    assert _project(registry, private, visibility=pb.VISIBILITY_PUBLIC) == "PARAMETER_INVALID"
    assert _group(registry, path="wide", parent_id=private, visibility=pb.VISIBILITY_INTERNAL) == "PARAMETER_INVALID"
    assert _project(registry, private, visibility=pb.VISIBILITY_UNSPECIFIED) == "OK"


def test_only_an_administrator_makes_a_group_at_the_top(registry: Registry) -> None:
    member = registry.member(registry.project().id, 50)
    assert _group(registry, path="of-a-member", credentials=member) == "ROLE_INSUFFICIENT"


def test_a_projects_owner_has_no_say_in_its_group(registry: Registry) -> None:
    group = registry.group()
    owner = registry.member(registry.project(group=group.id).id, 50)
    assert _project(registry, group.id, credentials=owner) == "ROLE_INSUFFICIENT"
    assert registry.outcome("DeleteGroup", by=owner, group=group.full_path) == "ROLE_INSUFFICIENT"


def test_a_deploy_token_makes_nothing(registry: Registry) -> None:
    project = registry.project()
    deploy = registry.deploy_token(project.id, "write_package_registry")
    assert _group(registry, path="of-a-token", credentials=deploy) == "ROLE_INSUFFICIENT"
    ended = registry.outcome(
        "CreateDeployToken", by=deploy, place=in_project(project.id), name="n", scopes=["read_package_registry"]
    )
    assert ended == "ROLE_INSUFFICIENT"


def test_a_project_is_read_with_the_callers_roles(registry: Registry) -> None:
    project = registry.project("PRIVATE")
    seen = registry.ask("GetProject", by=registry.member(project.id, 20), project=project.full_path).project
    assert seen.caller_project_access_level == 20
    assert not seen.HasField("caller_group_access_level")
    assert registry.ask("GetProject", project=str(project.id)).project.caller_group_access_level == 50


def test_a_private_project_is_not_there_for_others(registry: Registry) -> None:
    private = str(registry.project("PRIVATE").id)
    stranger = registry.member(registry.project().id)
    for credentials in (ANONYMOUS, stranger):
        assert registry.outcome("GetProject", by=credentials, project=private) == "PROJECT_NOT_FOUND"
    assert registry.outcome("GetProject", by=ANONYMOUS, project=str(registry.project().id)) == "OK"


def _token(registry: Registry, project: int, **values: object) -> str:
    return registry.outcome(
        "CreateAccessToken", **{"place": in_project(project), "name": "t", "scopes": ["api"], **values}
    )


@pytest.mark.parametrize(
    ("values", "refusal"),
    [
        ({"name": ""}, "PARAMETER_MISSING"),
        ({"scopes": []}, "PARAMETER_MISSING"),
        ({"scopes": ["api", "everything"]}, "PARAMETER_VALUE_UNKNOWN"),
        ({"access_level": 15}, "PARAMETER_VALUE_UNKNOWN"),
        ({"access_level": 60}, "PARAMETER_VALUE_UNKNOWN"),
        ({"expires_at": "tomorrow"}, "PARAMETER_INVALID"),
        ({"expires_at": "2026-02-30"}, "PARAMETER_INVALID"),
        ({"expires_at": "2001-01-01"}, "PARAMETER_INVALID"),
    ],
)
def test_malformed_access_tokens_are_refused(registry: Registry, values: dict[str, object], refusal: str) -> None:
    assert _token(registry, registry.project().id, **values) == refusal


def test_a_token_defaults_to_maintainer_and_a_maintainer_gives_no_higher_role(registry: Registry, project: int) -> None:
    created = registry.ask("CreateAccessToken", place=in_project(project), name="t", scopes=["api"])
    assert created.access_token.access_level == 40
    maintainer = registry.member(project, 40)
    assert _token(registry, project, credentials=maintainer, access_level=40) == "OK"
    assert _token(registry, project, credentials=maintainer, access_level=50) == "PARAMETER_VALUE_UNKNOWN"
    assert _token(registry, project, credentials=registry.member(project, 30)) == "ROLE_INSUFFICIENT"


def test_a_deploy_token_has_the_user_name_that_was_asked_for_or_one_of_its_id(registry: Registry) -> None:
    project = str(registry.project().id)
    values = {"place": in_project(project), "name": "t", "scopes": ["read_package_registry"]}
    token = registry.ask("CreateDeployToken", **values).deploy_token
    assert token.username == f"gitlab+deploy-token-{token.id}"
    assert registry.ask("CreateDeployToken", **values, username="builder").deploy_token.username == "builder"
    assert registry.outcome("CreateDeployToken", **values, username="two words") == "PARAMETER_INVALID"
    assert registry.outcome("CreateDeployToken", **{**values, "scopes": ["api"]}) == "PARAMETER_VALUE_UNKNOWN"


@pytest.mark.parametrize("seconds", [0, -1, -(2**63), 1_500_000_000, 253_402_300_800, 2**63 - 1])
def test_a_deploy_token_ends_neither_in_the_past_nor_beyond_the_calendar(registry: Registry, seconds: int) -> None:
    ended = registry.outcome(
        "CreateDeployToken",
        place=in_project(registry.project().id),
        name="t",
        scopes=["read_package_registry"],
        expires_at=Timestamp(seconds=seconds),
    )
    assert ended == "PARAMETER_INVALID"


def test_a_deleted_project_is_gone_with_its_packages_and_tokens(registry: Registry, project: int) -> None:
    member = registry.member(project, 50)
    registry.publish(at(project))
    assert registry.outcome("DeleteProject", project=str(project)) == "OK"
    assert registry.outcome("DeleteProject", project=str(project)) == "PROJECT_NOT_FOUND"
    assert registry.outcome("open_package_file", coordinates=at(project)) == "PROJECT_NOT_FOUND"
    assert registry.outcome("GetCaller", by=member) == "CREDENTIAL_INVALID"


def test_a_deleted_group_is_gone_with_everything_below_and_its_content(registry: Registry) -> None:
    top = registry.group()
    below = registry.group(parent=registry.group(parent=top.id).id)
    project = registry.project(group=below.id)
    before = registry.blobs()
    registry.publish_large(at(project.id), dt.datetime.now(dt.UTC).isoformat().encode() * 5000)
    assert len(registry.blobs() - before) == 1
    assert registry.outcome("DeleteGroup", group=str(top.id)) == "OK"
    registry.freed_to(before)
    assert registry.outcome("GetProject", project=project.full_path) == "PROJECT_NOT_FOUND"
    assert _group(registry, path=top.path) == "OK"
