"""Lists of packages: what is in them, for whom, under which filter and in which order."""

from conformance.checks.cells import INVALID_TOKEN, PRIVATE, PUBLIC, Cell
from conformance.checks.packages_api import (
    Entry,
    column,
    entries,
    expect_column,
    expect_entry,
    packages_of,
    published_fixtures,
)
from conformance.checks.steps import stored
from conformance.checks.times import is_rfc_3339
from conformance.judging.binding import judges, judges_each
from conformance.judging.expectations import Evaluator
from conformance.target.access import Actor
from conformance.target.registry import FileLocation, Registry
from conformance.transport.response import Response, describe

KEYS = frozenset(["id", "name", "version", "package_type", "status", "_links", "created_at", "tags"])
ACCESS = {
    "packages.list-public-anonymous-is-200": Cell(PUBLIC, None, (200,)),
    "packages.list-invalid-token-is-401": Cell(PUBLIC, INVALID_TOKEN, (401,)),
    "packages.list-private-anonymous-is-404": Cell(PRIVATE, None, (404,)),
    "packages.list-private-outsider-is-404": Cell(PRIVATE, Actor.OUTSIDER, (404,)),
    "packages.list-private-guest-is-403": Cell(PRIVATE, Actor.GUEST, (403,)),
    "packages.list-private-guest-is-200": Cell(PRIVATE, Actor.GUEST, (200,)),
    "packages.list-private-reporter-is-200": Cell(PRIVATE, Actor.REPORTER, (200,)),
    "packages.list-job-token-is-200": Cell(PRIVATE, Actor.JOB_DEVELOPER, (200,)),
    "packages.list-job-token-is-refused": Cell(PRIVATE, Actor.JOB_DEVELOPER, (401, 404)),
    "packages.list-outsider-job-token-is-refused": Cell(PRIVATE, Actor.JOB_OUTSIDER, (403, 404)),
}
UNKNOWN_VALUES = {
    "packages.list-type-unknown-is-400": "package_type=parcel",
    "packages.list-order-unknown-is-400": "order_by=colour",
}
ORDERS = {
    "packages.list-is-in-order-of-creation": ("", "caebd"),
    "packages.list-sorts-descending": ("&sort=desc", "dbeac"),
    "packages.list-orders-by-name": ("&order_by=name", "abcde"),
    "packages.list-orders-by-version": ("&order_by=version&sort=desc", "abdce"),
}


@judges("packages.list-shows-published")
def test_list_shows_published(registry: Registry, expect: Evaluator, control: Evaluator) -> None:
    """A client publishes a package and lists by its name: one entry, with name, version and type."""
    file = stored(registry, control)
    response = _list(registry, f"package_name={file.location.package}")
    wanted = {"name": file.location.package, "version": "1.0.0", "package_type": "generic"}
    expect_entry(expect, response, wanted)


@judges("packages.list-entry-has-every-key")
def test_list_entry_has_every_key(registry: Registry, expect: Evaluator, control: Evaluator) -> None:
    """A client reads an entry: every key that GitLab's entries have is there; more are welcome."""
    entry, response = _first_entry(registry, control)
    missing = ", ".join(sorted(KEYS - set(entry)))
    expect.that("keys", holds=not missing, expected="every key", actual=f"no {missing}", response=response)


@judges("packages.list-types-are-strict")
def test_list_types_are_strict(registry: Registry, expect: Evaluator, control: Evaluator) -> None:
    """A strictly typed client reads an entry: one value of another type would fail its whole list."""
    entry, response = _first_entry(registry, control)
    links = entry.get("_links")
    web_path = links.get("web_path") if isinstance(links, dict) else None
    right = {
        "id": type(entry.get("id")) is int,
        "created_at": is_rfc_3339(entry.get("created_at")),
        "_links.web_path": isinstance(web_path, str),
    }
    wrong = ", ".join(name for name, holds in right.items() if not holds)
    actual = f"another type of {wrong} in {entry}"
    expect.that("types", holds=not wrong, expected="every type as documented", actual=actual, response=response)


@judges("packages.list-hides-hidden")
def test_list_hides_hidden(registry: Registry, expect: Evaluator, control: Evaluator) -> None:
    """A package and a hidden one are published: the list has the first alone."""
    stem, _ = _one_of_two_hidden(registry, control)
    expect_column(expect, _list(registry, f"package_name={stem}"), [f"{stem}-default"])


@judges("packages.list-shows-hidden-on-request")
def test_list_shows_hidden_on_request(registry: Registry, expect: Evaluator, control: Evaluator) -> None:
    """A package and a hidden one are published: the list of the hidden has the second alone."""
    stem, hidden = _one_of_two_hidden(registry, control)
    expect_column(expect, _list(registry, f"package_name={stem}&status=hidden"), [hidden])


