"""Pages of lists: headers, links, the ends, and pagination by keyset."""

from urllib.parse import parse_qs, urlsplit

from conformance.checks.packages_api import (
    column,
    entries,
    expect_column,
    linked,
    packages_of,
    pages,
    published_fixtures,
    together,
)
from conformance.judging.binding import judges, judges_each
from conformance.judging.expectations import Evaluator
from conformance.target.registry import FileLocation, Registry
from conformance.transport.response import Response, describe

SECOND_OF_THREE = {
    "x-page": "2",
    "x-per-page": "2",
    "x-total": "5",
    "x-total-pages": "3",
    "x-next-page": "3",
    "x-prev-page": "1",
}
LAST_OF_THREE = {"x-page": "3", "x-next-page": ""}
SIZES = {
    "packages.page-size-is-20": ("", 20),
    "packages.page-size-is-100-at-most": ("&per_page=1000", 100),
}
ILLEGAL_PAGES = ("-1", "0", "many", "9" * 30, "1.5", "")
KEYSET = "pagination=keyset&per_page=2"


@judges_each(SIZES)
def test_page_size(case: tuple[str, int], registry: Registry, expect: Evaluator, control: Evaluator) -> None:
    """A client lists more packages than any page holds: the page has as many as it may."""
    parameters, size = case
    many_packages = published_fixtures(registry, control, registry.many_packages)
    response = registry.call("GET", packages_of(registry), query=f"package_name={many_packages.stem}{parameters}")
    found = len(entries(response) or [])
    expect.that("entries", holds=found == size, expected=f"{size}", actual=f"{found}", response=response)
    expect(response).header("X-Per-Page", lambda value: value == f"{size}", f"{size}")


@judges("packages.page-headers")
def test_page_headers(registry: Registry, expect: Evaluator, control: Evaluator) -> None:
    """A client asks for the middle one of three pages, which has every neighbour: the headers tell them."""
    response = _page(registry, control, "per_page=2&page=2")
    found = {name: response.header(name) for name in SECOND_OF_THREE}
    holds = found == SECOND_OF_THREE
    expect.that("headers", holds=holds, expected=repr(SECOND_OF_THREE), actual=repr(found), response=response)


@judges("packages.page-links")
def test_page_links(registry: Registry, expect: Evaluator, control: Evaluator) -> None:
    """A client asks for the middle one of three pages: Link has whole addresses of all its neighbours."""
    response = _page(registry, control, "per_page=2&page=2")
    found = {relation for relation, url in linked(response).items() if url.startswith(("http://", "https://"))}
    expect.that(
        "links",
        holds=found >= {"first", "prev", "next", "last"},
        expected="whole addresses of first, prev, next and last",
        actual=response.header("link") or "no Link",
        response=response,
    )


@judges("packages.page-links-keep-the-filter")
def test_page_links_keep_the_filter(registry: Registry, expect: Evaluator, control: Evaluator) -> None:
    """A client follows the next address as it stands: it asks for the same list in the same order."""
    response = _page(registry, control, "per_page=2&sort=desc")
    query = parse_qs(urlsplit(linked(response).get("next", "")).query)
    wanted = {"package_name": [registry.package_fixtures.stem], "per_page": ["2"], "sort": ["desc"], "page": ["2"]}
    expect.that(
        "next",
        holds={key: query.get(key) for key in wanted} == wanted,
        expected=repr(wanted),
        actual=response.header("link") or "no Link",
        response=response,
    )


@judges("packages.page-last-has-no-next")
def test_page_last_has_no_next(registry: Registry, expect: Evaluator, control: Evaluator) -> None:
    """A client asks for the last page: neither header nor link sends it further, which ends its loop."""
    response = _page(registry, control, "per_page=2&page=3")
    found = {name: response.header(name) for name in LAST_OF_THREE}
    holds = found == LAST_OF_THREE
    expect.that("headers", holds=holds, expected=repr(LAST_OF_THREE), actual=repr(found), response=response)
    link = response.header("link") or ""
    expect.that(
        "next", holds="next" not in linked(response), expected="no next address", actual=link, response=response
    )


