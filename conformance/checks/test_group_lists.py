"""Lists of packages of groups: whose packages are in them."""

from urllib.parse import quote

from conformance.checks.cells import PRIVATE, PUBLIC
from conformance.checks.packages_api import expect_column, expect_entry, packages_below, recorded
from conformance.checks.steps import stored
from conformance.judging.binding import judges
from conformance.judging.expectations import Evaluator
from conformance.target.access import Actor
from conformance.target.registry import Registry
from conformance.transport.response import Response


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


def _listed_above(registry: Registry, control: Evaluator, parameter: str) -> tuple[str, Response]:
    """Publish into a subgroup's project, beside another package, and list the parent group."""
    subgroup = registry.access.subgroup("lists")
    below = registry.access.subgroup("below", within=subgroup)
    registry.publish(registry.location(), registry.content(), project=below.project)
    file = stored(registry, control, project=below.project)
    response = registry.call("GET", packages_below(subgroup), query=f"package_name={file.location.package}{parameter}")
    return file.location.package, response
