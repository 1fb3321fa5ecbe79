"""Lists of packages of groups: whose packages are in them."""

from urllib.parse import quote

from conformance.checks.cells import PRIVATE
from conformance.checks.packages_api import entries, expect_column, packages_below, recorded
from conformance.checks.steps import stored
from conformance.judging.binding import judges
from conformance.judging.expectations import Judge
from conformance.target.access import Role
from conformance.target.registry import Registry
from conformance.transport.answer import Answer, described


@judges("packages.group-list-shows-projects")
def test_group_list_shows_projects(registry: Registry, expect: Judge, control: Judge) -> None:
    """Each entry says which project it is from."""
    area = registry.access.area("lists")
    file = recorded(registry, control, project=area.project)
    answer = registry.call("GET", packages_below(area), query=f"package_name={file.place.package}")
    wanted = {"id": file.package, "project_id": area.project.id, "project_path": area.project.path}
    found = [{key: entry.get(key) for key in wanted} for entry in entries(answer) or []]
    actual = repr(found) if found else described(answer)
    expect.that("entry", holds=found == [wanted], expected=repr([wanted]), actual=actual, answer=answer)


@judges("packages.group-list-holds-subgroups")
def test_group_list_holds_subgroups(registry: Registry, expect: Judge, control: Judge) -> None:
    """A package of a subgroup's project, asked for above."""
    name, answer = _listed_above(registry, control, "")
    expect_column(expect, answer, [name])


@judges("packages.group-list-leaves-out-subgroups")
def test_group_list_leaves_out_subgroups(registry: Registry, expect: Judge, control: Judge) -> None:
    """The control differs in the parameter alone."""
    name, answer = _listed_above(registry, control, "&exclude_subgroups=true")
    above = registry.call("GET", packages_below(registry.access.area("lists")), query=f"package_name={name}")
    expect_column(control, above, [name], label="included")
    expect_column(expect, answer, [])


@judges("packages.group-list-hides-private-projects")
def test_group_list_hides_private_projects(registry: Registry, expect: Judge, control: Judge) -> None:
    """The control differs in the credential alone."""
    file = stored(registry, control, visibility=PRIVATE)
    group = quote(registry.access.project(PRIVATE).path.rpartition("/")[0], safe="")
    path, query = f"/groups/{group}/packages", f"package_name={file.place.package}"
    expect_column(control, registry.call("GET", path, query=query), [file.place.package], label="writer")
    outsider = registry.access.credential(Role.OUTSIDER, PRIVATE)
    expect_column(expect, registry.call("GET", path, query=query, credential=outsider), [])


def _listed_above(registry: Registry, control: Judge, parameter: str) -> tuple[str, Answer]:
    """Publish into a subgroup's project, beside another package, and list the parent group."""
    area = registry.access.area("lists")
    below = registry.access.area("below", within=area)
    registry.publish(registry.place(), registry.content(), project=below.project)
    file = stored(registry, control, project=below.project)
    answer = registry.call("GET", packages_below(area), query=f"package_name={file.place.package}{parameter}")
    return file.place.package, answer
