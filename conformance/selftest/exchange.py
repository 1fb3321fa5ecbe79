"""One exchange of the proxy with the good registry behind it, on connections of its own."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import dataclass

import h11

from conformance.selftest.inbound import READ_BYTES, ClientGoneError, MalformedBodyError
from conformance.selftest.ledger import Ledger
from conformance.selftest.messages import Answer, Body, Request

CONTINUE = 100
SETTLE_SECONDS = 5.0
BROKEN_CHUNK = b"not a chunk size\r\n\r\n"


class NoAnswerError(Exception):
    """The registry ended the connection without a whole answer."""


@dataclass(frozen=True, slots=True)
class Location:
    """Where the good registry listens, and the administrator token that faults may borrow."""

    host: str
    port: int
    token: str


class Exchange:
    """One request of a client and what is done for it at the good registry; close it when the answer is written."""

    def __init__(self, location: Location, ledger: Ledger) -> None:
        self._location = location
        self._ledger = ledger
        self._sending: list[asyncio.Task[None]] = []
        self._writers: list[asyncio.StreamWriter] = []
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
        reader, writer = await asyncio.open_connection(self._location.host, self._location.port, limit=READ_BYTES)
        self._writers.append(writer)
        self._sending.append(asyncio.create_task(_send(request, writer)))
        parser = h11.Connection(our_role=h11.CLIENT)
        parser.send(h11.Request(method=request.method or "GET", target="/", headers=[("Host", "good")]))
        parser.send(h11.EndOfMessage())
        answer = await _receive(request, parser, reader)
        return await self._ledger.observe(request, answer)

    async def settle(self) -> None:
        """Let request bodies that are still arriving reach the registry, for a moment."""
        if self._sending:
            await asyncio.wait(self._sending, timeout=SETTLE_SECONDS)

    async def close(self) -> None:
        """Stop what is still being sent and close the connections."""
        for task in self._sending:
            task.cancel()
        for writer in self._writers:
            writer.close()
        for outcome in await asyncio.gather(*self._sending, return_exceptions=True):
            if isinstance(outcome, Exception):
                raise outcome


async def _send(request: Request, writer: asyncio.StreamWriter) -> None:
    chunked = (request.header("transfer-encoding") or "").lower() == "chunked"
    with suppress(ConnectionError):
        writer.write(request.malformed or _head(request))
        try:
            async for part in request.body:
                writer.write(b"%x\r\n%b\r\n" % (len(part), part) if chunked else part)
                await writer.drain()
        except MalformedBodyError:
            writer.write(BROKEN_CHUNK)
        except ClientGoneError:
            writer.write_eof()
        else:
            writer.write(b"0\r\n\r\n" if chunked else b"")
            if request.malformed:
                writer.write_eof()
        await writer.drain()


def _head(request: Request) -> bytes:
    lines = [f"{request.method} {request.target} HTTP/{request.version}"]
    lines += [f"{name}: {value}" for name, value in request.headers]
    return "\r\n".join([*lines, "", ""]).encode("latin-1")


async def _receive(request: Request, parser: h11.Connection, reader: asyncio.StreamReader) -> Answer:
    while True:
        event = await _event(parser, reader)
        if isinstance(event, h11.Response):
            break
        if isinstance(event, h11.InformationalResponse) and event.status_code == CONTINUE:
            await request.permit()
        elif not isinstance(event, h11.InformationalResponse):
            raise NoAnswerError
    headers = tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in event.headers.raw_items())
    return Answer(event.status_code, headers, _body(parser, reader), event.reason.decode("latin-1"))


async def _body(parser: h11.Connection, reader: asyncio.StreamReader) -> Body:
    while isinstance(event := await _event(parser, reader), h11.Data):
        yield bytes(event.data)


async def _event(parser: h11.Connection, reader: asyncio.StreamReader) -> h11.Event | type[h11.NEED_DATA | h11.PAUSED]:
    try:
        while (event := parser.next_event()) is h11.NEED_DATA:
            parser.receive_data(await reader.read(READ_BYTES))
    except (h11.RemoteProtocolError, ConnectionError) as error:
        raise NoAnswerError from error
    return event
