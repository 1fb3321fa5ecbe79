"""The proxy that stands in front of a good registry and makes of it, with one mutation, a broken one.

Without a mutation it is transparent: head and body bytes, interim responses, refusals before the body and broken-off
requests reach the other side as they came. Memory is constant: bodies pass in parts.
"""

from __future__ import annotations

import asyncio
import threading
import time
from types import TracebackType
from typing import Protocol, Self

from conformance.selftest.client_connection import READ_BYTES, ClientConnection, ClientGoneError, MalformedBodyError
from conformance.selftest.messages import Request, Response
from conformance.selftest.observed_resources import ObservedResources
from conformance.selftest.upstream import Upstream, UpstreamAddress
from conformance.selftest.upstream_connection import ConnectionPool, NoResponseError


class HangUpError(Exception):
    """A mutation ends the connection without a response."""


class Mutation(Protocol):
    """What makes a registry wrong: it serves requests, mostly by asking the good registry.

    One mutation lives as long as its proxy, so that it can remember.
    """

    async def __call__(self, request: Request, upstream: Upstream) -> Response:
        """Answer one request; HangUpError to end the connection instead."""
        ...


async def transparent(request: Request, upstream: Upstream) -> Response:
    """Mutate nothing."""
    return await upstream.forward(request)


class Proxy:
    """A listening proxy.

    `mutated_at` holds when the requests arrived that its mutation touched, on the monotonic clock, `errors` what failed
    in it.
    """

    def __init__(self, address: UpstreamAddress, mutate: Mutation) -> None:
        self._address = address
        self._mutation = mutate
        self._pool = ConnectionPool(address.host, address.port)
        self._observed = ObservedResources()
        self._server: asyncio.Server | None = None
        self._connections: set[asyncio.Task[None]] = set()
        self.mutated_at: list[float] = []
        self.errors: list[Exception] = []

    @property
    def mutated(self) -> int:
        """Return how many requests the mutation touched."""
        return len(self.mutated_at)

    async def open(self) -> str:
        """Listen on a free port of the loopback interface and return the URL."""
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0, limit=READ_BYTES, backlog=256)
        return f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    async def close(self) -> None:
        """Stop listening and end every connection."""
        if self._server is not None:
            self._server.close()
        for task in self._connections:
            task.cancel()
        await asyncio.gather(*self._connections, return_exceptions=True)
        self._pool.close()

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(self._serve(ClientConnection(reader, writer)))
        self._connections.add(task)
        task.add_done_callback(self._connections.discard)

    async def _serve(self, client: ClientConnection) -> None:
        try:
            while await self._serve_request(client):
                pass
        except (NoResponseError, HangUpError, ClientGoneError, MalformedBodyError, ConnectionError):
            pass
        except Exception as error:
            self.errors.append(error)
        finally:
            await client.finish()

    async def _serve_request(self, client: ClientConnection) -> bool:
        request = await client.request()
        if request is None:
            return False
        upstream = Upstream(self._address, self._pool, self._observed)
        try:
            response = await self._mutated_response(request, upstream)
            await client.send(request, response)
            if not response.ends_connection:
                await upstream.settle()
        finally:
            await upstream.close()
        return client.turn(request, response)

    async def _mutated_response(self, request: Request, upstream: Upstream) -> Response:
        arrived = time.monotonic()
        try:
            return await self._mutation(request, upstream)
        finally:
            self.mutated_at += [arrived] * upstream.is_mutated


class ProxyHost:
    """A thread that runs proxies; use it as a context manager."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="selftest-proxies", daemon=True)

    def __enter__(self) -> Self:
        """Start the thread."""
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop the thread; the proxies opened in it must be closed before."""
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def open(self, address: UpstreamAddress, mutate: Mutation) -> tuple[Proxy, str]:
        """Open a proxy in the thread; return it and its URL."""
        proxy = Proxy(address, mutate)
        return proxy, asyncio.run_coroutine_threadsafe(proxy.open(), self._loop).result()

    def close(self, proxy: Proxy) -> None:
        """Close a proxy opened here."""
        asyncio.run_coroutine_threadsafe(proxy.close(), self._loop).result()
