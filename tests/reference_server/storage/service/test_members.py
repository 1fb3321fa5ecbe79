"""Members: roles given in projects and groups, inherited, changed, ended and taken."""

import datetime as dt
from collections.abc import Sequence
from functools import partial

import pytest
from generic_packages.storage.v1.credential_pb2 import Credential
from generic_packages.storage.v1.identity_pb2 import Place

from tests.support.storage import ANONYMOUS, Registry, in_group, in_project
from tests.support.storage_users import give_role, new_user, person

GUEST, REPORTER, DEVELOPER, MAINTAINER, OWNER = 10, 20, 30, 40, 50
TODAY = dt.datetime.now(dt.UTC).date()


def _add(registry: Registry, place: Place, by: Sequence[Credential], user: int, level: int) -> str:
    return registry.outcome("AddMember", by=by, place=place, user_id=user, access_level=level)


def _levels(registry: Registry, place: Place, *, inherited: bool) -> dict[int, int]:
    listed = registry.ask("ListMembers", place=place, inherited=inherited, per_page=100)
    assert listed.total == len(listed.members)
    ids = [member.user.id for member in listed.members]
    assert ids == sorted(ids)
    return {member.user.id: member.access_level for member in listed.members}


@pytest.mark.parametrize("level", [GUEST, REPORTER, DEVELOPER, MAINTAINER, OWNER])
def test_a_role_in_a_project_is_what_decides_about_publishing(registry: Registry, level: int) -> None:
    project, user = registry.project("PRIVATE").id, person(registry)
    assert registry.publishing(project, user.credentials) == "PROJECT_NOT_FOUND"
    give_role(registry, in_project(project), user.id, level)
    expected = "OK" if level >= DEVELOPER else "ROLE_INSUFFICIENT"
    assert registry.publishing(project, user.credentials) == expected


def test_a_role_in_a_group_holds_in_everything_below(registry: Registry) -> None:
    top = registry.group(visibility="PRIVATE")
    middle = registry.group(parent=top.id, visibility="PRIVATE")
    project = registry.project("PRIVATE", group=registry.group(parent=middle.id, visibility="PRIVATE").id).id
    user = person(registry)
    give_role(registry, in_group(middle.id), user.id, DEVELOPER)
    assert registry.publishing(project, user.credentials) == "OK"
    beside = registry.project("PRIVATE", group=top.id).id
    assert registry.publishing(beside, user.credentials) == "PROJECT_NOT_FOUND"


def test_the_highest_of_several_roles_counts(registry: Registry) -> None:
    group = registry.group(visibility="PRIVATE")
    project, user = registry.project("PRIVATE", group=group.id).id, person(registry)
    give_role(registry, in_group(group.id), user.id, DEVELOPER)
    give_role(registry, in_project(project), user.id, GUEST)
    assert registry.publishing(project, user.credentials) == "OK"
    assert _levels(registry, in_project(project), inherited=False) == {user.id: GUEST}
    assert _levels(registry, in_project(project), inherited=True)[user.id] == DEVELOPER


def test_lists_tell_what_was_given_here_from_what_is_inherited(registry: Registry) -> None:
    top = registry.group()
    below = registry.group(parent=top.id)
    above, here = new_user(registry).id, new_user(registry).id
    give_role(registry, in_group(top.id), above, REPORTER)
    give_role(registry, in_group(below.id), here, DEVELOPER)
    own = _levels(registry, in_group(below.id), inherited=False)
    assert (own.get(above), own.get(here)) == (None, DEVELOPER)
    every = _levels(registry, in_group(below.id), inherited=True)
    assert (every[above], every[here]) == (REPORTER, DEVELOPER)


def test_members_are_found_by_name(registry: Registry, project: int) -> None:
    first, second = new_user(registry), new_user(registry)
    for user in (first, second):
        give_role(registry, in_project(project), user.id, GUEST)
    found = registry.ask("ListMembers", place=in_project(project), search=first.username)
    assert [member.user.username for member in found.members] == [first.username]
    assert found.members[0].user.email == ""


def test_a_single_member_is_read_with_or_without_what_it_inherits(registry: Registry) -> None:
    group = registry.group()
    project, user = registry.project(group=group.id).id, new_user(registry).id
    give_role(registry, in_group(group.id), user, REPORTER)

    member = {"place": in_project(project), "user_id": user}
    assert registry.outcome("GetMember", inherited=False, **member) == "RECORD_NOT_FOUND"
    assert registry.ask("GetMember", inherited=True, **member).member.access_level == REPORTER


def test_a_maintainer_of_a_project_gives_roles_up_to_its_own(registry: Registry) -> None:
    project, user = registry.project().id, new_user(registry).id
    place, maintainer = in_project(project), registry.member(project, MAINTAINER)
    assert _add(registry, place, registry.member(project, DEVELOPER), user, GUEST) == "ROLE_INSUFFICIENT"
    assert _add(registry, place, maintainer, user, OWNER) == "ROLE_INSUFFICIENT"
    assert _add(registry, place, maintainer, user, MAINTAINER) == "OK"
    raised = registry.outcome("UpdateMember", by=maintainer, place=place, user_id=user, access_level=OWNER)
    assert raised == "ROLE_INSUFFICIENT"


