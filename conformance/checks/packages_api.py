"""What the checks of the Packages API share: addresses, entries of lists, packages with their numbers."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Unpack
from urllib.parse import urlsplit

from conformance.checks.steps import RECORD
from conformance.content.generator import GeneratedContent
from conformance.judging.expectations import Evaluator
from conformance.target.access import Subgroup, TargetProject, Visibility
from conformance.target.registry import FileLocation, PackageFixtures, Registry, RequestOptions
from conformance.transport.address import API, split_url
from conformance.transport.response import Response, describe

MOST_PAGES = 12
ACCEPTED = (HTTPStatus.OK, HTTPStatus.CREATED)
PARAMETER = re.compile(r';\s*([^\s;,="]+)(?:=(?:"([^"]*)"|([^\s;,"]*)))?\s*')
LINK = re.compile(r'<([^<>]*)>\s*((?:;\s*[^\s;,="]+(?:=(?:"[^"]*"|[^\s;,"]*))?\s*)*)')
Entry = dict[str, object]


@dataclass(frozen=True, slots=True)
class Recorded:
    """A file that was published with its record asked for: the numbers of its package and of itself."""

    location: FileLocation
    content: GeneratedContent
    package: object
    id: object


def recorded(
    registry: Registry,
    control: Evaluator,
    location: FileLocation | None = None,
    label: str = "recorded",
    **options: Unpack[RequestOptions],
) -> Recorded:
    """Publish a small file and have its record shown; label "recorded status" unless another is given, a control."""
    file, response = _published(registry, location, **options)
    control.that(
        f"{label} status",
        holds=response.status in ACCEPTED and type(file.package) is int and type(file.id) is int,
        expected="200 or 201 with package_id and id",
        actual=describe(response),
        response=response,
    )
    return file


def published_with_record(registry: Registry, **options: Unpack[RequestOptions]) -> Recorded:
    """Publish a small file and have its record shown, where what follows tells whether that was done."""
    return _published(registry, None, **options)[0]


def _published(
    registry: Registry, location: FileLocation | None, **options: Unpack[RequestOptions]
) -> tuple[Recorded, Response]:
    location, content = location or registry.location(), registry.content()
    options["query"] = RECORD
    response = registry.publish(location, content, **options)
    return Recorded(location, content, response.key("package_id"), response.key("id")), response


def packages_of(registry: Registry, visibility: Visibility | None = None) -> str:
    """Return the address of the packages of a project, the usual one unless told otherwise."""
    return address_of(registry.access.project(visibility or registry.access.usual))


def packages_of_another(registry: Registry) -> str:
    """Return the address of the packages of a project that the writer sees too and that is not the usual one."""
    if registry.access.usual is Visibility.PRIVATE:
        return address_of(registry.access.elsewhere())
    return packages_of(registry, Visibility.PRIVATE)


def address_of(project: TargetProject) -> str:
    """Return the address of the packages of a project."""
    return f"/projects/{project.id}/packages"


def packages_below(subgroup: Subgroup) -> str:
    """Return the address of the packages of a subgroup."""
    return f"/groups/{subgroup.id}/packages"


def entries(response: Response) -> list[Entry] | None:
    """Return the entries of a list, None when the response is no 200 with a list of objects."""
    document = response.json()
    if response.status != HTTPStatus.OK or not isinstance(document, list):
        return None
    return [entry if isinstance(entry, dict) else {} for entry in document]


def column(response: Response, key: str = "name") -> list[object] | None:
    """Return what the entries of a list have under a key, None when there is no list."""
    found = entries(response)
    return None if found is None else [entry.get(key) for entry in found]


def expect_column(
    evaluator: Evaluator, response: Response, wanted: list[object], *, key: str = "name", label: str = ""
) -> None:
    """Evaluate what a list's entries have under a key, in order; label "names" unless another is given."""
    found = column(response, key)
    actual = describe(response) if found is None else repr(found)
    evaluator.that(label or "names", holds=found == wanted, expected=repr(wanted), actual=actual, response=response)


def expect_entry(evaluator: Evaluator, response: Response, wanted: Mapping[str, object]) -> None:
    """Evaluate that a list has one entry, which holds what is wanted; label "entry"."""
    found = [{key: entry.get(key) for key in wanted} for entry in entries(response) or []]
    actual = repr(found) if found else describe(response)
    evaluator.that("entry", holds=found == [wanted], expected=repr([wanted]), actual=actual, response=response)


def published_fixtures(
    registry: Registry, control: Evaluator, package_fixtures: PackageFixtures | None = None
) -> PackageFixtures:
    """Return package fixtures, the shared ones unless others are given; label "shelved", a control."""
    package_fixtures = package_fixtures or registry.package_fixtures
    refused = [response for response in package_fixtures.responses if response.status != HTTPStatus.CREATED]
    control.that(
        "shelved",
        holds=not refused,
        expected=f"{len(package_fixtures.responses)} publishes answered 201",
        actual="; ".join(map(describe, refused)),
        response=(refused or list(package_fixtures.responses))[0],
    )
    return package_fixtures


def linked(response: Response) -> dict[str, str]:
    """Return the addresses in the Link header by their relation; what is no address at all is left out."""
    links: dict[str, str] = {}
    for url, written in LINK.findall(response.header("link") or ""):
        parameters = {name.lower(): quoted or token for name, quoted, token in PARAMETER.findall(written)}
        if split_url(url):
            links |= dict.fromkeys(parameters.get("rel", "").lower().split(), url)
    return links


def pages(registry: Registry, path: str, query: str) -> list[Response]:
    """Return the pages of a list from the first on, following the next addresses."""
    responses = [registry.call("GET", path, query=query)]
    while (url := linked(responses[-1]).get("next")) and len(responses) < MOST_PAGES:
        responses.append(answer_at(registry, url))
    return responses


def answer_at(registry: Registry, url: str) -> Response:
    """Return the answer to GET at the path of an address, whose host may be the one by which others know it."""
    parts = urlsplit(url)
    before, _, after = parts.path.partition(API)
    return registry.call("GET", after or before, query=parts.query)


def together(responses: list[Response], key: str = "name") -> list[object]:
    """Return what the entries of several pages have under a key."""
    return [value for response in responses for value in column(response, key) or []]
