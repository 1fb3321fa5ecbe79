"""The good registry as a mutation reaches it while it serves one request."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from conformance.selftest.messages import Request, Response
from conformance.selftest.observed_resources import ObservedResources
from conformance.selftest.upstream_connection import ConnectionPool, ForwardedRequest

SETTLE_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class UpstreamAddress:
    """Where the good registry listens, and the administrator token that faults may borrow."""

    host: str
    port: int
    token: str


class Upstream:
    """One request of a client and what is done for it at the good registry; close it when the response is written."""

    def __init__(self, address: UpstreamAddress, connections: ConnectionPool, observed: ObservedResources) -> None:
        self._address = address
        self._connections = connections
        self._observed = observed
        self._forwarded: list[ForwardedRequest] = []
        self.is_mutated = False

    @property
    def token(self) -> str:
        """Return the administrator's token, for faults that accept what they should refuse."""
        return self._address.token

    @property
    def origin(self) -> str:
        """Return the good registry's own scheme, host and port."""
        return f"http://{self._address.host}:{self._address.port}"

    @property
    def observed(self) -> ObservedResources:
        """Return what this proxy has learnt about tokens and projects."""
        return self._observed

    def mark_mutated(self) -> None:
        """Note that the client does not get what it would get from the good registry."""
        self.is_mutated = True

    async def forward(self, request: Request) -> Response:
        """Send a request on and return the response, its body still to come; NoResponseError when there is none."""
        forwarded = ForwardedRequest(request, await self._connections.take())
        self._forwarded.append(forwarded)
        return await self._observed.observe(request, await forwarded.response())

    async def settle(self) -> None:
        """Let request bodies that are still arriving reach the registry, for a moment."""
        if self._forwarded:
            await asyncio.wait([each.sending for each in self._forwarded], timeout=SETTLE_SECONDS)

    async def close(self) -> None:
        """Stop what is still being sent and let go of the connections."""
        for forwarded in self._forwarded:
            await forwarded.end(self._connections)