def test_only_an_owner_of_a_group_gives_roles_in_it(registry: Registry) -> None:
    group, maintainer, owner = registry.group().id, person(registry), person(registry)
    give_role(registry, in_group(group), maintainer.id, MAINTAINER)
    give_role(registry, in_group(group), owner.id, OWNER)
    user = new_user(registry).id
    assert _add(registry, in_group(group), maintainer.credentials, user, GUEST) == "ROLE_INSUFFICIENT"
    assert _add(registry, in_group(group), owner.credentials, user, OWNER) == "OK"


@pytest.mark.parametrize(
    ("level", "refusal"), [(0, "PARAMETER_MISSING"), (15, "PARAMETER_VALUE_UNKNOWN"), (60, "PARAMETER_VALUE_UNKNOWN")]
)
def test_what_is_no_role_is_not_given(registry: Registry, level: int, refusal: str) -> None:
    place = in_project(registry.project().id)
    assert _add(registry, place, registry.root, new_user(registry).id, level) == refusal


def test_members_are_users_that_exist_and_are_members_once(registry: Registry) -> None:
    place, user = in_project(registry.project().id), new_user(registry).id
    assert _add(registry, place, registry.root, 10**9, GUEST) == "USER_NOT_FOUND"
    assert _add(registry, place, registry.root, user, GUEST) == "OK"
    assert _add(registry, place, registry.root, user, DEVELOPER) == "MEMBER_TAKEN"
    assert registry.outcome("AddMember", user_id=user, access_level=GUEST) == "PARAMETER_MISSING"


def test_a_role_is_changed_and_its_end_too(registry: Registry) -> None:
    place, user = in_project(registry.project().id), new_user(registry).id
    later = (TODAY + dt.timedelta(days=9)).isoformat()
    assert give_role(registry, place, user, GUEST, expires_at=later).expires_at == later
    change = partial(registry.ask, "UpdateMember", place=place, user_id=user, access_level=REPORTER)
    assert (change().member.access_level, change().member.expires_at) == (REPORTER, later)
    assert not change(expires_at="").member.HasField("expires_at")
    ended = registry.outcome("UpdateMember", place=place, user_id=new_user(registry).id, access_level=GUEST)
    assert ended == "RECORD_NOT_FOUND"


def test_a_role_whose_end_is_set_to_today_ends_at_once(registry: Registry) -> None:
    place, user = in_project(registry.project().id), new_user(registry).id
    give_role(registry, place, user, GUEST)
    changed = registry.ask(
        "UpdateMember", place=place, user_id=user, access_level=GUEST, expires_at=TODAY.isoformat()
    ).member
    assert changed.expires_at == TODAY.isoformat()
    assert registry.outcome("GetMember", place=place, user_id=user) == "RECORD_NOT_FOUND"


@pytest.mark.parametrize("where", ["project", "group"])
def test_a_role_that_has_ended_is_none_and_may_be_given_again(registry: Registry, where: str) -> None:
    group = registry.group(visibility="PRIVATE").id
    project, user = registry.project("PRIVATE", group=group).id, person(registry)
    place = in_project(project) if where == "project" else in_group(group)
    give_role(registry, place, user.id, DEVELOPER, expires_at=TODAY.isoformat())
    assert registry.publishing(project, user.credentials) == "PROJECT_NOT_FOUND"
    assert user.id not in _levels(registry, place, inherited=True)
    give_role(registry, place, user.id, DEVELOPER)
    assert registry.publishing(project, user.credentials) == "OK"


def test_a_taken_role_is_gone_at_once(registry: Registry) -> None:
    project, user = registry.project("PRIVATE").id, person(registry)
    give_role(registry, in_project(project), user.id, DEVELOPER)
    assert registry.outcome("RemoveMember", place=in_project(project), user_id=user.id) == "OK"
    assert registry.outcome("RemoveMember", place=in_project(project), user_id=user.id) == "RECORD_NOT_FOUND"
    assert registry.publishing(project, user.credentials) == "PROJECT_NOT_FOUND"


def test_everyone_may_leave_and_a_maintainer_takes_no_owners_role(registry: Registry) -> None:
    project, owner, guest = registry.project("PRIVATE").id, new_user(registry).id, person(registry)
    place = in_project(project)
    give_role(registry, place, owner, OWNER)
    give_role(registry, place, guest.id, GUEST)

    def remove(user: int, by: Sequence[Credential]) -> str:
        return registry.outcome("RemoveMember", by=by, place=place, user_id=user)

    assert remove(owner, registry.member(project, MAINTAINER)) == "ROLE_INSUFFICIENT"
    assert remove(owner, guest.credentials) == "ROLE_INSUFFICIENT"
    assert remove(guest.id, guest.credentials) == "OK"


def test_members_are_seen_by_users_that_see_the_place(registry: Registry) -> None:
    private, stranger = in_project(registry.project("PRIVATE").id), person(registry)
    assert registry.outcome("ListMembers", by=stranger.credentials, place=private) == "PROJECT_NOT_FOUND"
    public = in_project(registry.project().id)
    assert registry.outcome("ListMembers", by=ANONYMOUS, place=public) == "CREDENTIAL_INVALID"
    assert registry.outcome("ListMembers", by=stranger.credentials, place=public) == "OK"
