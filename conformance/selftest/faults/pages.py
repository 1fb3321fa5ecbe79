"""Broken registries whose pages do not follow one another (section packages)."""

from __future__ import annotations

from conformance.selftest.bending import When, amending, answering, rewriting
from conformance.selftest.calls import FILES, LIST, calls
from conformance.selftest.exchange import Exchange
from conformance.selftest.faults.fault import Fault
from conformance.selftest.faults.lists import parameter
from conformance.selftest.messages import Answer, Request, message_answer

HEADERS = ("X-Total", "X-Total-Pages", "X-Page", "X-Per-Page", "X-Next-Page", "X-Prev-Page")
paged = calls("GET", LIST, FILES)


def having(text: str) -> When:
    """Choose pages whose query holds a text."""
    return lambda request: paged(request) and text in request.target.partition("?")[2]


def _without_headers(answer: Answer) -> Answer:
    for name in HEADERS:
        answer = answer.with_header(name, None)
    return answer


def _with_itself_as_next(request: Request, answer: Answer) -> Answer:
    host = request.header("host")
    return answer.with_header("Link", f'<http://{host}{request.target}>; rel="next"')


async def links_without_end(request: Request, exchange: Exchange) -> Answer:
    """Name the page itself as the next one."""
    answer = await exchange.forward(request)
    if not paged(request):
        return answer
    exchange.bend()
    return _with_itself_as_next(request, answer)


async def forgets_the_filter(request: Request, exchange: Exchange) -> Answer:
    """Leave the filter out of the addresses of other pages."""
    answer = await exchange.forward(request)
    link = answer.header("link")
    if not paged(request) or link is None:
        return answer
    exchange.bend()
    return answer.with_header("Link", link.replace("package_name=", "forgotten="))


FAULTS = (
    Fault(
        "packages.pages-have-no-headers",
        "A page does not tell its place.",
        amending(lambda request, _: paged(request), _without_headers),
    ),
    Fault(
        "packages.pages-have-no-links",
        "A page names no other.",
        amending(lambda request, _: paged(request), lambda answer: answer.with_header("Link", None)),
    ),
    Fault("packages.pages-link-without-end", "Every page names itself as the next.", lambda: links_without_end),
    Fault(
        "packages.pages-forget-the-filter", "The addresses of other pages lack the filter.", lambda: forgets_the_filter
    ),
    Fault(
        "packages.pages-begin-again",
        "A page beyond the end is the first one.",
        rewriting(having("page=99"), parameter("page", "1")),
    ),
    Fault(
        "packages.pages-below-one-fail",
        "A negative page number is an error of the server.",
        answering(having("page=-1"), lambda _: message_answer(500)),
    ),
    Fault(
        "packages.keysets-are-counted",
        "Keyset pagination counts, and so tells a total.",
        amending(
            lambda request, _: having("pagination=keyset")(request), lambda answer: answer.with_header("X-Total", "5")
        ),
    ),
    Fault(
        "packages.keysets-are-offsets",
        "Keyset pagination is offset pagination under another name.",
        rewriting(having("pagination=keyset"), parameter("pagination", None)),
    ),
)
