"""Pages and the headers that lead to others."""

import pytest
from generic_packages.storage.v1.packages_pb2 import GivenPart
from tornado.httputil import HTTPHeaders, HTTPServerRequest, RequestStartLine

from reference_server.frontend.api.parameters import BadParametersError, Parameters
from reference_server.frontend.http.responses import JsonValue
from reference_server.frontend.rest.handler import PageParameters, ordered_page_headers, page_headers, read_page

NUMBERS = ("X-Per-Page", "X-Page", "X-Next-Page", "X-Prev-Page", "X-Total", "X-Total-Pages")


def request(target: str = "/api/v4/things") -> HTTPServerRequest:
    return HTTPServerRequest(
        start_line=RequestStartLine("GET", target, "HTTP/1.1"), headers=HTTPHeaders({"Host": "host:8080"})
    )


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({}, PageParameters(page=1, per_page=20)),
        ({"page": "3", "per_page": "7"}, PageParameters(page=3, per_page=7)),
        ({"page": 3, "per_page": 7}, PageParameters(page=3, per_page=7)),
        ({"per_page": "101"}, PageParameters(page=1, per_page=100)),
        ({"page": "", "per_page": ""}, PageParameters(page=1, per_page=20)),
        ({"page": "9" * 100}, PageParameters(page=2**31 - 1, per_page=20)),
    ],
)
def test_a_page_is_read_within_bounds(values: dict[str, JsonValue], expected: PageParameters) -> None:
    parameters = Parameters(values)
    assert read_page(parameters) == expected
    parameters.check()


@pytest.mark.parametrize("name", ["page", "per_page"])
@pytest.mark.parametrize(
    ("value", "complaint"),
    [
        ("0", "does not have a valid value"),
        ("-1", "does not have a valid value"),
        ("-" + "9" * 99, "does not have a valid value"),
        ("abc", "is invalid"),
        ("1.5", "is invalid"),
        ("9" * 101, "is invalid"),
        ([], "is invalid"),
    ],
)
def test_what_is_no_page_is_refused(name: str, value: JsonValue, complaint: str) -> None:
    parameters = Parameters({name: value})
    read_page(parameters)
    with pytest.raises(BadParametersError) as refusal:
        parameters.check()
    assert str(refusal.value) == f"{name} {complaint}"


@pytest.mark.parametrize(
    ("page", "total", "expected"),
    [
        (PageParameters(page=1, per_page=20), 0, ("20", "1", "", "", "0", "1")),
        (PageParameters(page=1, per_page=20), 20, ("20", "1", "", "", "20", "1")),
        (PageParameters(page=1, per_page=20), 21, ("20", "1", "2", "", "21", "2")),
        (PageParameters(page=2, per_page=20), 21, ("20", "2", "", "1", "21", "2")),
        (PageParameters(page=2, per_page=10), 25, ("10", "2", "3", "1", "25", "3")),
        (PageParameters(page=9, per_page=20), 21, ("20", "9", "", "", "21", "2")),
    ],
)
def test_headers_count_and_name_the_neighbours(page: PageParameters, total: int, expected: tuple[str, ...]) -> None:
    headers = dict(page_headers(request(), page, total))
    assert tuple(headers[name] for name in NUMBERS) == expected


def test_links_are_the_requests_own_address_with_another_page() -> None:
    target = "/api/v4/groups/a%2Fb/packages?sort=desc&page=2&package_name=x%26y"
    link = dict(page_headers(request(target), PageParameters(page=2, per_page=10), 25))["Link"]
    start = "http://host:8080/api/v4/groups/a%2Fb/packages?package_name=x%26y"
    assert link.split(", ") == [
        f'<{start}&page={page}&per_page=10&sort=desc>; rel="{relation}"'
        for page, relation in ((1, "prev"), (3, "next"), (1, "first"), (3, "last"))
    ]


def test_links_leave_out_pages_that_there_are_not() -> None:
    link = dict(page_headers(request(), PageParameters(page=1, per_page=20), 3))["Link"]
    assert [part.partition("; ")[2] for part in link.split(", ")] == ['rel="first"', 'rel="last"']


def test_lists_in_a_query_are_kept_whole() -> None:
    link = dict(ordered_page_headers(request("/api/v4/x?scope[]=a&scope[]=b"), GivenPart(per_page=5, next_cursor="c")))[
        "Link"
    ]
    assert link == '<http://host:8080/api/v4/x?cursor=c&per_page=5&scope%5B%5D=a&scope%5B%5D=b>; rel="next"'


def test_beyond_ten_thousand_nothing_tells_the_total() -> None:
    headers = dict(page_headers(request(), PageParameters(page=1, per_page=20), 10_001))
    assert "X-Total" not in headers
    assert "X-Total-Pages" not in headers
    assert 'rel="next"' in headers["Link"]
    assert 'rel="last"' not in headers["Link"]
    assert dict(page_headers(request(), PageParameters(page=1, per_page=20), 10_000))["X-Total"] == "10000"


def test_a_list_by_cursor_links_onwards_and_ends_without_a_link() -> None:
    onwards = dict(
        ordered_page_headers(
            request("/api/v4/x?pagination=keyset&cursor=old"), GivenPart(per_page=5, next_cursor="n/w")
        )
    )
    assert onwards == {"Link": '<http://host:8080/api/v4/x?cursor=n%2Fw&pagination=keyset&per_page=5>; rel="next"'}
    assert ordered_page_headers(request(), GivenPart(per_page=5)) == []
