"""The ways to bend an exchange, out of which most faults are made; each gives the maker of a bend."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from conformance.selftest.exchange import Exchange
from conformance.selftest.messages import Answer, Request
from conformance.selftest.proxy import Bend

When = Callable[[Request], bool]
MakeBend = Callable[[], Bend]


async def swallow(request: Request) -> int:
    """Read a request's body to its end, permitting it first, and throw it away; return its length in bytes."""
    if request.header("expect"):
        await request.permit()
    length = 0
    async for part in request.body:
        length += len(part)
    return length


def answering(when: When, answer: Callable[[Request], Answer]) -> MakeBend:
    """Answer the requests chosen by `when` without asking the good registry."""

    async def bend(request: Request, exchange: Exchange) -> Answer:
        if not when(request):
            return await exchange.forward(request)
        exchange.bend()
        await swallow(request)
        return answer(request)

    return lambda: bend


def rewriting(rewrite: Callable[[Request, Exchange], Request | None]) -> MakeBend:
    """Send another request than the client's to the good registry, where `rewrite` gives one."""

    async def bend(request: Request, exchange: Exchange) -> Answer:
        rewritten = rewrite(request, exchange)
        if rewritten is None:
            return await exchange.forward(request)
        exchange.bend()
        return await exchange.forward(rewritten)

    return lambda: bend


def amending(amend: Callable[[Request, Answer], Answer | Awaitable[Answer | None] | None]) -> MakeBend:
    """Give the client another answer than the good registry's, where `amend` gives one."""

    async def bend(request: Request, exchange: Exchange) -> Answer:
        answer = await exchange.forward(request)
        amended = amend(request, answer)
        if isinstance(amended, Awaitable):
            amended = await amended
        if amended is None:
            return answer
        exchange.bend()
        return amended

    return lambda: bend
