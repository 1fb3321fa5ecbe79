"""One request on its way to the good registry, the response to it, and the connections that carry such pairs."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import dataclass

import h11

from conformance.selftest.client_connection import READ_BYTES, ClientGoneError, MalformedBodyError
from conformance.selftest.messages import Body, Request, Response

CONTINUE = 100
BROKEN_CHUNK = b"not a chunk size\r\n\r\n"


class NoResponseError(Exception):
    """The registry ended the connection without a whole response."""


@dataclass(frozen=True, slots=True)
class UpstreamConnection:
    """One connection to the good registry."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter


class ConnectionPool:
    """The connections of one proxy to the good registry; one that has ended cleanly serves the next request too."""

    def __init__(self, host: str, port: int) -> None:
        self._host = host
        self._port = port
        self._idle: list[UpstreamConnection] = []

    async def take(self) -> UpstreamConnection:
        """Return an idle connection or a new one."""
        while self._idle:
            connection = self._idle.pop()
            if not connection.reader.at_eof():
                return connection
            connection.writer.close()
        return UpstreamConnection(*await asyncio.open_connection(self._host, self._port, limit=READ_BYTES))

    def give_back(self, connection: UpstreamConnection) -> None:
        """Keep a connection for the next request."""
        self._idle.append(connection)

    def close(self) -> None:
        """Close the idle connections."""
        while self._idle:
            self._idle.pop().writer.close()


class ForwardedRequest:
    """One request that is being sent while its response may already arrive."""

    def __init__(self, request: Request, connection: UpstreamConnection) -> None:
        self._request = request
        self._connection = connection
        self._parser = h11.Connection(our_role=h11.CLIENT)
        self._parser.send(h11.Request(method=request.method or "GET", target="/", headers=[("Host", "good")]))
        self._parser.send(h11.EndOfMessage())
        self.sending = asyncio.create_task(_send(request, connection.writer))

    async def response(self) -> Response:
        """Return the final response, its body still to come; NoResponseError when there is none."""
        while not isinstance(event := await self._event(), h11.Response):
            if not isinstance(event, h11.InformationalResponse):
                raise NoResponseError
            if event.status_code == CONTINUE:
                await self._request.permit()
        headers = tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in event.headers.raw_items())
        return Response(event.status_code, headers, self._body(), event.reason.decode("latin-1"))

    async def end(self, connections: ConnectionPool) -> None:
        """Stop what is still being sent; give the connection back when it is clean, close it otherwise."""
        self.sending.cancel()
        (outcome,) = await asyncio.gather(self.sending, return_exceptions=True)
        answered = self._parser.their_state is h11.DONE and self._parser.trailing_data == (b"", False)
        if outcome is True and answered and not self._request.ends_connection:
            connections.give_back(self._connection)
        else:
            self._connection.writer.close()
        if isinstance(outcome, Exception):
            raise outcome

    async def _body(self) -> Body:
        while isinstance(event := await self._event(), h11.Data):
            yield bytes(event.data)

    async def _event(self) -> h11.Event | type[h11.NEED_DATA | h11.PAUSED]:
        try:
            while (event := self._parser.next_event()) is h11.NEED_DATA:
                self._parser.receive_data(await self._connection.reader.read(READ_BYTES))
        except (h11.RemoteProtocolError, ConnectionError) as error:
            raise NoResponseError from error
        return event


async def _send(request: Request, writer: asyncio.StreamWriter) -> bool:
    """Send a request; return whether another may follow it on its connection."""
    try:
        return await _send_all(request, writer)
    except ConnectionError:
        return False


async def _send_all(request: Request, writer: asyncio.StreamWriter) -> bool:
    chunked = (request.header("transfer-encoding") or "").lower() == "chunked"
    writer.write(request.malformed or _head(request))
    try:
        async for part in request.body:
            writer.write(b"%x\r\n%b\r\n" % (len(part), part) if chunked else part)
            await writer.drain()
    except (ClientGoneError, MalformedBodyError) as error:
        _break_off(writer, error)
        return False
    writer.write(b"0\r\n\r\n" if chunked else b"")
    if request.malformed:
        writer.write_eof()
    await writer.drain()
    return request.malformed is None


def _break_off(writer: asyncio.StreamWriter, error: Exception) -> None:
    if isinstance(error, MalformedBodyError):
        writer.write(BROKEN_CHUNK)
    else:
        with suppress(OSError):
            writer.write_eof()


def _head(request: Request) -> bytes:
    lines = [f"{request.method} {request.target} HTTP/{request.version}"]
    lines += [f"{name}: {value}" for name, value in request.headers]
    return "\r\n".join([*lines, "", ""]).encode("latin-1")
