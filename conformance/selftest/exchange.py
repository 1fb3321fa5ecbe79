"""One exchange with a client, as a bend sees it, and what it can ask of the good registry meanwhile."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from conformance.selftest.forwarding import Connections, Forwarding
from conformance.selftest.ledger import Ledger
from conformance.selftest.messages import Answer, Request

SETTLE_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Location:
    """Where the good registry listens, and the administrator token that faults may borrow."""

    host: str
    port: int
    token: str


class Exchange:
    """One request of a client and what is done for it at the good registry; close it when the answer is written."""

    def __init__(self, location: Location, connections: Connections, ledger: Ledger) -> None:
        self._location = location
        self._connections = connections
        self._ledger = ledger
        self._forwardings: list[Forwarding] = []
        self.is_bent = False

    @property
    def token(self) -> str:
        """The administrator's token, for faults that accept what they should refuse."""
        return self._location.token

    @property
    def origin(self) -> str:
        """The good registry's own scheme, host and port."""
        return f"http://{self._location.host}:{self._location.port}"

    @property
    def ledger(self) -> Ledger:
        """What this proxy has learnt about tokens and projects."""
        return self._ledger

    def bend(self) -> None:
        """Note that this exchange is one that a good registry would not have had."""
        self.is_bent = True

    async def forward(self, request: Request) -> Answer:
        """Send a request on and return the answer, its body still to come; NoAnswerError when there is none."""
        forwarding = Forwarding(request, await self._connections.take())
        self._forwardings.append(forwarding)
        return await self._ledger.observe(request, await forwarding.answer())

    async def settle(self) -> None:
        """Let request bodies that are still arriving reach the registry, for a moment."""
        if self._forwardings:
            await asyncio.wait([each.sending for each in self._forwardings], timeout=SETTLE_SECONDS)

    async def close(self) -> None:
        """Stop what is still being sent and let go of the connections."""
        for forwarding in self._forwardings:
            await forwarding.end(self._connections)
