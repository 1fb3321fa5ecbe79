"""Groups and projects: reading, listing and changing them, and who may use a project's package registry."""

from collections.abc import Sequence

import pytest
from generic_packages.storage.v1 import identity_pb2 as pb
from generic_packages.storage.v1.credential_pb2 import Credential

from tests.support.storage import ANONYMOUS, Registry, at, in_group, in_project
from tests.support.storage_users import give_role, person

GUEST, REPORTER, DEVELOPER, MAINTAINER, OWNER = 10, 20, 30, 40, 50


def _projects(registry: Registry, by: Sequence[Credential], **values: object) -> list[int]:
    return [project.id for project in registry.ask("ListProjects", by=by, per_page=100, **values).projects]


def _groups(registry: Registry, by: Sequence[Credential], **values: object) -> list[int]:
    return [group.id for group in registry.ask("ListGroups", by=by, per_page=100, **values).groups]


def test_a_project_is_listed_for_whoever_sees_it(registry: Registry) -> None:
    group = registry.group().id
    public, internal, private = (registry.project(each, group=group).id for each in ("PUBLIC", "INTERNAL", "PRIVATE"))
    stranger, guest = person(registry), person(registry)
    give_role(registry, in_project(private), guest.id, GUEST)
    where = {"group": str(group)}
    assert _projects(registry, ANONYMOUS, **where) == [public]
    assert _projects(registry, stranger.credentials, **where) == [internal, public]
    assert _projects(registry, guest.credentials, **where) == [private, internal, public]
    assert _projects(registry, registry.root, **where) == [private, internal, public]


def test_projects_of_a_group_are_listed_with_those_below_on_request(registry: Registry) -> None:
    top = registry.group()
    here = registry.project(group=top.id).id
    below = registry.project(group=registry.group(parent=top.id).id).id
    assert _projects(registry, registry.root, group=top.full_path) == [here]
    assert _projects(registry, registry.root, group=str(top.id), include_subgroups=True) == [below, here]
    assert registry.outcome("ListProjects", group="nowhere") == "GROUP_NOT_FOUND"


def test_projects_are_listed_by_role_visibility_name_and_order(registry: Registry) -> None:
    group = registry.group()
    first, second = registry.project(group=group.id), registry.project("PRIVATE", group=group.id)
    user = person(registry)
    give_role(registry, in_project(first.id), user.id, DEVELOPER)
    give_role(registry, in_group(group.id), user.id, GUEST)
    mine = {"group": str(group.id)}
    assert _projects(registry, user.credentials, minimum_access_level=DEVELOPER, **mine) == [first.id]
    assert _projects(registry, user.credentials, minimum_access_level=GUEST, **mine) == [second.id, first.id]
    assert _projects(registry, ANONYMOUS, minimum_access_level=GUEST, **mine) == []
    assert _projects(registry, registry.root, visibility=pb.VISIBILITY_PRIVATE, **mine) == [second.id]
    assert _projects(registry, registry.root, search=first.path[1:], **mine) == [first.id]
    assert _projects(registry, registry.root, order_by="id", sort="asc", **mine) == [first.id, second.id]
    for wrong in ({"order_by": "size"}, {"sort": "up"}):
        assert registry.outcome("ListProjects", **wrong) == "PARAMETER_VALUE_UNKNOWN"


def test_a_listed_project_carries_its_group_and_the_callers_roles(registry: Registry) -> None:
    group = registry.group()
    project, user = registry.project(group=group.id).id, person(registry)
    give_role(registry, in_project(project), user.id, DEVELOPER)
    give_role(registry, in_group(group.id), user.id, REPORTER)
    (listed,) = registry.ask("ListProjects", by=user.credentials, group=str(group.id)).projects
    assert listed == registry.ask("GetProject", by=user.credentials, project=str(project)).project
    assert (listed.caller_project_access_level, listed.caller_group_access_level) == (DEVELOPER, REPORTER)


def test_groups_are_read_and_listed_for_whoever_sees_them(registry: Registry) -> None:
    top = registry.group(visibility="PRIVATE")
    below = registry.group(parent=top.id, visibility="PRIVATE")
    stranger, member = person(registry), person(registry)
    give_role(registry, in_group(top.id), member.id, REPORTER)
    assert _groups(registry, member.credentials, minimum_access_level=REPORTER) == [top.id, below.id]
    assert _groups(registry, member.credentials, minimum_access_level=REPORTER, top_level_only=True) == [top.id]
    assert _groups(registry, member.credentials, parent=top.full_path) == [below.id]
    assert _groups(registry, stranger.credentials, search=below.path) == []
    assert _groups(registry, registry.root, search=below.path) == [below.id]
    read = registry.ask("GetGroup", by=member.credentials, group=below.full_path)
    assert (read.group, read.caller_access_level) == (below, REPORTER)
    assert registry.outcome("GetGroup", by=stranger.credentials, group=str(below.id)) == "GROUP_NOT_FOUND"


