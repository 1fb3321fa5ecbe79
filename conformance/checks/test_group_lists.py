"""Lists of packages of groups: whose packages are in them."""

from urllib.parse import quote

from conformance.checks.cells import PRIVATE, PUBLIC
from conformance.checks.packages_api import column, expect_column, expect_entry, packages_below, recorded
from conformance.checks.steps import stored
from conformance.judging.binding import judges, judges_each
from conformance.judging.expectations import Evaluator
from conformance.target.access import Actor, Visibility
from conformance.target.registry import FileLocation, Registry
from conformance.transport.response import Response

BOTH = (PUBLIC, PRIVATE)
UNSEEN = {
    "packages.group-list-private-anonymous-is-404": None,
    "packages.group-list-private-outsider-is-404": Actor.OUTSIDER,
}


@judges("packages.group-list-shows-projects")
def test_group_list_shows_projects(registry: Registry, expect: Evaluator, control: Evaluator) -> None:
    """A client lists a group: the entry of a package says which project it is from."""
    subgroup = registry.access.subgroup("lists")
    file = recorded(registry, control, project=subgroup.project)
    response = registry.call("GET", packages_below(subgroup), query=f"package_name={file.location.package}")
    wanted = {"id": file.package, "project_id": subgroup.project.id, "project_path": subgroup.project.path}
    expect_entry(expect, response, wanted)


@judges("packages.group-list-holds-subgroups")
def test_group_list_holds_subgroups(registry: Registry, expect: Evaluator, control: Evaluator) -> None:
    """A package is published in a subgroup's project: the list of the group above has it."""
    name, response = _listed_above(registry, control, "")
    expect_column(expect, response, [name])


@judges("packages.group-list-leaves-out-subgroups")
def test_group_list_leaves_out_subgroups(registry: Registry, expect: Evaluator, control: Evaluator) -> None:
    """A client lists a group without its subgroups: a package that the whole list has is left out."""
    name, response = _listed_above(registry, control, "&exclude_subgroups=true")
    above = registry.call("GET", packages_below(registry.access.subgroup("lists")), query=f"package_name={name}")
    expect_column(control, above, [name], label="included")
    expect_column(expect, response, [])


@judges("packages.group-list-hides-private-projects")
def test_group_list_hides_private_projects(registry: Registry, expect: Evaluator, control: Evaluator) -> None:
    """An outsider lists a public group: a private project's package, which the writer sees, is not there."""
    public = registry.access.project(PUBLIC)  # in a public group, which there may not be
    file = stored(registry, control, visibility=PRIVATE)
    group = quote(public.path.rpartition("/")[0], safe="")
    path, query = f"/groups/{group}/packages", f"package_name={file.location.package}"
    expect_column(control, registry.call("GET", path, query=query), [file.location.package], label="writer")
    outsider = registry.access.credential(Actor.OUTSIDER, PRIVATE)
    expect_column(expect, registry.call("GET", path, query=query, credential=outsider), [])


@judges_each(UNSEEN)
def test_group_list_is_404(case: Actor | None, registry: Registry, expect: Evaluator, control: Evaluator) -> None:
    """Somebody lists a private group, which the writer may: to those outside there is no such group."""
    path = packages_below(registry.access.subgroup("lists"))
    control(registry.call("GET", path), "writer").status(200)
    credential = registry.access.credential(case, PRIVATE) if case else None
    expect(registry.call("GET", path, credential=credential)).status(404)


@judges("packages.group-list-public-to-anonymous")
def test_group_list_public_to_anonymous(registry: Registry, expect: Evaluator, control: Evaluator) -> None:
    """Nobody in particular lists a public group: of two packages, both seen by the writer, the public one is there."""
    path, stem = _in_two_projects(registry, control)
    response = registry.call("GET", path, query=f"package_name={stem}", credential=None)
    expect_column(expect, response, [f"{stem}-{PUBLIC}"])


@judges("packages.group-list-orders-by-project-path")
def test_group_list_orders_by_project_path(registry: Registry, expect: Evaluator, control: Evaluator) -> None:
    """Packages are created in two projects in another order than that of the projects' paths: the paths count."""
    path, stem = _in_two_projects(registry, control)
    response = registry.call("GET", path, query=f"package_name={stem}&order_by=project_path")
    expect_column(expect, response, [f"{stem}-{visibility}" for visibility in _by_path(registry)])
    backwards = registry.call("GET", path, query=f"package_name={stem}&order_by=project_path&sort=desc")
    expect_column(
        expect, backwards, [f"{stem}-{visibility}" for visibility in reversed(_by_path(registry))], label="descending"
    )


def _by_path(registry: Registry) -> list[Visibility]:
    return sorted(BOTH, key=lambda visibility: registry.access.project(visibility).path)


def _in_two_projects(registry: Registry, control: Evaluator) -> tuple[str, str]:
    """Publish a package to each project of the public group, the later by path first; the writer is shown both.

    Return the address of the group's packages and what the names of both begin with. Labels "private status",
    "public status" and "writer", controls.
    """
    stem = f"{registry.location().package}-in"
    for visibility in reversed(_by_path(registry)):
        response = registry.publish(FileLocation(f"{stem}-{visibility}"), registry.content(), visibility=visibility)
        control(response, f"{visibility}").status(201)
    group = quote(registry.access.project(PUBLIC).path.rpartition("/")[0], safe="")
    path = f"/groups/{group}/packages"
    names = sorted(map(str, column(registry.call("GET", path, query=f"package_name={stem}")) or []))
    wanted = sorted(f"{stem}-{visibility}" for visibility in BOTH)
    control.that("writer", holds=names == wanted, expected=repr(wanted), actual=repr(names))
    return path, stem


def _listed_above(registry: Registry, control: Evaluator, parameter: str) -> tuple[str, Response]:
    """Publish into a subgroup's project, beside another package, and list the parent group."""
    subgroup = registry.access.subgroup("lists")
    below = registry.access.subgroup("below", within=subgroup)
    registry.publish(registry.location(), registry.content(), project=below.project)
    file = stored(registry, control, project=below.project)
    response = registry.call("GET", packages_below(subgroup), query=f"package_name={file.location.package}{parameter}")
    return file.location.package, response
