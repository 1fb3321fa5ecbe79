"""Broken registries whose pages do not follow one another."""

from __future__ import annotations

from dataclasses import replace

from conformance.selftest.endpoints import FILES, LIST, endpoint
from conformance.selftest.faults.fault import Fault
from conformance.selftest.messages import Request, Response, message_response, without
from conformance.selftest.mutation import (
    RequestPredicate,
    header,
    query_parameter,
    respond,
    rewrite_request,
    rewrite_response,
    serve,
)
from conformance.selftest.upstream import Upstream

HEADERS = ("X-Total", "X-Total-Pages", "X-Page", "X-Per-Page", "X-Next-Page", "X-Prev-Page")
paged = endpoint("GET", LIST, FILES)


def _any_page(request: Request, _: Response) -> bool:
    return paged(request)


def having(text: str) -> RequestPredicate:
    """Choose pages whose query holds a text."""
    return lambda request: paged(request) and text in request.target.partition("?")[2]


def _without_headers(response: Response) -> Response:
    return replace(response, headers=without(response.headers, *HEADERS))


async def _with_itself_as_next(request: Request, upstream: Upstream) -> Response:
    link = f'<http://{request.header("host")}{request.target}>; rel="next"'
    return (await upstream.forward(request)).with_header("Link", link)


def _without_filter(response: Response) -> Response:
    return response.with_header("Link", (response.header("link") or "").replace("package_name=", "forgotten="))


FAULTS = {
    "packages.pages-have-no-headers": Fault(
        "A page does not tell its place.", rewrite_response(_any_page, _without_headers)
    ),
    "packages.pages-have-no-links": Fault("A page names no other.", rewrite_response(_any_page, header("Link", None))),
    "packages.pages-link-without-end": Fault(
        "Every page names itself as the next.", serve(paged, _with_itself_as_next)
    ),
    "packages.pages-forget-the-filter": Fault(
        "The addresses of other pages lack the filter.",
        rewrite_response(
            lambda request, response: paged(request) and response.header("link") is not None, _without_filter
        ),
    ),
    "packages.pages-begin-again": Fault(
        "A page beyond the end is the first one.", rewrite_request(having("page=99"), query_parameter("page", "1"))
    ),
    "packages.pages-below-one-fail": Fault(
        "A negative page number is an error of the server.", respond(having("page=-1"), lambda _: message_response(500))
    ),
    "packages.keysets-are-counted": Fault(
        "Keyset pagination counts, and so tells a total.",
        rewrite_response(lambda request, _: having("pagination=keyset")(request), header("X-Total", "5")),
    ),
    "packages.keysets-are-offsets": Fault(
        "Keyset pagination is offset pagination under another name.",
        rewrite_request(having("pagination=keyset"), query_parameter("pagination", None)),
    ),
}
