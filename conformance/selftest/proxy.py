"""The proxy that stands in front of a good registry and makes of it, with one bend, a broken one.

Without a bend it is transparent: head and body bytes, interim answers, refusals before the body and broken-off
requests reach the other side as they came. Memory is constant: bodies pass in parts.
"""

from __future__ import annotations

import asyncio
import threading
from types import TracebackType
from typing import Protocol, Self

from conformance.selftest.exchange import Exchange, Location
from conformance.selftest.forwarding import Connections, NoAnswerError
from conformance.selftest.inbound import READ_BYTES, ClientGoneError, Inbound, MalformedBodyError
from conformance.selftest.ledger import Ledger
from conformance.selftest.messages import Answer, Request


class HangUpError(Exception):
    """A bend ends the connection without an answer."""


class Bend(Protocol):
    """What makes a registry wrong: it answers requests, mostly by asking the good registry.

    One bend lives as long as its proxy, so that it can remember.
    """

    async def __call__(self, request: Request, exchange: Exchange) -> Answer:
        """Answer one request; HangUpError to end the connection instead."""
        ...


async def transparent(request: Request, exchange: Exchange) -> Answer:
    """Bend nothing."""
    return await exchange.forward(request)


class Proxy:
    """A listening proxy: `bent` counts the exchanges that its bend touched, `errors` holds what went wrong in it."""

    def __init__(self, location: Location, bend: Bend) -> None:
        self._location = location
        self._bend = bend
        self._upstream = Connections(location.host, location.port)
        self._ledger = Ledger()
        self._server: asyncio.Server | None = None
        self._connections: set[asyncio.Task[None]] = set()
        self.bent = 0
        self.errors: list[Exception] = []

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
        self._upstream.close()

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(self._serve(Inbound(reader, writer)))
        self._connections.add(task)
        task.add_done_callback(self._connections.discard)

    async def _serve(self, inbound: Inbound) -> None:
        try:
            while await self._exchange(inbound):
                pass
        except (NoAnswerError, HangUpError, ClientGoneError, MalformedBodyError, ConnectionError):
            pass
        except Exception as error:
            self.errors.append(error)
        finally:
            await inbound.finish()

    async def _exchange(self, inbound: Inbound) -> bool:
        request = await inbound.request()
        if request is None:
            return False
        exchange = Exchange(self._location, self._upstream, self._ledger)
        try:
            answer = await self._bent_answer(request, exchange)
            await inbound.answer(request, answer)
            if not answer.ends_connection:
                await exchange.settle()
        finally:
            await exchange.close()
        return inbound.turn(request, answer)

    async def _bent_answer(self, request: Request, exchange: Exchange) -> Answer:
        try:
            return await self._bend(request, exchange)
        finally:
            self.bent += exchange.is_bent


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

    def open(self, location: Location, bend: Bend) -> tuple[Proxy, str]:
        """Open a proxy in the thread; return it and its URL."""
        proxy = Proxy(location, bend)
        return proxy, asyncio.run_coroutine_threadsafe(proxy.open(), self._loop).result()

    def close(self, proxy: Proxy) -> None:
        """Close a proxy opened here."""
        asyncio.run_coroutine_threadsafe(proxy.close(), self._loop).result()
