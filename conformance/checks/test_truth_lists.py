"""What pages, records, links and caching headers say, and what no answer may say."""

import json
from http import HTTPStatus
from urllib.parse import urljoin

from conformance.checks.claims import untrue_record
from conformance.checks.packages_api import (
    answer_at,
    column,
    entries,
    linked,
    packages_of,
    published_fixtures,
    recorded,
)
from conformance.checks.sent_credentials import repeating_exchanges, repeats, sent_credentials
from conformance.checks.steps import RECORD, stored
from conformance.checks.truths import expect_none
from conformance.content.generator import LiteralContent
from conformance.judging.binding import judges
from conformance.judging.expectations import Evaluator
from conformance.target.access import AuthenticationScheme, Visibility
from conformance.target.redirects import REDIRECTS
from conformance.target.registry import FileLocation, Registry
from conformance.transport.request import Body
from conformance.transport.response import Response

PER_PAGE, PAGES = 2, 3
CARRIED = (AuthenticationScheme.PRIVATE_TOKEN, AuthenticationScheme.BEARER, AuthenticationScheme.BASIC)
NOT_SHARED = {"private", "no-store", "no-cache"}


@judges("truth.page-headers-agree")
def test_page_headers_agree(registry: Registry, expect: Evaluator, control: Evaluator) -> None:
    """A client reads every page of a list: what each says of its place and of the whole is what comes."""
    pages = _pages(registry, control)
    total = sum(len(entries(page) or []) for page in pages)
    untrue = [
        f"page {number} with {name}: {page.header(name)}"
        for number, page in enumerate(pages, start=1)
        for name, true in _place(number, total).items()
        if page.header(name) not in (None, true)
    ]
    expect_none(expect, "headers", untrue, f"the places of {PAGES} pages with {total} entries", pages[0])


@judges("truth.page-links-lead-where-they-say")
def test_page_links_lead_where_they_say(registry: Registry, expect: Evaluator, control: Evaluator) -> None:
    """A client follows each address that each page names: it gets the page that the relation says."""
    pages = _pages(registry, control)
    names = {number: column(page) for number, page in enumerate(pages, start=1)}
    untrue = [
        f"{relation} of page {number} is {url}"
        for number, page in enumerate(pages, start=1)
        for relation, url in linked(page).items()
        if relation in (targets := _targets(number))
        and column(answer_at(registry, url)) != names.get(targets[relation], [])
    ]
    expect_none(expect, "links", untrue, "the pages that the relations name", pages[0])


@judges("truth.record-describes-the-bytes")
def test_record_describes_the_bytes(registry: Registry, expect: Evaluator, control: Evaluator) -> None:
    """A client publishes, asks for the record and downloads: size and checksums are those of what it gets."""
    location, content = registry.location(), registry.content()
    response = registry.publish(location, content, query=RECORD)
    control(response, "published").success()
    control(registry.download(location), "downloaded").body(content)
    document = response.json()
    untrue = untrue_record(document if isinstance(document, dict) else {}, content)
    expect_none(expect, "record", untrue, "size and checksums of the file", response)


@judges("truth.list-of-files-describes-the-bytes")
def test_list_of_files_describes_the_bytes(registry: Registry, expect: Evaluator, control: Evaluator) -> None:
    """A client lists the files of a package and downloads: size and checksums are those of what it gets."""
    file = recorded(registry, control)
    control(registry.download(file.location), "downloaded").body(file.content)
    response = registry.call("GET", f"{packages_of(registry)}/{file.package}/package_files")
    control(response, "listed").status(200)
    untrue = [one for entry in entries(response) or [] for one in untrue_record(entry, file.content)]
    expect_none(expect, "entries", untrue, "size and checksums of the file", response)


@judges("truth.location-of-201-exists")
def test_location_of_201_exists(registry: Registry, expect: Evaluator, control: Evaluator) -> None:
    """A client publishes and goes where the answer sends it: there is something."""
    file = stored(registry, control)
    named = file.response.header("location")
    request = registry.request("GET", file.location)
    found = (
        answer_at(registry, urljoin(f"{registry.client.address}{request.target}", named)) if named else file.response
    )
    missing = found.status is None or found.status in (HTTPStatus.NOT_FOUND, HTTPStatus.GONE) or found.status >= 500  # noqa: PLR2004 - errors of the server
    expect_none(expect, "location", [f"{named}"] if missing else [], "something that exists, or no Location", found)


@judges("truth.json-parses")
def test_json_parses(registry: Registry, expect: Evaluator, control: Evaluator) -> None:
    """A client reads a list, a package, its files, a record and refusals: what calls itself JSON can be parsed."""
    responses = _answers(registry, control)
    broken = [response for response in responses if _is_json(response) and not _parses(response)]
    untrue = [f"exchange {response.number}" for response in broken]
    expect_none(expect, "bodies", untrue, "JSON", (broken or responses)[0])


