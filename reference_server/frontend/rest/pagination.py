"""Pages of lists as GitLab has them: which one is asked for, and the headers that lead to the others."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from tornado.httputil import HTTPServerRequest

from reference_server.frontend.rest.parameters import Parameters

_DEFAULT_SIZE = 20
_LARGEST_SIZE = 100
# A page beyond every list there can be; the contract's numbers end not far above.
_LAST_NUMBER = 2**31 - 1
# Above this GitLab no longer tells the total, nor links to the last page.
_COUNTED_ITEMS = 10_000

_Headers = list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Page:
    """A page of a list that is counted: its number from 1, and the most items on it."""

    number: int
    size: int


def read_page(parameters: Parameters) -> Page:
    """Read `page` and `per_page`; what is wrong with them comes out at the parameters' `check`."""
    return Page(min(_positive(parameters, "page", 1), _LAST_NUMBER), read_size(parameters))


def read_size(parameters: Parameters) -> int:
    """Read `per_page`: at most 100, 20 when it is absent."""
    return min(_positive(parameters, "per_page", _DEFAULT_SIZE), _LARGEST_SIZE)


def page_headers(request: HTTPServerRequest, page: Page, total: int) -> _Headers:
    """Give the headers of one page out of `total` items: the X- ones, empty where there is no such page, and Link."""
    pages = max(1, -(-total // page.size))
    previous = page.number - 1 if 1 < page.number <= pages else None
    following = page.number + 1 if page.number < pages else None
    counted = total <= _COUNTED_ITEMS
    targets = {"prev": previous, "next": following, "first": 1, "last": pages if counted else None}
    links = [
        _link(request, {"page": number, "per_page": page.size}, relation)
        for relation, number in targets.items()
        if number is not None
    ]
    headers = [
        ("X-Per-Page", str(page.size)),
        ("X-Page", str(page.number)),
        ("X-Next-Page", str(following or "")),
        ("X-Prev-Page", str(previous or "")),
        ("Link", ", ".join(links)),
    ]
    return [*headers, ("X-Total", str(total)), ("X-Total-Pages", str(pages))] if counted else headers


def cursor_headers(request: HTTPServerRequest, size: int, cursor: str) -> _Headers:
    """Give the Link to what comes after a page of a list that is followed by cursor; none after the last."""
    return [("Link", _link(request, {"cursor": cursor, "per_page": size}, "next"))] if cursor else []


def _link(request: HTTPServerRequest, changed: Mapping[str, int | str], relation: str) -> str:
    """Link to another page: the request's own URL with some parameters changed, sorted as GitLab's are."""
    kept = [
        (name, value)
        for name, values in request.query_arguments.items()
        if name not in changed
        for value in (values if name.endswith("[]") else values[-1:])
    ]
    query = urlencode(sorted([*kept, *((name, str(value).encode()) for name, value in changed.items())]))
    return f'<{request.protocol}://{request.host}{request.path}?{query}>; rel="{relation}"'


def _positive(parameters: Parameters, name: str, absent: int) -> int:
    """Read a number from 1."""
    number = parameters.number(name)
    if number is None:
        return absent
    if number < 1:
        parameters.refuse_value(name)
    return max(1, number)
