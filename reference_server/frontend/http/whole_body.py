"""Requests whose body is read whole, as soon as there is room for it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable

from tornado.httputil import HTTPHeaders, HTTPMessageDelegate, RequestStartLine, ResponseStartLine

from reference_server.content.memory import UNKNOWN_BODIES_BYTES, UNKNOWN_SLOW_BODIES_BYTES
from reference_server.frontend.http.body_budget import BodyBudget, BudgetedBody
from reference_server.frontend.http.reply import Reply
from reference_server.frontend.http.responses import BODY_TOO_LARGE, UNAVAILABLE


class BodyBudgets:
    """The room for bodies of one kind: `known` for those of known credentials, which no other body can take."""

    def __init__(self, size: int, slow_size: int) -> None:
        self.known = BodyBudget(size, slow_size)
        self.others = BodyBudget(UNKNOWN_BODIES_BYTES, UNKNOWN_SLOW_BODIES_BYTES)


class WholeBodyRequest(HTTPMessageDelegate):
    """Keeps a body of at most `most_bytes`, which is refused for now when there is no room for it in time."""

    def __init__(self, reply: Reply, budgets: BodyBudgets, most_bytes: int) -> None:
        self._reply = reply
        self._budgets = budgets
        self.body = BudgetedBody(budgets.others, most_bytes, lambda: reply.refuse_stalled(UNAVAILABLE))

    def headers_received(
        self, _start_line: RequestStartLine | ResponseStartLine, headers: HTTPHeaders
    ) -> Awaitable[None] | None:
        """Wait for room. Only now is it known who asks."""
        request = self._reply.request
        if request.asker is not None:
            self.body.budget = self._budgets.known
        self.body.asker = request.asker or request.remote_address
        turn = self.body.enter()
        if turn is None:
            return None
        request.leave_turn()  # others may be worked on meanwhile
        return self._wait(turn, headers)

    async def _wait(self, turn: asyncio.Future[bool], headers: HTTPHeaders) -> None:
        """Refuse the body when there was no room for it in time."""
        if not await turn:
            # Tornado would send `100 Continue` after the refusal otherwise.
            headers.pop("Expect", None)
            await self._reply.refuse_body(UNAVAILABLE)

    def data_received(self, chunk: bytes) -> Awaitable[None] | None:
        """Keep a part of the body; refuse one that is too large."""
        if self.body.received_bytes + len(chunk) > self.body.most_bytes:
            return self._reply.refuse_body(BODY_TOO_LARGE)
        self.body.add(chunk)
        return None

    def on_connection_close(self) -> None:
        """Forget a body that never came whole."""
        self.body.leave()
        self._reply.log()


class ApplicationRequest(WholeBodyRequest):
    """A request that a Tornado application handles; its body holds its room until the answer is given."""

    def __init__(self, reply: Reply, budgets: BodyBudgets, most_bytes: int, delegate: HTTPMessageDelegate) -> None:
        super().__init__(reply, budgets, most_bytes)
        self._delegate = delegate

    def headers_received(
        self, start_line: RequestStartLine | ResponseStartLine, headers: HTTPHeaders
    ) -> Awaitable[None] | None:
        """Pass the head on, and wait for room."""
        self._delegate.headers_received(start_line, headers)
        return super().headers_received(start_line, headers)

    def finish(self) -> None:
        """Pass the body on."""
        self._reply.request.body = self.body
        try:
            self._delegate.data_received(self.body.complete())
            self._delegate.finish()
        except BaseException:
            self.body.leave()
            raise