@judges("truth.no-answer-repeats-a-credential")
def test_no_answer_repeats_a_credential(registry: Registry, expect: Evaluator, control: Evaluator) -> None:
    """A client is answered in every way, and everything that the run was answered is looked through for tokens.

    The same search finds the name of the file in the answer that must hold it.
    """
    responses = _answers(registry, control)
    location = registry.location(f"{registry.location().package}.bin")
    record = registry.publish(location, registry.content(), query=RECORD)
    control.that(
        "search",
        holds=repeats(record, {location.file}),
        expected=f"a record that names {location.file}",
        actual="none",
        response=record,
    )
    secrets = sent_credentials(registry.exchanges)
    repeating = [each for each in responses if repeats(each, secrets)]
    found = sorted({*(each.number for each in repeating), *repeating_exchanges(registry.exchanges, secrets)})
    shown = [f"exchange {number}" for number in found]
    expect_none(expect, "credentials", shown, "no credential in any answer", (repeating or responses)[0])


@judges("truth.private-answer-is-not-public")
def test_private_answer_is_not_public(registry: Registry, expect: Evaluator, control: Evaluator) -> None:
    """A client reads a file and a list of a private project, by each header: no shared cache may keep the answers."""
    file = registry.shared(Visibility.PRIVATE)
    control(file.response, "published").status(201)
    credentials = [registry.access.writer.with_scheme(scheme) for scheme in CARRIED]
    asked = [
        registry.request("GET", file.location, visibility=Visibility.PRIVATE, credential=one) for one in credentials
    ]
    responses = [registry.client.send(request) for request in asked]
    responses += [
        registry.call("GET", packages_of(registry, Visibility.PRIVATE), credential=one) for one in credentials
    ]
    control(responses[0], "read").status(HTTPStatus.OK, *REDIRECTS)
    public = [response for response in responses if _permits_shared_caches(response)]
    untrue = [f"Cache-Control: {response.header('cache-control')}" for response in public]
    expect_none(expect, "cache-control", untrue, "neither public nor s-maxage", (public or responses)[0])


def _pages(registry: Registry, control: Evaluator) -> list[Response]:
    """Return every page of the package fixtures; labels "shelved" and "pages", controls."""
    stem = published_fixtures(registry, control).stem
    pages = [
        registry.call("GET", packages_of(registry), query=f"package_name={stem}&per_page={PER_PAGE}&page={number}")
        for number in range(1, PAGES + 1)
    ]
    odd = [page for page in pages if not entries(page)]
    control.that(
        "pages",
        holds=not odd,
        expected=f"{PAGES} pages with entries",
        actual="another list",
        response=(odd or pages)[0],
    )
    return pages


def _targets(number: int) -> dict[str, int]:
    """Return the number of the page to which each relation of a page leads."""
    return {"first": 1, "last": PAGES, "next": number + 1, "prev": number - 1}


def _place(number: int, total: int) -> dict[str, str]:
    """Return what the headers of a page truly are."""
    return {
        "x-total": f"{total}",
        "x-total-pages": f"{-(-total // PER_PAGE)}",
        "x-page": f"{number}",
        "x-per-page": f"{PER_PAGE}",
        "x-next-page": f"{number + 1}" if number < PAGES else "",
        "x-prev-page": f"{number - 1}" if number > 1 else "",
    }


def _answers(registry: Registry, control: Evaluator) -> list[Response]:
    """Return answers of every kind, by each header that carries a token; label "recorded status", a control."""
    file = recorded(registry, control)
    package = f"{packages_of(registry)}/{file.package}"
    paths = (
        packages_of(registry),
        package,
        f"{package}/package_files",
        f"{packages_of(registry)}/0",
        "/projects/0/packages",
    )
    strange = FileLocation(file.location.package, file="absent.bin"), FileLocation(file.location.package, "..")
    answers = []
    for scheme in CARRIED:
        credential = registry.access.writer.with_scheme(scheme)
        answers += [registry.call("GET", path, credential=credential) for path in paths]
        answers += [
            registry.client.send(registry.request("GET", location, credential=credential)) for location in strange
        ]
        body = Body(LiteralContent(b"refused"))
        refused = registry.request("PUT", FileLocation(file.location.package, file="-~^"), body, credential=credential)
        answers.append(registry.client.send(refused))
    return answers


def _is_json(response: Response) -> bool:
    kind = (response.header("content-type") or "").partition(";")[0].strip().lower()
    return kind == "application/json" and response.size == len(response.kept) > 0


def _parses(response: Response) -> bool:
    try:
        json.loads(response.kept.decode())
    except (ValueError, RecursionError):
        return False
    return True


def _permits_shared_caches(response: Response) -> bool:
    directives = [part.strip().lower() for part in (response.header("cache-control") or "").split(",")]
    permits = any(one == "public" or (one.startswith("s-maxage=") and one != "s-maxage=0") for one in directives)
    return permits and NOT_SHARED.isdisjoint(directives)