@judges("packages.list-shows-again-what-is-default-again")
def test_list_shows_again_what_is_default_again(registry: Registry, expect: Evaluator, control: Evaluator) -> None:
    """A hidden package, in no list, is published to with status=default: it is in the list.

    The status belongs to the package and follows the last upload that says one.
    """
    file = stored(registry, control, query="status=hidden")
    query = f"package_name={file.location.package}"
    expect_column(control, _list(registry, query), [], label="hidden names")
    control(registry.publish(file.location, registry.content(), query="status=default"), "again").status(201)
    expect_column(expect, _list(registry, query), [file.location.package])


@judges("packages.list-filters-by-type")
def test_list_filters_by_type(registry: Registry, expect: Evaluator, control: Evaluator) -> None:
    """A client lists another type: no generic package is there, although the generic list has them."""
    stem = published_fixtures(registry, control).stem
    generic = _list(registry, f"package_name={stem}&package_type=generic")
    expect_column(control, generic, [*registry.package_fixtures.names], label="generic")
    expect_column(expect, _list(registry, f"package_name={stem}&package_type=npm"), [])


@judges_each(UNKNOWN_VALUES)
def test_list_unknown_value_is_400(case: str, registry: Registry, expect: Evaluator) -> None:
    """A client misspells a parameter: it is told so, which an empty list would not do."""
    expect(_list(registry, case)).status(400)


@judges("packages.list-filters-by-part-of-name")
def test_list_filters_by_part_of_name(registry: Registry, expect: Evaluator, control: Evaluator) -> None:
    """A client lists by a part that is the end of one name and inside no other: that package alone.

    The part holds what this run alone has in its names: earlier runs leave packages in a project that is declared.
    """
    package_fixtures = published_fixtures(registry, control)
    part = package_fixtures.names[3].partition("-")[2]
    expect_column(expect, _list(registry, f"package_name={part}"), [package_fixtures.names[3]])


@judges("packages.list-filters-by-whole-version")
def test_list_filters_by_whole_version(registry: Registry, expect: Evaluator, control: Evaluator) -> None:
    """A client lists by a version with which another begins: the entry of that version alone."""
    file = stored(registry, control)
    longer = FileLocation(file.location.package, "1.0.0.1")
    control(registry.publish(longer, registry.content()), "longer").status(201)
    response = _list(registry, f"package_name={file.location.package}&package_version=1.0.0")
    expect_column(expect, response, ["1.0.0"], key="version", label="versions")


@judges_each(ORDERS)
def test_list_order(case: tuple[str, str], registry: Registry, expect: Evaluator, control: Evaluator) -> None:
    """A client lists packages whose creation, names and versions are in different orders: the order asked for."""
    query, letters = case
    stem = published_fixtures(registry, control).stem
    expect_column(expect, _list(registry, f"package_name={stem}{query}"), [f"{stem}-{letter}" for letter in letters])


@judges("packages.list-orders-by-type")
def test_list_orders_by_type(registry: Registry, expect: Evaluator, control: Evaluator) -> None:
    """A client orders by type where all are generic, so that any order will do: each package once."""
    package_fixtures = published_fixtures(registry, control)
    response = _list(registry, f"package_name={package_fixtures.stem}&order_by=type")
    found = sorted(map(str, column(response) or []))
    holds = found == sorted(package_fixtures.names)
    expect.that("names", holds=holds, expected="each once", actual=describe(response), response=response)


@judges_each(ACCESS)
def test_list_access(case: Cell, registry: Registry, expect: Evaluator, control: Evaluator) -> None:
    """Somebody lists the packages of a project, where the writer gets a list."""
    path = packages_of(registry, case.visibility)
    control(registry.call("GET", path), "writer").status(200)
    expect(registry.call("GET", path, credential=case.credential(registry))).status(*case.status)


@judges("packages.list-empty-is-200")
def test_list_empty_is_200(registry: Registry, expect: Evaluator) -> None:
    """A client lists by a name that no package has: an empty list, which is no error."""
    expect_column(expect, _list(registry, f"package_name={registry.location().package}-absent"), [])


def _list(registry: Registry, query: str) -> Response:
    return registry.call("GET", packages_of(registry), query=query)


def _first_entry(registry: Registry, control: Evaluator) -> tuple[Entry, Response]:
    response = _list(registry, f"package_name={published_fixtures(registry, control).stem}")
    found = entries(response)
    control.that("listed", holds=bool(found), expected="a list", actual=describe(response), response=response)
    return (found or [{}])[0], response


def _one_of_two_hidden(registry: Registry, control: Evaluator) -> tuple[str, str]:
    """Publish a package and a hidden one; return what both names begin with, and the hidden one's."""
    stem = f"{registry.location().package}-pair"
    control(registry.publish(FileLocation(f"{stem}-default"), registry.content()), "default").status(201)
    hidden = registry.publish(FileLocation(f"{stem}-hidden"), registry.content(), query="status=hidden")
    control(hidden, "hidden").status(201)
    return stem, f"{stem}-hidden"
