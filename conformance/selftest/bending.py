"""The ways to bend an exchange, out of which most faults are made; each gives the maker of a bend."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

from conformance.selftest.callers import Caller, caller
from conformance.selftest.exchange import Exchange
from conformance.selftest.messages import Answer, Request, collect, message_answer, nothing
from conformance.selftest.proxy import Bend
from conformance.selftest.targets import authorised_by, package_file, publishes

When = Callable[[Request], bool]
WhenAnswered = Callable[[Request, Answer], bool]
WhenCalled = Callable[[Request, Caller], bool]
Change = Callable[[Request], Request | Awaitable[Request]]
Amend = Callable[[Answer], Answer | Awaitable[Answer]]
MakeBend = Callable[[], Bend]
NO_CONTENT = 204
REDIRECTION = 300


async def swallow(request: Request) -> int:
    """Read a request's body to its end, permitting it first, and throw it away; return its length in bytes."""
    if request.header("expect"):
        await request.permit()
    length = 0
    async for part in request.body:
        length += len(part)
    return length


def answering(when: When, answer: Callable[[Request], Answer]) -> MakeBend:
    """Answer the requests chosen by `when` without asking the good registry, their bodies read and thrown away."""

    async def bend(request: Request, exchange: Exchange) -> Answer:
        if not when(request):
            return await exchange.forward(request)
        exchange.bend()
        await swallow(request)
        return _fit(request, answer(request))

    return lambda: bend


def refusing(when: When, status: int) -> MakeBend:
    """Refuse the requests chosen by `when` with `status` and the registry's customary body."""
    return answering(when, lambda _: message_answer(status))


def rewriting(when: When, change: Change) -> MakeBend:
    """Send a changed request to the good registry for those chosen by `when`."""

    async def bend(request: Request, exchange: Exchange) -> Answer:
        if not when(request):
            return await exchange.forward(request)
        exchange.bend()
        changed = change(request)
        return await exchange.forward(await changed if isinstance(changed, Awaitable) else changed)

    return lambda: bend


def amending(when: WhenAnswered, change: Amend) -> MakeBend:
    """Give the client a changed answer where `when` chooses the request and its good answer."""

    async def bend(request: Request, exchange: Exchange) -> Answer:
        answer = await exchange.forward(request)
        if not when(request, answer):
            return answer
        exchange.bend()
        changed = change(answer)
        return await changed if isinstance(changed, Awaitable) else changed

    return lambda: bend


def trusting(when: WhenCalled) -> MakeBend:
    """Let the callers chosen by `when` do what only an administrator may."""

    async def bend(request: Request, exchange: Exchange) -> Answer:
        if not when(request, caller(request, exchange)):
            return await exchange.forward(request)
        exchange.bend()
        return await exchange.forward(authorised_by(request, exchange.token))

    return lambda: bend


def denying(when: WhenCalled, status: int) -> MakeBend:
    """Refuse the callers chosen by `when` with `status` and the registry's customary body."""

    async def bend(request: Request, exchange: Exchange) -> Answer:
        if not when(request, caller(request, exchange)):
            return await exchange.forward(request)
        exchange.bend()
        await swallow(request)
        return _fit(request, message_answer(status))

    return lambda: bend


def _fit(request: Request, answer: Answer) -> Answer:
    """Return an answer without its body when the request is a HEAD, or the body would be read as the next answer."""
    return replace(answer, body=nothing()) if request.method == "HEAD" else answer


def rephrasing(when: When, change: Callable[[Any], Any]) -> MakeBend:
    """Give the client changed JSON in a successful answer to a request that `when` chooses."""

    async def amend(answer: Answer) -> Answer:
        content = await collect(answer.body)
        return answer.with_content(json.dumps(change(json.loads(content))).encode())

    return amending(lambda request, answer: when(request) and answer.status < NO_CONTENT, amend)


async def doubled(request: Request) -> tuple[Request, Request]:
    """Return a request that can be sent twice; its body is small."""
    if request.header("expect"):
        await request.permit()
    content = await collect(request.body)
    return request.with_content(content), request.with_content(content)


def recording(change: Callable[[dict[str, Any]], None]) -> MakeBend:
    """Change the record of a package file that a publish with select=package_file answers."""

    async def amend(answer: Answer) -> Answer:
        record = json.loads(await collect(answer.body))
        change(record)
        return answer.with_content(json.dumps(record).encode())

    return amending(gives_record, amend)


def gives_record(request: Request, answer: Answer) -> bool:
    """Say whether an answer is the record of a published file."""
    asked = package_file(request)
    return publishes(request) and answer.status < REDIRECTION and asked is not None and "select" in asked.parameters
