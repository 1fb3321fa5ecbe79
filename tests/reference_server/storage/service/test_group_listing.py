"""The packages of a group's projects."""

from collections.abc import Sequence

import pytest
from generic_packages.storage.v1 import packages_pb2 as pb
from generic_packages.storage.v1.credential_pb2 import Credential

from tests.support.storage import ANONYMOUS, Registry, at


def listed(
    registry: Registry,
    group: int | str,
    *,
    by: Sequence[Credential] | None = None,
    order_by: str | None = None,
    without_subgroups: bool = False,
) -> list[pb.Package]:
    answer = registry.ask(
        "ListGroupPackages",
        by=registry.root if by is None else by,
        group=str(group),
        part=pb.ListedPart(order_by=order_by),
        exclude_subgroups=without_subgroups,
    )
    assert answer.part.total == len(answer.packages)
    return list(answer.packages)


def test_a_group_shows_the_packages_of_its_projects_and_of_the_groups_below(registry: Registry) -> None:
    top = registry.group()
    below = registry.group(parent=top.id)
    other = registry.project()
    registry.publish(at(other.id, name="elsewhere"))
    projects = [registry.project(group=top.id), registry.project(group=below.id)]
    for project, name in zip(projects, ("here", "below"), strict=True):
        registry.publish(at(project.id, name=name))
    for group in (top.id, top.full_path):
        found = listed(registry, group)
        assert [(package.name, package.project_id, package.project_path) for package in found] == [
            ("here", projects[0].id, projects[0].full_path),
            ("below", projects[1].id, projects[1].full_path),
        ]
    assert [package.name for package in listed(registry, top.id, without_subgroups=True)] == ["here"]
    assert [package.name for package in listed(registry, below.id)] == ["below"]


def test_packages_of_a_group_are_ordered_by_their_projects_paths(registry: Registry) -> None:
    group = registry.group()
    later, earlier = registry.project(group=group.id), registry.project(group=group.id)
    projects = sorted((later, earlier), key=lambda project: project.path, reverse=True)
    for project in projects:
        registry.publish(at(project.id))
    found = [package.project_id for package in listed(registry, group.id, order_by="project_path")]
    assert found == [project.id for project in reversed(projects)]


def test_going_on_by_project_path_gives_the_whole_list(registry: Registry) -> None:
    group = registry.group()
    ids = set()
    for _ in range(3):
        project = registry.project(group=group.id).id
        ids |= {registry.publish(at(project, version=str(number))).package_id for number in range(2)}
    found, cursor = [], None
    while cursor is None or cursor:
        part = pb.ListedPart(order_by="project_path", keyset=True, per_page=1, cursor=cursor)
        answer = registry.ask("ListGroupPackages", group=str(group.id), part=part)
        found += [package.id for package in answer.packages]
        cursor = answer.part.next_cursor
    assert len(found) == len(ids)
    assert set(found) == ids


def test_nobody_is_shown_packages_that_it_may_not_read(either: Registry) -> None:
    group = either.group()
    public, private = either.project(group=group.id).id, either.project("PRIVATE", group=group.id).id
    for project in (public, private):
        either.publish(at(project))
    guest, reporter, stranger = either.member(private, 10), either.member(private, 20), either.member(public, 30)
    seen = {
        name: {package.project_id for package in listed(either, group.id, by=by)}
        for name, by in (("nobody", ANONYMOUS), ("guest", guest), ("reporter", reporter), ("stranger", stranger))
    }
    assert seen == {"nobody": {public}, "guest": {public}, "reporter": {public, private}, "stranger": {public}}


def test_each_package_says_whether_the_caller_may_delete_it(registry: Registry) -> None:
    group = registry.group()
    projects = [registry.project(group=group.id).id for _ in range(2)]
    for project in projects:
        registry.publish(at(project))
    for level, may in ((30, False), (40, True)):
        found = listed(registry, group.id, by=registry.member(projects[0], level))
        assert {package.project_id: package.caller_may_delete for package in found} == {
            projects[0]: may,
            projects[1]: False,
        }


@pytest.mark.parametrize(
    ("values", "refusal"),
    [({"group": "no/such"}, "GROUP_NOT_FOUND"), ({"part": pb.ListedPart(order_by="id")}, "PARAMETER_VALUE_UNKNOWN")],
)
def test_what_no_group_has_is_refused(registry: Registry, values: dict[str, object], refusal: str) -> None:
    assert registry.outcome("ListGroupPackages", **{"group": str(registry.group().id), **values}) == refusal


def test_a_private_group_is_not_found_by_strangers(registry: Registry) -> None:
    group = str(registry.group(visibility="PRIVATE").id)
    for by in (ANONYMOUS, registry.member(registry.project().id, 50)):
        assert registry.outcome("ListGroupPackages", by=by, group=group) == "GROUP_NOT_FOUND"
