"""The base of REST endpoints, and their pages of lists: which one is asked for, and the headers that lead to others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import TypedDict
from urllib.parse import urlencode

from generic_packages.storage.v1.packages_pb2 import GivenPart, ListedPart
from tornado.httputil import HTTPServerRequest

from reference_server.frontend.api.handler import ApiHandler
from reference_server.frontend.api.parameters import Parameters
from reference_server.frontend.http.responses import JsonValue, json_response

_DEFAULT_SIZE = 20
_LARGEST_SIZE = 100
# A page beyond every list there can be; the contract's numbers end not far above.
_LAST_NUMBER = 2**31 - 1
# Above this GitLab no longer tells the total, nor links to the last page.
_COUNTED_ITEMS = 10_000

Headers = list[tuple[str, str]]


class PageParameters(TypedDict):
    """The page of a counted list that is asked for, as the contract names it: a number from 1, and the most items."""

    page: int
    per_page: int


class RestHandler(ApiHandler):
    """One REST call."""

    def send_page(self, items: Sequence[JsonValue], page: PageParameters, total: int) -> None:
        """Send one page of a counted list."""
        self.send(json_response(HTTPStatus.OK, list(items), *page_headers(self.request, page, total)))

    def send_ordered_page(self, items: Sequence[JsonValue], part: GivenPart) -> None:
        """Send one page of a list that the storage ordered and cut."""
        self.send(json_response(HTTPStatus.OK, list(items), *ordered_page_headers(self.request, part)))


def read_page(parameters: Parameters) -> PageParameters:
    """Read `page` and `per_page` (20 when absent, at most 100); what is wrong comes out at the parameters' `check`."""
    number = min(_positive(parameters, "page", 1), _LAST_NUMBER)
    size = min(_positive(parameters, "per_page", _DEFAULT_SIZE), _LARGEST_SIZE)
    return PageParameters(page=number, per_page=size)


def read_ordered_page(parameters: Parameters) -> ListedPart:
    """Read order and page of a list of packages: the storage, which orders and cuts by its texts, checks them too."""
    return ListedPart(
        order_by=parameters.given("order_by"),
        sort=parameters.given("sort"),
        page=_bounded(parameters.number("page")),
        per_page=_bounded(parameters.number("per_page")),
        keyset=parameters.text("pagination") == "keyset",
        cursor=parameters.text("cursor") or None,
    )


def page_headers(request: HTTPServerRequest, page: PageParameters, total: int) -> Headers:
    """Return the headers of one page out of `total` items: the X- ones, empty where there is no such page, and Link."""
    number, size = page["page"], page["per_page"]
    pages = max(1, -(-total // size))
    previous = number - 1 if 1 < number <= pages else None
    following = number + 1 if number < pages else None
    counted = total <= _COUNTED_ITEMS
    targets = {"prev": previous, "next": following, "first": 1, "last": pages if counted else None}
    links = [
        _link(request, {"page": other, "per_page": size}, relation)
        for relation, other in targets.items()
        if other is not None
    ]
    headers = [
        ("X-Per-Page", str(size)),
        ("X-Page", str(number)),
        ("X-Next-Page", str(following or "")),
        ("X-Prev-Page", str(previous or "")),
        ("Link", ", ".join(links)),
    ]
    return [*headers, ("X-Total", str(total)), ("X-Total-Pages", str(pages))] if counted else headers


def ordered_page_headers(request: HTTPServerRequest, part: GivenPart) -> Headers:
    """Return the headers of a page that the storage cut: counted ones, or the Link to what comes after its cursor."""
    if part.page:
        return page_headers(request, PageParameters(page=part.page, per_page=part.per_page), part.total)
    if not part.next_cursor:
        return []
    return [("Link", _link(request, {"cursor": part.next_cursor, "per_page": part.per_page}, "next"))]


def _link(request: HTTPServerRequest, changed: Mapping[str, int | str], relation: str) -> str:
    """Return a link to another page: the request's own URL with some parameters changed, sorted as GitLab's are."""
    kept = [
        (name, value)
        for name, values in request.query_arguments.items()
        if name not in changed
        for value in (values if name.endswith("[]") else values[-1:])
    ]
    query = urlencode(sorted([*kept, *((name, str(value).encode()) for name, value in changed.items())]))
    return f'<{request.protocol}://{request.host}{request.path}?{query}>; rel="{relation}"'


def _positive(parameters: Parameters, name: str, absent: int) -> int:
    number = parameters.number(name)
    if number is None:
        return absent
    if number < 1:
        parameters.refuse_value(name)
    return max(1, number)


def _bounded(number: int | None) -> int | None:
    """Return a number of either sign that the contract can carry, beyond every page that there can be."""
    return None if number is None else max(-1, min(number, _LAST_NUMBER))