def test_a_project_is_changed_by_its_maintainers_and_made_visible_by_its_owners(registry: Registry) -> None:
    project = registry.project().id
    maintainer, owner = registry.member(project, MAINTAINER), registry.member(project, OWNER)

    def change(by: Sequence[Credential], **values: object) -> str:
        return registry.outcome("UpdateProject", by=by, project=str(project), **values)

    assert change(registry.member(project, DEVELOPER), name="n") == "ROLE_INSUFFICIENT"
    assert change(maintainer, name="renamed") == "OK"
    assert change(maintainer, visibility=pb.VISIBILITY_PRIVATE) == "ROLE_INSUFFICIENT"
    assert change(owner, visibility=pb.VISIBILITY_PRIVATE) == "OK"
    assert change(owner, package_registry_access_level=9) == "PARAMETER_VALUE_UNKNOWN"
    changed = registry.ask("GetProject", by=owner, project=str(project)).project
    assert (changed.name, changed.visibility) == ("renamed", pb.VISIBILITY_PRIVATE)
    assert changed.package_registry_access_level == pb.PACKAGE_REGISTRY_ACCESS_LEVEL_ENABLED


def test_a_project_becomes_no_more_visible_than_its_group(registry: Registry) -> None:
    project = registry.project("PRIVATE", group=registry.group(visibility="INTERNAL").id).id
    for visibility, expected in (("PUBLIC", "PARAMETER_INVALID"), ("INTERNAL", "OK")):
        number = pb.Visibility.Value(f"VISIBILITY_{visibility}")
        assert registry.outcome("UpdateProject", project=str(project), visibility=number) == expected


class PackageRegistry:
    """A project whose package registry has an access level, with one published file."""

    def __init__(self, registry: Registry, visibility: str, level: str) -> None:
        self.registry = registry
        self.project = registry.project(visibility).id
        registry.publish(at(self.project))
        number = pb.PackageRegistryAccessLevel.Value(f"PACKAGE_REGISTRY_ACCESS_LEVEL_{level}")
        registry.ask("UpdateProject", project=str(self.project), package_registry_access_level=number)

    def opening(self, by: Sequence[Credential]) -> str:
        return self.registry.opening(self.project, by)

    def publishing(self, by: Sequence[Credential]) -> str:
        return self.registry.publishing(self.project, by)


def test_a_package_registry_for_everyone_opens_a_private_project_in_the_current_edition(either: Registry) -> None:
    everyone = PackageRegistry(either, "PRIVATE", "PUBLIC")
    stranger = person(either).credentials
    current = either.edition == "current"
    assert everyone.opening(ANONYMOUS) == ("OK" if current else "CREDENTIAL_INVALID")
    assert everyone.opening(stranger) == ("OK" if current else "PROJECT_NOT_FOUND")
    assert everyone.opening(either.member(everyone.project, GUEST)) == ("OK" if current else "ROLE_INSUFFICIENT")
    assert everyone.publishing(ANONYMOUS) == "CREDENTIAL_INVALID"
    assert everyone.publishing(stranger) == "PROJECT_NOT_FOUND"
    assert everyone.publishing(either.member(everyone.project, DEVELOPER)) == "OK"


def test_a_package_registry_for_members_is_closed_to_others_of_a_public_project(either: Registry) -> None:
    closed = PackageRegistry(either, "PUBLIC", "PRIVATE")
    assert closed.opening(ANONYMOUS) == "CREDENTIAL_INVALID"
    assert closed.opening(person(either).credentials) == "ROLE_INSUFFICIENT"
    assert closed.opening(either.member(closed.project, REPORTER)) == "OK"
    assert closed.opening(either.deploy_token(closed.project, "read_package_registry")) == "OK"
    assert closed.publishing(either.member(closed.project, DEVELOPER)) == "OK"


@pytest.mark.parametrize("visibility", ["PUBLIC", "PRIVATE"])
def test_a_disabled_package_registry_is_closed_to_all(either: Registry, visibility: str) -> None:
    disabled = PackageRegistry(either, visibility, "DISABLED")
    write = either.deploy_token(disabled.project, "write_package_registry")
    for caller in (either.root, either.member(disabled.project, OWNER), write):
        assert disabled.opening(caller) == "ROLE_INSUFFICIENT"
        assert disabled.publishing(caller) == "ROLE_INSUFFICIENT"
    assert disabled.opening(ANONYMOUS) == "CREDENTIAL_INVALID"
    assert either.outcome("GetProject", project=str(disabled.project)) == "OK"
