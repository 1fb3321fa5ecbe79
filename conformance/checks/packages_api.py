"""What the checks of the Packages API share: addresses, entries of lists, packages with their numbers."""

from dataclasses import dataclass
from http import HTTPStatus
from typing import Unpack
from urllib.parse import urlsplit

from conformance.content.generator import GeneratedContent
from conformance.judging.expectations import Judge
from conformance.target.access import Area, Project, Visibility
from conformance.target.registry import Place, Registry, Shelf, Terms
from conformance.transport.address import API
from conformance.transport.answer import Answer, described

MOST_PAGES = 12
ACCEPTED = (HTTPStatus.OK, HTTPStatus.CREATED)
Entry = dict[str, object]


@dataclass(frozen=True, slots=True)
class Recorded:
    """A file that was published with its record asked for: the numbers of its package and of itself."""

    place: Place
    content: GeneratedContent
    package: object
    id: object


def recorded(
    registry: Registry, control: Judge, place: Place | None = None, label: str = "recorded", **terms: Unpack[Terms]
) -> Recorded:
    """Publish a small file and have its record shown; label "recorded status" unless another is given, a control."""
    place, content = place or registry.place(), registry.content()
    terms["query"] = "select=package_file"
    answer = registry.publish(place, content, **terms)
    numbers = answer.key("package_id"), answer.key("id")
    control.that(
        f"{label} status",
        holds=answer.status in ACCEPTED and all(type(number) is int for number in numbers),
        expected="200 or 201 with package_id and id",
        actual=described(answer),
        answer=answer,
    )
    return Recorded(place, content, *numbers)


def packages_of(registry: Registry, visibility: Visibility = Visibility.PUBLIC) -> str:
    """Return the address of the packages of a project."""
    return address_of(registry.access.project(visibility))


def address_of(project: Project) -> str:
    """Return the address of the packages of a project."""
    return f"/projects/{project.id}/packages"


def packages_below(area: Area) -> str:
    """Return the address of the packages of an area's group."""
    return f"/groups/{area.id}/packages"


def entries(answer: Answer) -> list[Entry] | None:
    """Return the entries of a list, None when the answer is no 200 with a list of objects."""
    document = answer.json()
    if answer.status != HTTPStatus.OK or not isinstance(document, list):
        return None
    return [entry if isinstance(entry, dict) else {} for entry in document]


def column(answer: Answer, key: str = "name") -> list[object] | None:
    """Return what the entries of a list have under a key, None when there is no list."""
    found = entries(answer)
    return None if found is None else [entry.get(key) for entry in found]


def expect_column(judge: Judge, answer: Answer, wanted: list[object], *, key: str = "name", label: str = "") -> None:
    """Judge what a list's entries have under a key, in order; label "names" unless another is given."""
    found = column(answer, key)
    actual = described(answer) if found is None else repr(found)
    judge.that(label or "names", holds=found == wanted, expected=repr(wanted), actual=actual, answer=answer)


def shelved(registry: Registry, control: Judge, shelf: Shelf | None = None) -> Shelf:
    """Return a shelf, the shared one unless another is given; label "shelved", a control."""
    shelf = shelf or registry.shelf
    refused = [answer for answer in shelf.answers if answer.status != HTTPStatus.CREATED]
    control.that(
        "shelved",
        holds=not refused,
        expected=f"{len(shelf.answers)} publishes answered 201",
        actual="; ".join(map(described, refused)),
        answer=(refused or list(shelf.answers))[0],
    )
    return shelf


def linked(answer: Answer) -> dict[str, str]:
    """Return the addresses in the Link header by their relation."""
    links = {}
    for part in (answer.header("link") or "").split(", "):
        url, found, parameters = part.partition(">;")
        if found:
            links[parameters.partition("rel=")[2].strip('" ')] = url.lstrip("<")
    return links


def pages(registry: Registry, path: str, query: str) -> list[Answer]:
    """Return the pages of a list from the first on, following the next addresses."""
    answers = [registry.call("GET", path, query=query)]
    while (url := linked(answers[-1]).get("next")) and len(answers) < MOST_PAGES:
        parts = urlsplit(url)
        before, _, after = parts.path.partition(API)
        answers.append(registry.call("GET", after or before, query=parts.query))
    return answers


def together(answers: list[Answer], key: str = "name") -> list[object]:
    """Return what the entries of several pages have under a key."""
    return [value for answer in answers for value in column(answer, key) or []]
