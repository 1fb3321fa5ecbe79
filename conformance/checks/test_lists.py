"""Lists of packages: what is in them, for whom, under which filter and in which order."""

from conformance.checks.cells import INVALID_TOKEN, PRIVATE, PUBLIC, Cell
from conformance.checks.packages_api import (
    Entry,
    column,
    entries,
    expect_column,
    packages_of,
    shelved,
)
from conformance.checks.steps import stored
from conformance.checks.times import is_rfc_3339
from conformance.judging.binding import judges, judges_each
from conformance.judging.expectations import Judge
from conformance.target.access import Role
from conformance.target.registry import Place, Registry
from conformance.transport.answer import Answer, described

KEYS = frozenset(["id", "name", "version", "package_type", "status", "_links", "created_at", "tags"])
ACCESS = {
    "packages.list-public-anonymous-is-200": Cell(PUBLIC, None, (200,)),
    "packages.list-invalid-token-is-401": Cell(PUBLIC, INVALID_TOKEN, (401,)),
    "packages.list-private-anonymous-is-404": Cell(PRIVATE, None, (404,)),
    "packages.list-private-outsider-is-404": Cell(PRIVATE, Role.OUTSIDER, (404,)),
    "packages.list-private-guest-is-403": Cell(PRIVATE, Role.GUEST, (403,)),
    "packages.list-private-guest-is-200": Cell(PRIVATE, Role.GUEST, (200,)),
    "packages.list-private-reporter-is-200": Cell(PRIVATE, Role.REPORTER, (200,)),
    "packages.list-job-token-is-200": Cell(PRIVATE, Role.JOB_DEVELOPER, (200,)),
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
def test_list_shows_published(registry: Registry, expect: Judge, control: Judge) -> None:
    """A list of one, by the package's own name."""
    file = stored(registry, control)
    answer = _list(registry, f"package_name={file.place.package}")
    wanted = {"name": file.place.package, "version": "1.0.0", "package_type": "generic"}
    found = [{key: entry.get(key) for key in wanted} for entry in entries(answer) or []]
    actual = repr(found) if found else described(answer)
    expect.that("entry", holds=found == [wanted], expected=repr([wanted]), actual=actual, answer=answer)


@judges("packages.list-entry-has-every-key")
def test_list_entry_has_every_key(registry: Registry, expect: Judge, control: Judge) -> None:
    """More keys are welcome."""
    entry, answer = _first_entry(registry, control)
    missing = ", ".join(sorted(KEYS - set(entry)))
    expect.that("keys", holds=not missing, expected="every key", actual=f"no {missing}", answer=answer)


@judges("packages.list-types-are-strict")
def test_list_types_are_strict(registry: Registry, expect: Judge, control: Judge) -> None:
    """A strictly typed client fails on the whole list when one value has another type."""
    entry, answer = _first_entry(registry, control)
    links = entry.get("_links")
    web_path = links.get("web_path") if isinstance(links, dict) else None
    right = {
        "id": type(entry.get("id")) is int,
        "created_at": is_rfc_3339(entry.get("created_at")),
        "_links.web_path": isinstance(web_path, str),
    }
    wrong = ", ".join(name for name, holds in right.items() if not holds)
    actual = f"another type of {wrong} in {entry}"
    expect.that("types", holds=not wrong, expected="every type as documented", actual=actual, answer=answer)


@judges("packages.list-hides-hidden")
def test_list_hides_hidden(registry: Registry, expect: Judge, control: Judge) -> None:
    """The control differs in the status alone."""
    stem, _ = _one_of_two_hidden(registry, control)
    expect_column(expect, _list(registry, f"package_name={stem}"), [f"{stem}-default"])


@judges("packages.list-shows-hidden-on-request")
def test_list_shows_hidden_on_request(registry: Registry, expect: Judge, control: Judge) -> None:
    """Beside a package that is not hidden."""
    stem, hidden = _one_of_two_hidden(registry, control)
    expect_column(expect, _list(registry, f"package_name={stem}&status=hidden"), [hidden])


@judges("packages.list-shows-again-what-is-default-again")
def test_list_shows_again_what_is_default_again(registry: Registry, expect: Judge, control: Judge) -> None:
    """The status belongs to the package and follows the last upload that says one."""
    file = stored(registry, control, query="status=hidden")
    query = f"package_name={file.place.package}"
    expect_column(control, _list(registry, query), [], label="hidden names")
    control(registry.publish(file.place, registry.content(), query="status=default"), "again").status(201)
    expect_column(expect, _list(registry, query), [file.place.package])


@judges("packages.list-filters-by-type")
def test_list_filters_by_type(registry: Registry, expect: Judge, control: Judge) -> None:
    """The control differs in the type alone."""
    stem = shelved(registry, control).stem
    generic = _list(registry, f"package_name={stem}&package_type=generic")
    expect_column(control, generic, [*registry.shelf.names], label="generic")
    expect_column(expect, _list(registry, f"package_name={stem}&package_type=npm"), [])


@judges_each(UNKNOWN_VALUES)
def test_list_unknown_value_is_400(case: str, registry: Registry, expect: Judge) -> None:
    """A typing error is not an empty list."""
    expect(_list(registry, case)).status(400)


@judges("packages.list-filters-by-part-of-name")
def test_list_filters_by_part_of_name(registry: Registry, expect: Judge, control: Judge) -> None:
    """The part is the end of one name and inside no other."""
    shelf = shelved(registry, control)
    part = shelf.names[3].removeprefix(registry.access.prefix)
    expect_column(expect, _list(registry, f"package_name={part}"), [shelf.names[3]])


@judges("packages.list-filters-by-whole-version")
def test_list_filters_by_whole_version(registry: Registry, expect: Judge, control: Judge) -> None:
    """Another version begins with the one that is asked for."""
    file = stored(registry, control)
    longer = Place(file.place.package, "1.0.0.1")
    control(registry.publish(longer, registry.content()), "longer").status(201)
    answer = _list(registry, f"package_name={file.place.package}&package_version=1.0.0")
    expect_column(expect, answer, ["1.0.0"], key="version", label="versions")


@judges_each(ORDERS)
def test_list_order(case: tuple[str, str], registry: Registry, expect: Judge, control: Judge) -> None:
    """Creation, names and versions of the shelf are in three different orders."""
    query, letters = case
    stem = shelved(registry, control).stem
    expect_column(expect, _list(registry, f"package_name={stem}{query}"), [f"{stem}-{letter}" for letter in letters])


@judges("packages.list-orders-by-type")
def test_list_orders_by_type(registry: Registry, expect: Judge, control: Judge) -> None:
    """All are generic, so that any order is one by type."""
    shelf = shelved(registry, control)
    answer = _list(registry, f"package_name={shelf.stem}&order_by=type")
    found = sorted(map(str, column(answer) or []))
    holds = found == sorted(shelf.names)
    expect.that("names", holds=holds, expected="each once", actual=described(answer), answer=answer)


@judges_each(ACCESS)
def test_list_access(case: Cell, registry: Registry, expect: Judge, control: Judge) -> None:
    """The control differs in the credential alone: for the writer there is a list."""
    path = packages_of(registry, case.visibility)
    control(registry.call("GET", path), "writer").status(200)
    expect(registry.call("GET", path, credential=case.credential(registry))).status(*case.status)


@judges("packages.list-empty-is-200")
def test_list_empty_is_200(registry: Registry, expect: Judge) -> None:
    """No package is no error."""
    expect_column(expect, _list(registry, f"package_name={registry.place().package}-absent"), [])


def _list(registry: Registry, query: str) -> Answer:
    return registry.call("GET", packages_of(registry), query=query)


def _first_entry(registry: Registry, control: Judge) -> tuple[Entry, Answer]:
    answer = _list(registry, f"package_name={shelved(registry, control).stem}")
    found = entries(answer)
    control.that("listed", holds=bool(found), expected="a list", actual=described(answer), answer=answer)
    return (found or [{}])[0], answer


def _one_of_two_hidden(registry: Registry, control: Judge) -> tuple[str, str]:
    """Publish a package and a hidden one; return what both names begin with, and the hidden one's."""
    stem = f"{registry.place().package}-pair"
    control(registry.publish(Place(f"{stem}-default"), registry.content()), "default").status(201)
    hidden = registry.publish(Place(f"{stem}-hidden"), registry.content(), query="status=hidden")
    control(hidden, "hidden").status(201)
    return stem, f"{stem}-hidden"