@judges("packages.pages-hold-each-once")
def test_pages_hold_each_once(registry: Registry, expect: Evaluator, control: Evaluator) -> None:
    """A client follows the next addresses over five packages on pages of two: each once and in order."""
    package_fixtures = published_fixtures(registry, control)
    _expect_each_once(
        expect,
        pages(registry, packages_of(registry), f"package_name={package_fixtures.stem}&per_page=2"),
        package_fixtures.names,
    )


@judges("packages.page-beyond-the-end-is-empty")
def test_page_beyond_the_end_is_empty(registry: Registry, expect: Evaluator, control: Evaluator) -> None:
    """A client that fetches pages in parallel asks for one beyond the end: an empty list."""
    expect_column(expect, _page(registry, control, "per_page=2&page=99"), [])


@judges("packages.page-number-illegal-is-no-server-error")
def test_page_number_illegal_is_no_server_error(registry: Registry, expect: Evaluator, control: Evaluator) -> None:
    """Somebody asks for pages with numbers that are none: no server error, and a legal page still answers."""
    control(_page(registry, control, "page=1"), "legal").status(200)
    responses = [registry.call("GET", packages_of(registry), query=f"page={number}") for number in ILLEGAL_PAGES]
    wrong = [response for response in responses if response.status not in {200, 400}]
    actual = "; ".join(map(describe, wrong))
    expect.that("statuses", holds=not wrong, expected="200 or 400", actual=actual, response=(wrong or responses)[0])


@judges("packages.keyset-links-reach-everything")
def test_keyset_links_reach_everything(registry: Registry, expect: Evaluator, control: Evaluator) -> None:
    """A client follows the next addresses of keyset pagination over five packages: each once and in order."""
    package_fixtures = published_fixtures(registry, control)
    _expect_each_once(
        expect,
        pages(registry, packages_of(registry), f"package_name={package_fixtures.stem}&{KEYSET}"),
        package_fixtures.names,
    )


@judges("packages.keyset-has-no-total")
def test_keyset_has_no_total(registry: Registry, expect: Evaluator, control: Evaluator) -> None:
    """A client asks for keyset pagination: there is no total, because counting is what it spares."""
    response = _page(registry, control, KEYSET)
    control(response, "page").status(200)
    total = response.header("x-total")
    expect.that("total", holds=total is None, expected="no X-Total", actual=str(total), response=response)


@judges("packages.keyset-pages-are-stable")
def test_keyset_pages_are_stable(registry: Registry, expect: Evaluator, control: Evaluator) -> None:
    """Between two pages of a client one package goes and another comes: the others are each seen once."""
    package_fixtures = published_fixtures(registry, control, registry.new_package_fixtures())
    first = registry.call("GET", packages_of(registry), query=f"package_name={package_fixtures.stem}&{KEYSET}")
    (entry, *_) = entries(first) or [{}]
    removed = registry.call("DELETE", f"{packages_of(registry)}/{entry.get('id')}")
    newcomer = FileLocation(f"{package_fixtures.stem}-new")
    added = registry.publish(newcomer, registry.content())
    statuses = [removed.status, added.status]
    control.that("changed", holds=statuses == [204, 201], expected="204 and 201", actual=f"{statuses}", response=added)
    query = urlsplit(linked(first).get("next", "")).query
    rest = pages(registry, packages_of(registry), query) if query else []
    _expect_each_once(expect, [first, *rest], package_fixtures.names, besides=newcomer.package)


def _page(registry: Registry, control: Evaluator, query: str) -> Response:
    """Return a page of the package fixtures; label "shelved", a control."""
    package_fixtures = published_fixtures(registry, control)
    return registry.call("GET", packages_of(registry), query=f"package_name={package_fixtures.stem}&{query}")


def _expect_each_once(expect: Evaluator, responses: list[Response], names: list[str], besides: str = "") -> None:
    found = [name for name in together(responses) if name != besides]
    broken = [describe(response) for response in responses if column(response) is None]
    actual = f"{found} on {len(responses)} pages {' '.join(broken)}"
    holds = found == names and len(responses) > 1
    expect.that("names", holds=holds, expected=f"{names} on several pages", actual=actual, response=responses[-1])
